"""Comparing: who may be one human, found through shared traits, batch by batch; a suggestion and never a merge.

What the messages show (who spoke where, what they wrote down) is gathered by ``ingest.comparing``, which calls this.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta

import msgspec
from django.db.models import Q

from rapport.accounts.models import Member
from rapport.core.database import enter, now, write
from rapport.core.events import record
from rapport.core.refusal import Refused
from rapport.people import traits
from rapport.people.likeness import ENOUGH, Address, Known, signs, weight
from rapport.people.merging import people_room
from rapport.people.models import Apart, Identity, Likeness, Order, Person, Trait

BATCH = 300
CROWD = 20
"""A trait that more identities share tells nobody from anybody."""
LATER = timedelta(days=30)
Talks = Callable[[Iterable[int]], Mapping[int, frozenset[int]]]
"""Identities → the conversations in which each spoke."""
Pair = tuple[int, int]


def compare(workspace_id: int, talks: Talks, limit: int = BATCH) -> int:
    """Compare up to ``limit`` identities that were not yet; how many there were. The queries do not grow with them."""
    with write():
        enter(people_room(workspace_id), alone=True)
        waiting = Identity.objects.filter(workspace=workspace_id, compared_at=None).select_related("person", "origin")
        batch = list(waiting.order_by("pk")[:limit])
        if not batch:
            return 0
        Trait.objects.bulk_create(
            (
                Trait(workspace_id=workspace_id, identity=one, kind=kind, key=key)
                for one in batch
                for name in {one.name, (one.origin or one.person).name}
                for kind, key in traits.traits(one.network, one.address, name)
            ),
            ignore_conflicts=True,
        )
        ids = [one.pk for one in batch]
        pairs, namesakes = _meetings(workspace_id, ids, {one.person_id for one in batch})
        _write_down(workspace_id, pairs - _apart(workspace_id, pairs), namesakes, talks)
        Identity.objects.filter(pk__in=ids).update(compared_at=now())
    return len(batch)


def _meetings(workspace_id: int, ids: list[int], fresh: set[int]) -> tuple[set[Pair], Counter[Pair]]:
    """Pairs of people, one of them of this batch, who share a trait; and how many share the name of each pair."""
    keys = set(Trait.objects.filter(identity__in=ids).values_list("key", flat=True))
    shared: dict[bytes, set[tuple[int, str]]] = defaultdict(set)
    theirs = Trait.objects.filter(workspace=workspace_id, key__in=keys)
    for key, kind, person in theirs.values_list("key", "kind", "identity__person"):
        shared[bytes(key)].add((person, kind))
    owners = Order.objects.filter(workspace=workspace_id, key__in=keys).values_list(
        "key", "person", "person__merged_into"
    )
    for key, person, kept in owners:
        shared[bytes(key)].add((kept or person, "order"))
    pairs: set[Pair] = set()
    namesakes: Counter[Pair] = Counter()
    for met in shared.values():
        people = sorted({person for person, kind in met})
        if len(people) > CROWD:
            continue
        own = {person for person, kind in met if kind != "cites"}
        together = {(a, b) for a in people for b in people if a < b and {a, b} & fresh and {a, b} & own}
        pairs |= together
        if any(kind == "name" for _, kind in met):
            namesakes.update(dict.fromkeys(together, len(people)))
    return pairs, namesakes


def _apart(workspace_id: int, pairs: set[Pair]) -> set[Pair]:
    """Those of whom a member said that they are not one."""
    people = {id for pair in pairs for id in pair}
    told = Apart.objects.filter(workspace=workspace_id, ended_at=None)
    told = told.filter(Q(one__in=people) | Q(one__merged_into__in=people))
    rows = told.values_list("one", "one__merged_into", "other", "other__merged_into")
    return {_pair(a_kept or a, b_kept or b) for a, a_kept, b, b_kept in rows} & pairs


def _pair(one: int, two: int) -> Pair:
    return (one, two) if one < two else (two, one)


def _write_down(workspace_id: int, pairs: set[Pair], namesakes: Mapping[Pair, int], talks: Talks) -> None:
    """Weigh each pair; what is enough is kept or brought up to date."""
    known = gather(workspace_id, {id for pair in pairs for id in pair}, talks)
    rows = []
    for pair in sorted(pairs):
        found = signs(known[pair[0]], known[pair[1]], namesakes=namesakes.get(pair, 2))
        if weight(found) >= ENOUGH:
            evidence = msgspec.to_builtins(found)
            rows.append(Likeness(workspace_id=workspace_id, one_id=pair[0], other_id=pair[1],
                                 weight=weight(found), evidence=list(evidence)))  # fmt: skip
    Likeness.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["one", "other"], update_fields=["weight", "evidence"]
    )


def gather(workspace_id: int, people: set[int], talks: Talks) -> dict[int, Known]:
    """What is known of these (ids of those kept), in a few queries."""
    addresses: dict[int, list[Address]] = defaultdict(list)
    whose: dict[int, int] = {}
    for one in Identity.objects.filter(person__in=people).order_by("pk"):
        addresses[one.person_id].append(Address(one.pk, one.network, one.address, one.name))
        whose[one.pk] = one.person_id
    cites: dict[int, dict[bytes, int]] = defaultdict(dict)
    for identity, key, message in Trait.objects.filter(identity__in=whose, kind="cites").values_list(
        "identity", "key", "message"
    ):
        cites[whose[identity]][bytes(key)] = message
    orders: dict[int, dict[bytes, int]] = defaultdict(dict)
    bought = Order.objects.filter(Q(person__in=people) | Q(person__merged_into__in=people))
    for id, key, person, kept in bought.values_list("pk", "key", "person", "person__merged_into"):
        orders[kept or person][bytes(key)] = id
    spoke: dict[int, frozenset[int]] = defaultdict(frozenset)
    for identity, rows in talks(whose).items():
        spoke[whose[identity]] |= rows
    named = Person.objects.filter(workspace=workspace_id, pk__in=people)
    return {
        row.pk: Known(
            row.name, tuple(addresses[row.pk]), row.organisation, cites[row.pk], orders[row.pk], spoke[row.pk]
        )
        for row in named
    }


def again(*people: Person) -> None:
    """Let these be compared anew, in the caller's transaction: what is known of them has changed."""
    everyone = [one.pk for person in people for one in person.everyone()]
    Likeness.objects.of(Person.objects.filter(pk__in=everyone)).filter(later_until=None).delete()
    Identity.objects.filter(person__in=everyone).update(compared_at=None)


def keep_apart(one: Person, two: Person, *, by: Member) -> Apart:
    """They are not the same, and are never suggested again until somebody takes it back. Done twice, it is done once."""
    _may(by)
    if one.workspace_id != two.workspace_id or one.kept == two.kept:
        raise Refused("They are one person here. Take them apart first.")
    with write():
        enter(people_room(one.workspace_id), alone=True)
        standing = between(one, two)
        if standing is not None:
            return standing
        told = Apart.objects.create(workspace_id=one.workspace_id, one=one.kept, other=two.kept, by=by)
        Likeness.objects.of(one.everyone()).of(two.everyone()).delete()
        record("people.parted", told, by=by, one_id=one.kept.pk, other_id=two.kept.pk)
    return told


def between(one: Person, two: Person) -> Apart | None:
    """Who said that these two are not one, if somebody did."""
    a, b = one.everyone(), two.everyone()
    told = Apart.objects.filter(Q(one__in=a, other__in=b) | Q(one__in=b, other__in=a), ended_at=None)
    return told.select_related("by").first()


def end(told: Apart, *, by: Member) -> None:
    """Take it back: they may be suggested again."""
    _may(by)
    with write():
        enter(people_room(told.workspace_id), alone=True)
        if Apart.objects.filter(pk=told.pk, ended_at=None).update(ended_at=now(), ended_by=by):
            again(told.one, told.other)
            record("people.parting_ended", told, by=by, one_id=told.one_id, other_id=told.other_id)


def later(found: Likeness, *, by: Member) -> None:
    """Not now: it comes back in a month."""
    _may(by)
    with write():
        Likeness.objects.filter(pk=found.pk).update(later_until=now() + LATER)
        record("people.put_off", found, by=by)


def _may(by: Member) -> None:
    if not by.answers:
        raise Refused("You may read here, but not change anything. Ask an owner for another role.")
