"""Facts about a person: what stands, how old it is, what speaks against it; removing one, and taking that back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from rapport.accounts.models import Member
from rapport.core.database import now, write
from rapport.core.events import record
from rapport.core.hints import hint
from rapport.core.refusal import Refused
from rapport.inbox.models import Fact
from rapport.people.timeline import Whose
from rapport.understanding import facts as decided

MOST = 100


@dataclass(frozen=True)
class Shown:
    """A fact that stands. ``fresh`` is 1..0; ``instead`` the newer one that speaks against it."""

    row: Fact
    fresh: float
    instead: Fact | None = None

    @property
    def stale(self) -> bool:
        """Has it not been heard for longer than its half-life?"""
        return self.fresh < 0.5


@dataclass(frozen=True)
class All:
    """What is known: the facts in the order of their kinds, newest first, and how current that is (per cent)."""

    facts: tuple[Shown, ...] = ()
    currency: int | None = None


def known(of: Whose, moment: datetime) -> All:
    """The facts of a person, as of ``moment``. One removed from any of their merged selves is gone from all."""
    rows = list(Fact.objects.filter(person__in=of.people).select_related("message").order_by("-seen_at", "-pk")[:MOST])
    gone = {bytes(row.key) for row in rows if row.removed_at}
    standing: dict[bytes, Fact] = {}
    for row in rows:
        if bytes(row.key) not in gone and row.words in row.message.text:
            standing.setdefault(bytes(row.key), row)
    by_id = {row.pk: row for row in standing.values()}
    over = decided.overtaken([decided.Known(row.pk, row.kind, row.thing, row.seen_at) for row in by_id.values()])
    shown = [
        Shown(row, decided.freshness(row.kind, row.seen_at, moment), by_id.get(over.get(row.pk, 0)))
        for row in sorted(by_id.values(), key=lambda row: decided.KINDS.index(row.kind))
    ]
    return All(tuple(shown), decided.currency([(row.kind, row.seen_at) for row in by_id.values()], moment))


def remove(fact: Fact, *, by: Member) -> None:
    """It goes, and is not proposed again when they say it once more."""
    _set(fact, by, "fact.removed", removed=True)


def restore(fact: Fact, *, by: Member) -> None:
    """Take a removal back."""
    _set(fact, by, "fact.restored", removed=False)


def _set(fact: Fact, by: Member, verb: str, *, removed: bool) -> None:
    if not by.answers:
        raise Refused("You may read here, but not change anything. Ask an owner for another role.")
    with write():
        rows = Fact.objects.filter(pk=fact.pk, removed_at__isnull=removed)
        if rows.update(removed_at=now() if removed else None, removed_by=by if removed else None):
            record(verb, fact, by=by, kind=fact.kind)
            hint(fact.workspace_id, "people", 0)
