"""Whatever is merged, taken apart and arrives, in whatever order: nothing is lost, nothing doubled, all goes back."""

from __future__ import annotations

from collections import Counter

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rapport.channels import base
from rapport.core.hashing import key
from rapport.ingest import cards, orders
from rapport.people import merging
from rapport.people.models import Identity, Merge, Order, Person
from tests.conftest import Cast

N = 5
WHO = st.integers(0, N - 1)
DEEDS = st.lists(
    st.one_of(
        st.tuples(st.just("merge"), WHO, WHO),
        st.tuples(st.just("unmerge"), st.integers(0, 20), st.just(0)),
        st.tuples(st.just("card"), WHO, st.integers(0, 30)),
        st.tuples(st.just("order"), WHO, st.integers(0, 30)),
    ),
    max_size=25,
)


class World:
    """The same people as a plain model: which merges stand, and what belongs to whom when all are taken back."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.people = [Person.objects.create(workspace=cast.acme, name=f"p{n}") for n in range(N)]
        self.edges: dict[int, tuple[int, int]] = {}
        self.addresses = {f"@p{n}": n for n in range(N)}
        self.numbers: dict[str, int] = {}
        for n, person in enumerate(self.people):
            Identity.objects.create(
                workspace=cast.acme, person=person, network="x", address=f"@p{n}", key=key("x", f"p{n}")
            )

    def root(self, n: int) -> int:
        up = {other: kept for kept, other in self.edges.values()}
        while n in up:
            n = up[n]
        return n

    def do(self, deed: str, one: int, two: int) -> None:
        if deed == "merge" and one != two:
            a, b = self.root(one), self.root(two)
            made = merging.merge(self.people[one], self.people[two], by=self.cast.bea)
            if a != b:
                self.edges[made.pk] = (a, b)
        elif deed == "unmerge" and self.edges:
            chosen = sorted(self.edges)[one % len(self.edges)]
            merging.unmerge(Merge.objects.get(pk=chosen), by=self.cast.bea)
            del self.edges[chosen]
        elif deed == "card":
            address = f"+43 {two:07}"
            self.addresses.setdefault(address, one)
            cards.keep(self.cast.acme, [base.Card(name="", addresses=(("x", f"@p{one}"), ("phone", address)))])
        elif deed == "order":
            self.numbers.setdefault(f"o{two}", one)
            order = base.Order(shop="shop", number=f"o{two}", network="x", address=f"@p{one}")
            orders.keep(self.cast.acme, [order])

    def check(self) -> None:
        index = {person.pk: n for n, person in enumerate(self.people)}
        for person in Person.objects.filter(pk__in=index):
            assert index[person.kept.pk] == self.root(index[person.pk])
            assert {index[one.pk] for one in person.everyone()} == {
                n for n in range(N) if self.root(n) == self.root(index[person.pk])
            }
        for identity in Identity.objects.filter(person__in=index):
            home = self.addresses[identity.address]
            assert index[identity.own_person_id] == home
            assert index[identity.person_id] == self.root(home)
        shown = Counter(
            number
            for person in Person.objects.kept().filter(pk__in=index)
            for number in Order.objects.filter(person__in=person.everyone()).values_list("number", flat=True)
        )
        assert shown == Counter(dict.fromkeys(self.numbers, 1))
        assert {
            order.number: index[order.person_id] for order in Order.objects.filter(person__in=index)
        } == self.numbers
        assert Identity.objects.filter(person__in=index).count() == len(self.addresses)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(DEEDS)
@pytest.mark.slow
def test_nothing_is_lost_and_nothing_doubled(cast: Cast, deeds: list[tuple[str, int, int]]) -> None:
    with transaction.atomic():
        world = World(cast)
        for deed in deeds:
            world.do(*deed)
            world.check()
        Merge.objects.update(evidence=[])
        merging.settle(cast.acme.pk)  # what follows from the merges is what was written down
        world.check()
        for id in sorted(world.edges):
            merging.unmerge(Merge.objects.get(pk=id), by=cast.bea)
        world.edges.clear()
        world.check()
        assert not Identity.objects.filter(origin__isnull=False).exists()
        assert not Person.objects.filter(merged_into__isnull=False).exists()
        transaction.set_rollback(True)
