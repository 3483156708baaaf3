"""Sides: people as they stand next to each other on a page (in the list, in a pair), many of them in a few queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import OuterRef, Subquery

from rapport.inbox.models import Message
from rapport.people.models import Identity, Person
from rapport.web.words import network

SHOWN = 5


@dataclass(frozen=True)
class Side:
    """One human: whom it is about, the first of their identities and how many there are, and what they said last."""

    person: Person
    identities: tuple[Identity, ...]
    count: int
    words: Message | None

    @property
    def name(self) -> str:
        """What they are called, else an address of theirs; empty where nobody knows."""
        return self.person.name.strip() or next((str(one) for one in self.identities), "")


def told_apart(one: Side, other: Side) -> tuple[str, str]:
    """What to call two that are chosen between: by their names; namesakes by an address that only one of them has, too.

    Empty where there is nothing to call them by, or nothing to tell them apart.
    """
    if one.name != other.name:
        return one.name, other.name
    first, second = _alone(one, other), _alone(other, one)
    if not first and not second:
        return "", ""
    return tuple(f"{one.name} ({address})" if address else one.name for address in (first, second))  # type: ignore[return-value]


def _alone(one: Side, other: Side) -> str:
    """An address of one that is not the other's."""
    theirs = {(identity.network, identity.address) for identity in other.identities}
    mine = [identity for identity in one.identities if (identity.network, identity.address) not in theirs]
    if not mine:
        return ""
    known = {identity.address for identity in other.identities}
    alone = next((identity for identity in mine if identity.address not in known), None)
    return alone.address if alone else f"{mine[0].address}, {network(mine[0].network)}"


def sides(people: Iterable[Person]) -> dict[int, Side]:
    """By id, for people that are merged into nobody."""
    rows = {person.pk: person for person in people}
    identities: dict[int, list[Identity]] = defaultdict(list)
    for identity in Identity.objects.filter(person__in=rows).order_by("pk"):
        identities[identity.person_id].append(identity)
    theirs = Message.objects.filter(identity__person=OuterRef("pk"), ours=False, deleted_at=None).exclude(text="")
    newest = theirs.order_by("-said_at", "-pk").values("pk")[:1]
    last = dict(Person.objects.filter(pk__in=rows).annotate(last=Subquery(newest)).values_list("pk", "last"))
    words = Message.objects.in_bulk([id for id in last.values() if id])
    return {
        id: Side(person, tuple(identities[id][:SHOWN]), len(identities[id]), words.get(last.get(id) or 0))
        for id, person in rows.items()
    }
