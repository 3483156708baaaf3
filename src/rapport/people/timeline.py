"""The timeline of a person: everything that ever happened with them, from whoever has something to tell, in one order.

Each package registers what it knows (``@tells("order")``): a function that gives the newest entries older than a mark.
Here they are merged, page by page; nobody needs to know who else tells.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from heapq import merge
from itertools import islice
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.dateparse import parse_datetime

from rapport.people.models import Order, Person

PAGE = 40


@dataclass(frozen=True)
class Whose:
    """Whose timeline: the rows that are one human, as ids."""

    workspace_id: int
    people: tuple[int, ...]
    identities: tuple[int, ...]


@dataclass(frozen=True)
class Entry:
    """One thing that happened. ``ref`` is the id of its row, ``talk`` of its conversation (0: none), ``by`` a name.

    ``code`` says more of it where its kind has states; ``total`` is money in minor units of ``currency``.
    """

    at: datetime
    kind: str
    ref: int
    text: str
    by: str = ""
    ours: bool = False
    talk: int = 0
    network: str = ""
    code: str = ""
    total: int | None = None
    currency: str = ""

    @property
    def place(self) -> tuple[datetime, str, int]:
        """Where it stands: by time, then kind, then id; no two are equal."""
        return (self.at, self.kind, self.ref)


@dataclass(frozen=True)
class Mark:
    """A place in the timeline; what is read next is older."""

    at: datetime
    kind: str
    ref: int

    def __str__(self) -> str:
        return f"{self.at.isoformat()}~{self.kind}~{self.ref}"


@dataclass(frozen=True)
class Page:
    """Entries, newest first, and the mark (as text) to read on from; empty at the end."""

    entries: tuple[Entry, ...]
    older: str = ""


Tells = Callable[[Whose, Mark | None, int], Iterable[Entry]]
_tellers: dict[str, Tells] = {}


def tells(kind: str) -> Callable[[Tells], Tells]:
    """Register who tells the entries of this kind: newest first, strictly older than the mark, at most so many."""

    def register(teller: Tells) -> Tells:
        _tellers[kind] = teller
        return teller

    return register


def kinds() -> list[str]:
    """Every kind there is."""
    return sorted(_tellers)


def whose(person: Person) -> Whose:
    """All that is this human."""
    rows = list(person.everyone().order_by("pk", "identities__pk").values_list("pk", "identities__pk"))
    identities = sorted(identity for _, identity in rows if identity is not None)
    return Whose(person.workspace_id, tuple(dict.fromkeys(pk for pk, _ in rows)), tuple(identities))


def read(of: Whose, *, only: Collection[str] = (), before: Mark | None = None, limit: int = PAGE) -> Page:
    """One page of it. ``only``: these kinds; empty for all."""
    told = [teller(of, before, limit + 1) for kind, teller in _tellers.items() if not only or kind in only]
    newest = merge(*told, key=lambda entry: entry.place, reverse=True)
    entries = tuple(islice(newest, limit + 1))
    if len(entries) <= limit:
        return Page(entries)
    last = entries[limit - 1]
    return Page(entries[:limit], str(Mark(*last.place)))


def mark(text: str) -> Mark | None:
    """A mark out of an address; None for anything else (a stranger's input)."""
    at, _, rest = text.partition("~")
    kind, _, ref = rest.partition("~")
    try:
        moment = parse_datetime(at.replace(" ", "+"))
    except ValueError:
        return None
    if moment is None or moment.tzinfo is None or not (ref.isascii() and ref.isdigit() and len(ref) < 19):
        return None
    return Mark(moment, kind, int(ref))


def older(rows: QuerySet[Any], kind: str, before: Mark | None, at: str) -> QuerySet[Any]:
    """The rows of one kind that stand behind a mark, newest first. ``at`` names their time."""
    if before is not None:
        rows = rows.filter(**{f"{at}__lte": before.at})
        if kind == before.kind:
            rows = rows.filter(Q(**{f"{at}__lt": before.at}) | Q(pk__lt=before.ref))
        elif kind > before.kind:
            rows = rows.filter(**{f"{at}__lt": before.at})
    return rows.order_by(f"-{at}", "-pk")


@tells("order")
def orders(of: Whose, before: Mark | None, limit: int) -> list[Entry]:
    """What they bought, when they did; where the shop did not say, when we heard of it."""
    rows = Order.objects.filter(person__in=of.people).annotate(at=Coalesce("placed_at", "arrived_at"))
    return [
        Entry(
            row.at,
            "order",
            row.pk,
            f"{row.number}: {row.text}" if row.text else row.number,
            by=row.shop,
            code=row.status,
            total=row.total,
            currency=row.currency,
        )
        for row in older(rows, "order", before, "at")[:limit]
    ]
