"""Relating: what people are to each other, said by a member, shown at both ends, taken back by anybody."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from rapport.accounts.models import Member
from rapport.channels.text import one_line
from rapport.core.database import now, write
from rapport.core.events import record
from rapport.core.hints import hint
from rapport.core.refusal import Refused
from rapport.inbox.models import Message, Relation
from rapport.inbox.noting import fair
from rapport.people.models import Person

SHOWN = 40


@dataclass(frozen=True)
class End:
    """A relation as one of its ends sees it: who is across, and whether it is they who are something to them."""

    row: Relation
    person: Person
    turned: bool


def relate(
    one: Person,
    kind: str,
    other: Person,
    *,
    by: Member,
    words: str = "",
    note: str = "",
    since: datetime | None = None,
    message: Message | None = None,
) -> Relation:
    """``one`` is ``kind`` to ``other``, or in ``words`` where kind is ``other``. Said twice, it is said once."""
    _may(by)
    words = one_line(words, 80) if kind == Relation.Kind.OTHER else ""
    if kind not in Relation.Kind.values or (kind == Relation.Kind.OTHER and not words):
        raise Refused("Say what they are to each other: choose it, or write it.")
    _two(one, other, message)
    for said in filter(None, (words, note.strip())):
        fair(said, [name for name in (one.name, other.name) if name])
    with write():
        standing = Relation.objects.filter(
            one__in=one.everyone(), other__in=other.everyone(), kind=kind, words=words, ended_at=None
        )
        if found := standing.first():
            return found
        row = Relation.objects.create(
            workspace_id=one.workspace_id,
            kind=kind,
            words=words,
            one=one.kept,
            other=other.kept,
            note=one_line(note, 400),
            since=since,
            message=message,
            by=by,
        )
        _tell("relation.said", row, by)
    return row


def _two(one: Person, other: Person, message: Message | None) -> None:
    """They are two people, and all of it is of one workspace. Raises Refused."""
    if one.workspace_id != other.workspace_id or (message is not None and message.workspace_id != one.workspace_id):
        raise Refused("They are people of two workspaces. Each keeps its own.")
    if one.kept == other.kept:
        raise Refused("This is one person already. Choose somebody else.")


def end(row: Relation, *, by: Member) -> None:
    """It is not so, or no longer. Done twice, it is done once."""
    _may(by)
    with write():
        if Relation.objects.filter(pk=row.pk, ended_at=None).update(ended_at=now(), ended_by=by):
            _tell("relation.ended", row, by)


def restore(row: Relation, *, by: Member) -> None:
    """It is so after all."""
    _may(by)
    with write():
        if Relation.objects.filter(pk=row.pk, ended_at__isnull=False).update(ended_at=None, ended_by=None):
            _tell("relation.restored", row, by)


def of(everyone: Iterable[int]) -> list[End]:
    """What a human (the ids of all their rows) is to others and others to them, the latest first.

    Between rows that became one human it says nothing.
    """
    own = set(everyone)
    rows = Relation.objects.filter(Q(one__in=own) | Q(other__in=own), ended_at=None)
    rows = rows.select_related("one__merged_into", "other__merged_into", "by", "message").order_by("-pk")
    return [
        End(row, (row.one if row.other_id in own else row.other).kept, turned=row.other_id in own)
        for row in rows[:SHOWN]
        if not (row.one_id in own and row.other_id in own)
    ]


def _tell(verb: str, row: Relation, by: Member) -> None:
    record(verb, row, by=by, code=row.kind, one_id=row.one_id, other_id=row.other_id)
    hint(row.workspace_id, "people", 0)


def _may(by: Member) -> None:
    if not by.answers:
        raise Refused("You may read here, but not change anything. Ask an owner for another role.")
