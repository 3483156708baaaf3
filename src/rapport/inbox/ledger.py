"""The emotional ledger: for each contact how they felt before and after, who dealt with it, why, and what changed it.

Sums per person, per one of us and per touchpoint are made of these rows and of nothing else, so that each figure can be
read in the messages it stands for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from rapport.accounts.models import Member
from rapport.inbox import feeling
from rapport.inbox.models import Conversation, Message
from rapport.understanding.feelings import TURNED, Turn

MOST = 200
"""Contacts of one reading."""


@dataclass(frozen=True)
class Row:
    """One contact. ``changed`` is after minus before; ``by`` our last message between the two."""

    conversation: Conversation
    before: Turn
    after: Turn
    handled: tuple[str, ...]
    by: Message | None

    @property
    def changed(self) -> float:
        return round(self.after.valence - self.before.valence, 2)

    @property
    def turned(self) -> bool:
        return abs(self.changed) >= TURNED


@dataclass(frozen=True)
class Sum:
    """Of some contacts: how many, and how many ended better or worse than they began. ``id`` of a person, else 0."""

    name: str
    contacts: int
    better: int
    worse: int
    id: int = 0


@dataclass(frozen=True)
class Ledger:
    rows: tuple[Row, ...]
    people: tuple[Sum, ...]
    members: tuple[Sum, ...]
    touchpoints: tuple[Sum, ...]


def read(member: Member, moment: datetime, days: int) -> Ledger:
    """The ledger of the newest contacts in the last days, in a number of queries that does not grow with them."""
    since = moment - timedelta(days=days)
    talks = Conversation.objects.seen_by(member).filter(last_message_at__gte=since, identity__isnull=False)
    talks = talks.select_related("identity__person", "source").order_by("-last_message_at", "-pk")[:MOST]
    found = {talk.pk: talk for talk in talks}
    theirs: dict[int, list[tuple[datetime, int]]] = defaultdict(list)
    ours: dict[int, list[tuple[datetime, int, str]]] = defaultdict(list)
    said = Message.objects.filter(conversation__in=found, deleted_at=None).order_by()
    for place, at, id, mine, name in said.values_list("conversation", "said_at", "pk", "ours", "by__name"):
        if mine:
            ours[place].append((at, id, name or ""))
        else:
            theirs[place].append((at, id))
    ends = {place: (min(listed)[1], max(listed)[1]) for place, listed in theirs.items()}
    rows_of_ends = feeling.whole(Message.objects.filter(pk__in={id for pair in ends.values() for id in pair}))
    turns = {message.pk: feeling.turn_of(message) for message in rows_of_ends}
    between = {place: _before(ours[place], max(listed)[0]) for place, listed in theirs.items()}
    answers = Message.objects.select_related("by").in_bulk([one[1] for one in between.values() if one])
    rows = []
    for id, talk in found.items():
        if id not in ends:
            continue
        first, last = ends[id]
        last_of_ours = between[id]
        handled = tuple(dict.fromkeys(name for _, _, name in sorted(ours[id]) if name))
        answer = answers.get(last_of_ours[1]) if last_of_ours and first != last else None
        rows.append(Row(talk, turns[first], turns[last], handled, answer))
    return Ledger(
        tuple(rows),
        _sums(rows, _person),
        _sums(rows, lambda row: [(name, 0) for name in row.handled]),
        _sums(rows, lambda row: [(row.conversation.source.name, 0)]),
    )


def _before(ours: Iterable[tuple[datetime, int, str]], moment: datetime) -> tuple[datetime, int, str] | None:
    """The last of our messages that was said by then."""
    return max((one for one in ours if one[0] <= moment), default=None)


def _person(row: Row) -> list[tuple[str, int]]:
    identity = row.conversation.identity
    return [(identity.person.name or str(identity), identity.person_id)] if identity else []


def _sums(rows: Iterable[Row], keys: Callable[[Row], list[tuple[str, int]]]) -> tuple[Sum, ...]:
    """One sum for each key, the most contacts first."""
    held: dict[tuple[str, int], list[Row]] = defaultdict(list)
    for row in rows:
        for key in keys(row):
            held[key].append(row)
    made = [
        Sum(
            name, len(some), sum(row.changed >= TURNED for row in some), sum(row.changed <= -TURNED for row in some), id
        )
        for (name, id), some in held.items()
    ]
    return tuple(sorted(made, key=lambda one: (-one.contacts, one.name)))
