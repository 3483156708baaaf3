"""The heart: what arrived, what was said, what it needs, and what we answer."""

from rapport.inbox.models.act import Act
from rapport.inbox.models.arrival import Arrival
from rapport.inbox.models.attachment import Attachment
from rapport.inbox.models.continuation import Continuation
from rapport.inbox.models.conversation import STREAMS, Conversation, State
from rapport.inbox.models.known import Fact, Feeling, PersonNote, Promise
from rapport.inbox.models.mention import Mention
from rapport.inbox.models.message import Disposition, Manner, Message, Reading, Revision
from rapport.inbox.models.note import Note
from rapport.inbox.models.notification import Notification, PushAddress, PushKey, Wishes
from rapport.inbox.models.outgoing import Draft, Outgoing
from rapport.inbox.models.pulse import Pulse
from rapport.inbox.models.relation import Relation
from rapport.inbox.models.selfsent import SelfSent
from rapport.inbox.models.silence import SilencePick, SilenceRound
from rapport.inbox.models.source import Source
from rapport.inbox.models.spent import Spent
from rapport.inbox.models.tag import Tag, Tagging
from rapport.inbox.models.term import Term
from rapport.inbox.models.view import View
from rapport.inbox.models.visit import Visit

__all__ = [
    "STREAMS",
    "Act",
    "Arrival",
    "Attachment",
    "Continuation",
    "Conversation",
    "Disposition",
    "Draft",
    "Fact",
    "Feeling",
    "Manner",
    "Mention",
    "Message",
    "Note",
    "Notification",
    "Outgoing",
    "PersonNote",
    "Promise",
    "Pulse",
    "PushAddress",
    "PushKey",
    "Reading",
    "Relation",
    "Revision",
    "SelfSent",
    "SilencePick",
    "SilenceRound",
    "Source",
    "Spent",
    "State",
    "Tag",
    "Tagging",
    "Term",
    "View",
    "Visit",
    "Wishes",
]
