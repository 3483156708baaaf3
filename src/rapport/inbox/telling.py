"""What the inbox tells of a person on their timeline: what was said on either side, notes, answers on their way."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from rapport.inbox.models import Message, Note, Outgoing, PersonNote
from rapport.people.timeline import Entry, Mark, Whose, older, tells

_ON_THEIR_WAY = ("held", "queued", "sending", "failed", "unknown")


def said(of: Whose) -> list[QuerySet[Message]]:
    """Theirs; ours in the conversations they began; ours that answer them elsewhere. Three sets: each has an index."""
    return [
        Message.objects.filter(identity__in=of.identities, ours=False),
        Message.objects.filter(conversation__identity__in=of.identities, ours=True),
        Message.objects.filter(outgoing__in_reply_to__identity__in=of.identities, ours=True),
    ]


def newest(of: Whose, limit: int, before: Mark | None = None) -> list[int]:
    """The ids of the newest messages between us and them, newest first. Only times and ids are read of all others."""
    found: set[tuple[Any, int]] = set()
    for rows in said(of):
        found |= set(older(rows, "message", before, "said_at").values_list("said_at", "pk")[:limit])
    return [id for _, id in sorted(found, reverse=True)[:limit]]


@tells("message")
def messages(of: Whose, before: Mark | None, limit: int) -> Iterable[Entry]:
    ids = newest(of, limit, before)
    rows = Message.objects.select_related("identity", "by").in_bulk(ids)
    return [_of_message(rows[id]) for id in ids if id in rows]


def _of_message(message: Message) -> Entry:
    return Entry(
        message.said_at,
        "message",
        message.pk,
        message.text or message.subject,
        by=message.by.name if message.by else str(message.identity or ""),
        ours=message.ours,
        talk=message.conversation_id,
        network=message.network,
        code="deleted" if message.deleted_at else "",
    )


@tells("note")
def notes(of: Whose, before: Mark | None, limit: int) -> Iterable[Entry]:
    """What colleagues noted in the conversations they began."""
    rows = Note.objects.filter(conversation__identity__in=of.identities, withdrawn_at=None).select_related("by")
    return [
        Entry(note.at, "note", note.pk, note.text, by=note.by.name if note.by else note.author, ours=True,
              talk=note.conversation_id)
        for note in older(rows, "note", before, "at")[:limit]
    ]  # fmt: skip


@tells("about")
def about(of: Whose, before: Mark | None, limit: int) -> Iterable[Entry]:
    """What colleagues noted about the person."""
    rows = PersonNote.objects.filter(person__in=of.people, withdrawn_at=None).select_related("by")
    return [
        Entry(note.at, "about", note.pk, note.text, by=note.by.name if note.by else "", ours=True)
        for note in older(rows, "about", before, "at")[:limit]
    ]  # fmt: skip


@tells("answer")
def answers(of: Whose, before: Mark | None, limit: int) -> Iterable[Entry]:
    """Answers that have not left, or not yet: once they have, they are messages."""
    rows = Outgoing.objects.filter(conversation__identity__in=of.identities, message=None, state__in=_ON_THEIR_WAY)
    return [
        Entry(row.created_at, "answer", row.pk, row.text, by=row.by.name if row.by else "", ours=True,
              talk=row.conversation_id, code=row.state)
        for row in older(rows.select_related("by"), "answer", before, "created_at")[:limit]
    ]  # fmt: skip
