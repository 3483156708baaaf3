"""The kinds of record in an export: which columns of which table each holds, and which records it points to.

In the order in which they stand in a file: what a record points to stands before it. Whatever a table has that is not
named here is left out on purpose: logins, secrets, cursors, raw bytes, and everything that can be made again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import models

from rapport.accounts.models import Member
from rapport.core.models import Event
from rapport.inbox.models import (
    Act,
    Attachment,
    Continuation,
    Conversation,
    Disposition,
    Draft,
    Fact,
    Feeling,
    Manner,
    Mention,
    Message,
    Note,
    Outgoing,
    PersonNote,
    Promise,
    Reading,
    Relation,
    Revision,
    Source,
    Tag,
    Tagging,
    Term,
    View,
    Visit,
)
from rapport.learning.models import Label
from rapport.people.models import Apart, Belonging, Identity, Merge, Order, Organisation, Person, Union


@dataclass(frozen=True)
class Part:
    """Rows that stand inside the record of the row they hang on; ``many`` as a list, else one object or null."""

    name: str
    model: type[models.Model]
    fields: tuple[str, ...]
    refs: Mapping[str, str] = field(default_factory=dict)
    many: bool = True


@dataclass(frozen=True)
class Kind:
    """One kind of record: ``fields`` are columns, ``refs`` name the kind that a column points to by its id."""

    name: str
    model: type[models.Model]
    fields: tuple[str, ...]
    refs: Mapping[str, str] = field(default_factory=dict)
    parts: tuple[Part, ...] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of a record of this kind, in their order."""
        return ("record", "id", *self.refs, *self.fields, *(part.name for part in self.parts))


MESSAGE_PARTS = (
    Part("manner", Manner, ("quoted", "visibility", "content_warning", "participants"), many=False),
    Part("reading", Reading, ("model", "language", "valence", "data"), many=False),
    Part(
        "dispositions", Disposition, ("row", "needs", "urgency", "confidence", "reasons", "at"), refs={"by": "member"}
    ),
    Part("revisions", Revision, ("version", "text", "at")),
    Part("promises", Promise, ("start", "end", "who", "kept_at"), refs={"kept_by": "member"}),
    Part("feelings", Feeling, ("valence", "emotion", "at", "withdrawn_at"), refs={"by": "member"}),
    Part("labels", Label, ("task", "answer", "at"), refs={"by": "member"}),
)
KINDS: tuple[Kind, ...] = (
    Kind("member", Member, ("name", "role", "zone", "created_at", "left_at")),
    Kind("term", Term, ("kind", "text", "created_at")),
    Kind("tag", Tag, ("name", "folded", "created_at")),
    Kind(
        "view",
        View,
        ("name", "words", "shared", "on_desk", "place", "created_at", "removed_at"),
        {"member": "member"},
    ),
    Kind("person", Person, ("name", "organisation", "note", "created_at")),
    Kind(
        "identity",
        Identity,
        ("network", "address", "name", "key", "followers", "created_at"),
        {"person": "person", "origin": "person"},
    ),
    Kind(
        "order",
        Order,
        ("shop", "number", "key", "placed_at", "delivered_at", "total", "currency", "status", "text", "arrived_at"),
        {"person": "person"},
    ),
    Kind("person_note", PersonNote, ("text", "at", "withdrawn_at"), {"person": "person", "by": "member"}),
    Kind(
        "source",
        Source,
        (
            *("kind", "name", "created_at", "last_arrival_at", "unreadable", "passed"),
            *("requests_a_day", "cost_a_day"),
        ),
    ),
    Kind(
        "conversation",
        Conversation,
        (
            "network", "key", "thread", "subject", "snippet", "public", "state", "urgency", "headline", "due_at",
            "snoozed_until", "position", "message_count", "last_message_at", "last_ours", "created_at", "touched_at",
            "link_renewed_at", "frustrated_at", "calmed_at",
        ),
        {"source": "source", "identity": "identity", "assignee": "member"},
    ),
    Kind(
        "visit",
        Visit,
        ("key", "email", "signed", "here_at", "read_at", "looked_at", "posted_at", "error", "created_at"),
        {"source": "source", "conversation": "conversation"},
    ),
    Kind("continuation", Continuation, ("key", "thread", "since"), {"conversation": "conversation"}),
    Kind("tagging", Tagging, ("at",), {"conversation": "conversation", "tag": "tag", "by": "member"}),
    Kind(
        "message",
        Message,
        (
            "network", "external_id", "key", "version", "ours", "public", "addressed", "subject", "text", "url",
            "said_at", "arrived_at", "deleted_at", "rating", "history",
        ),
        {"conversation": "conversation", "source": "source", "identity": "identity", "by": "member"},
        MESSAGE_PARTS,
    ),
    Kind(
        "act",
        Act,
        ("deed", "on", "text", "state", "error", "held_until", "created_at", "done_at"),
        {"message": "message", "by": "member"},
    ),
    Kind(
        "attachment",
        Attachment,
        ("key", "place", "kind", "name", "type", "alt", "cid", "url", "size", "content", "scan", "created_at"),
    ),
    Kind(
        "fact",
        Fact,
        ("kind", "key", "thing", "words", "said_at", "seen_at", "removed_at"),
        {"person": "person", "message": "message", "removed_by": "member"},
    ),
    Kind(
        "note",
        Note,
        ("text", "author", "at", "withdrawn_at", "answered_at"),
        {"conversation": "conversation", "by": "member", "asked": "member"},
    ),
    Kind("mention", Mention, ("seen_at",), {"note": "note", "member": "member"}),
    Kind("draft", Draft, ("text", "place", "enclosed", "updated_at"), {"conversation": "conversation", "member": "member"}),
    Kind(
        "answer",
        Outgoing,
        (
            *("text", "state", "held_until", "attempts", "error", "was", "created_at", "sent_at"),
            *("warned", "visibility", "content_warning", "split", "enclosed", "parts"),
        ),
        {"conversation": "conversation", "in_reply_to": "message", "message": "message", "by": "member"},
    ),
    Kind(
        "merge",
        Merge,
        ("evidence", "why", "at", "undone_at"),
        {"kept": "person", "other": "person", "by": "member", "undone_by": "member"},
    ),
    Kind(
        "apart",
        Apart,
        ("at", "ended_at"),
        {"one": "person", "other": "person", "by": "member", "ended_by": "member"},
    ),
    Kind(
        "relation",
        Relation,
        ("kind", "words", "note", "since", "at", "ended_at"),
        {"one": "person", "other": "person", "message": "message", "by": "member", "ended_by": "member"},
    ),
    Kind("organisation", Organisation, ("name", "key", "created_at")),
    Kind(
        "belonging",
        Belonging,
        ("role", "since", "until", "at", "ended_at"),
        {"organisation": "organisation", "person": "person", "by": "member", "ended_by": "member"},
    ),
    Kind(
        "union",
        Union,
        ("at", "undone_at"),
        {"organisation": "organisation", "one_with": "organisation", "by": "member", "undone_by": "member"},
    ),
    Kind("event", Event, ("verb", "subject", "subject_id", "at", "facts"), {"by": "member"}),
)  # fmt: skip
BY_NAME: dict[str, Kind] = {kind.name: kind for kind in KINDS}
BY_MODEL: dict[str, Kind] = {str(kind.model._meta.model_name): kind for kind in KINDS}

FACTS: dict[str, str] = {
    "first": "message", "last": "message", "message": "message", "assignee_id": "member", "member": "member",
    "conversation": "conversation", "note_id": "note", "person_note": "person_note", "tag": "tag",
    "undoes": "event", "one_id": "person", "other_id": "person",
    "organisation": "organisation", "union": "union",
    "merge_id": "merge", "left": "identity", "right": "identity", "order": "order",
}  # fmt: skip
"""Facts of an event or of evidence that are ids, at whatever depth, and the kind whose id each is."""

LEFT_OUT: dict[str, str] = {
    "accounts.User": "A login. Members are named; who may come in is decided where the workspace is taken back.",
    "accounts.Workspace": "It stands in the first line.",
    "accounts.Link": "A way in.",
    "core.Work": "What was still to be done is done where it was begun.",
    "core.Counter": "Counted anew.",
    "inbox.Arrival": "The bytes as they came; the messages made of them are there.",
    "inbox.Notification": "What somebody was told here; what it was about is there.",
    "inbox.PushAddress": "Where one browser is reached.",
    "inbox.PushKey": "A key of this server.",
    "inbox.Wishes": "How somebody wished to be told here; they choose anew.",
    "inbox.SelfSent": "How many mails left by themselves on a day, here.",
    "inbox.Spent": "What a day's requests were, here.",
    "inbox.SilenceRound": "A sample drawn here; what it found missed is a correction, and that is there.",
    "inbox.SilencePick": "A sample drawn here; what it found missed is a correction, and that is there.",
    "inbox.Pulse": "A source's rhythm is told anew from what arrives.",
    "people.Trait": "Hashes of addresses and names, made anew.",
    "people.Likeness": "Found anew.",
    "learning.Training": "Weights, and how they were measured: learned anew from what people did and corrected.",
    "learning.SecondLook": "How posts are looked at again, and the key for it, is arranged anew.",
    "learning.Look": "What was looked at again stands in the dispositions.",
    "ingest.SavedMapping": "How columns of other people's files were named.",
}
"""Tables without a record, and why."""
