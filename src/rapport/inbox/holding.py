"""Where other people's words lie: every column in which somebody can be named or quoted. Forgetting looks at all of them.

A table with text that stands neither here nor in ``OF_NOBODY`` fails a test: whoever adds one decides.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet

from rapport.accounts.models import Workspace
from rapport.core.models import Work
from rapport.inbox.models import (
    Act,
    Arrival,
    Attachment,
    Continuation,
    Conversation,
    Disposition,
    Draft,
    Fact,
    Manner,
    Message,
    Note,
    Outgoing,
    PersonNote,
    Reading,
    Relation,
    Revision,
    Source,
    View,
    Visit,
)
from rapport.people.models import Belonging, Merge, Order, Organisation, Person

BATCH = 500


@dataclass(frozen=True)
class Place:
    """Columns of one table: ``texts``, and ``documents`` that are JSON; ``within`` is the way to the workspace, ``talk``
    the way to the conversation where there is one."""

    model: type[Model]
    within: str
    texts: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    talk: str = ""

    @property
    def label(self) -> str:
        return str(self.model._meta.verbose_name_plural)

    def rows(self, workspace: Workspace) -> QuerySet[Any]:
        return self.model._default_manager.filter(**{self.within: workspace.pk}).order_by("pk")


PLACES = (
    Place(Message, "workspace_id", ("text", "subject", "url", "external_id"), talk="conversation_id"),
    Place(
        Manner,
        "message__workspace_id",
        ("quoted", "content_warning"),
        ("participants",),
        talk="message__conversation_id",
    ),
    Place(Revision, "message__workspace_id", ("text",), talk="message__conversation_id"),
    Place(Reading, "message__workspace_id", documents=("data",), talk="message__conversation_id"),
    Place(Disposition, "message__workspace_id", documents=("reasons",), talk="message__conversation_id"),
    Place(Conversation, "workspace_id", ("subject", "snippet", "thread"), talk="pk"),
    Place(Note, "conversation__workspace_id", ("text", "author"), talk="conversation_id"),
    Place(PersonNote, "workspace_id", ("text",)),
    Place(Fact, "workspace_id", ("thing", "words")),
    Place(Draft, "conversation__workspace_id", ("text",), talk="conversation_id"),
    Place(Outgoing, "workspace_id", ("text", "error", "content_warning"), talk="conversation_id"),
    Place(Act, "workspace_id", ("text", "error"), talk="message__conversation_id"),
    Place(Continuation, "workspace_id", ("thread",), talk="conversation_id"),
    Place(Person, "workspace_id", ("organisation", "note")),
    Place(Relation, "workspace_id", ("words", "note")),
    Place(Organisation, "workspace_id", ("name",)),
    Place(Belonging, "workspace_id", ("role",)),
    Place(Order, "workspace_id", ("number", "status", "text")),
    Place(Merge, "workspace_id", ("why",)),
    Place(View, "workspace_id", ("name", "words")),
    Place(Source, "workspace_id", ("error",)),
    Place(Attachment, "workspace_id", ("name", "alt", "url")),
    Place(Visit, "workspace_id", ("email", "error"), talk="conversation_id"),
    Place(Arrival, "workspace_id", ("error",)),
    Place(Work, "workspace_id", ("error",)),
)
OF_NOBODY: dict[str, str] = {
    "core.Event": "Ids, codes and figures, by rule.",
    "core.Counter": "Keys of our own.",
    "core.Work": "Payloads hold ids and the path of a file.",
    "accounts.User": "Our own logins.",
    "accounts.Workspace": "Our own names.",
    "accounts.Member": "Our own names.",
    "accounts.Link": "A hash.",
    "inbox.Term": "The words we chose ourselves.",
    "inbox.Tag": "The words we chose ourselves.",
    "inbox.Source": "Names we gave, and what its channel needs to connect.",
    "people.Person": "The person itself becomes nobody.",
    "inbox.SelfSent": "Hashes of addresses, of the last days.",
    "people.Order": "The shop's name on its network, a currency and a key.",
    "people.Organisation": "A key.",
    "people.Trait": "A kind and a hash; those of somebody forgotten are deleted.",
    "people.Likeness": "Codes, weights and ids; those of somebody forgotten are deleted.",
    "people.Merge": "Codes, weights and ids.",
    "ingest.SavedMapping": "Names of columns.",
    "people.Identity": "The identity itself becomes nobody's.",
    "inbox.Note": "A key.",
    "inbox.Draft": "The name under which its files lie.",
    "inbox.Fact": "Its kind, and a hash.",
    "inbox.Promise": "Who owes it: us or them.",
    "inbox.Feeling": "Codes.",
    "learning.Training": "Figures, and hashed weights that hold no words; learned anew without whoever is forgotten.",
    "learning.Label": "Codes.",
    "learning.SecondLook": "Our own choices, and a key, sealed.",
    "learning.Look": "Codes.",
    "inbox.Arrival": "Its bytes are looked at one by one.",
    "inbox.Outgoing": "What a conversation's standing was: codes.",
    "inbox.Conversation": "Codes.",
    "inbox.Message": "Codes.",
    "inbox.Reading": "Codes.",
    "inbox.Disposition": "Codes.",
    "inbox.Revision": "Codes.",
    "inbox.SilencePick": "What a member said of it: a code.",
    "inbox.Notification": "Ids and kinds.",
    "inbox.Wishes": "Kinds and hours, chosen by our own members.",
    "inbox.PushAddress": "A browser of our own members, sealed.",
    "inbox.PushKey": "A key, sealed.",
    "inbox.Visit": "A key.",
    "inbox.Continuation": "A key.",
    "inbox.Attachment": "Codes, keys, and bytes, which go with their message.",
}
"""Further columns of text or JSON that hold nobody's words, and why."""


def batches(rows: QuerySet[Any], *columns: str) -> Iterator[list[dict[str, Any]]]:
    """Rows by id, a batch at a time, with these columns and ``pk``."""
    last = 0
    while batch := list(rows.filter(pk__gt=last).values("pk", *columns)[:BATCH]):
        last = batch[-1]["pk"]
        yield batch
