"""Merging: one human out of two and two out of one, and nothing is lost or doubled on any way."""

from __future__ import annotations

import pytest

from rapport.channels import base
from rapport.core.hashing import key
from rapport.core.models import Event
from rapport.core.refusal import Refused
from rapport.ingest import cards, orders
from rapport.people import merging
from rapport.people.models import Identity, Merge, Order, Person
from tests.conftest import Cast


def who(cast: Cast, address: str) -> Person:
    """Whose this address is today."""
    return Identity.objects.get(workspace=cast.acme, address=address).person


def several(cast: Cast, *addresses: str) -> list[Person]:
    for address in addresses:
        cast.says(address, f"@acme hello from {address}", name=address.strip("@").title())
    return [who(cast, address) for address in addresses]


def names(person: Person) -> set[str]:
    return {one.name for one in Person.objects.get(pk=person.pk).everyone()}


def test_two_become_one_and_two_again(cast: Cast) -> None:
    a, b = several(cast, "@a", "@b")
    made = merging.merge(a, b, by=cast.bea, why=" She said so. ")
    assert who(cast, "@b") == a and names(a) == names(b) == {"A", "B"}
    assert (made.by, made.why) == (cast.bea, "She said so.")
    merging.unmerge(made, by=cast.cem)
    assert (who(cast, "@a"), who(cast, "@b")) == (a, b) and names(a) == {"A"} and names(b) == {"B"}
    assert Identity.objects.filter(origin__isnull=False).count() == 0
    verbs = Event.objects.filter(verb__startswith="person.").order_by("pk").values_list("verb", "subject_id", "by_id")
    assert list(verbs) == [("person.merged", a.pk, cast.bea.pk), ("person.unmerged", a.pk, cast.cem.pk)]


def test_twice_is_once(cast: Cast) -> None:
    a, b = several(cast, "@a", "@b")
    made = merging.merge(a, b, by=cast.bea)
    assert merging.merge(a, b, by=cast.bea) == merging.merge(b, a, by=cast.cem) == made
    merging.unmerge(made, by=cast.bea)
    merging.unmerge(made, by=cast.bea)
    assert Merge.objects.count() == 1 and Event.objects.filter(verb="person.unmerged").count() == 1


def test_the_same_again_finds_the_merge_that_made_them_one(cast: Cast) -> None:
    a, b, c, d = several(cast, "@a", "@b", "@c", "@d")
    first = merging.merge(a, b, by=cast.bea)
    merging.merge(c, d, by=cast.bea)
    joined = merging.merge(b, d, by=cast.bea)
    assert (joined.kept, joined.other) == (a, c)
    assert merging.merge(d, a, by=cast.bea) == joined and merging.merge(b, a, by=cast.bea) == first


def test_a_chain_is_one_human_and_its_middle_can_be_taken_out(cast: Cast) -> None:
    a, b, c = several(cast, "@a", "@b", "@c")
    inner = merging.merge(b, c, by=cast.bea)
    outer = merging.merge(a, b, by=cast.bea)
    assert who(cast, "@c") == a and names(c) == {"A", "B", "C"}
    merging.unmerge(inner, by=cast.bea)
    assert (who(cast, "@b"), who(cast, "@c")) == (a, c) and names(a) == {"A", "B"} and names(c) == {"C"}
    merging.merge(b, c, by=cast.bea)
    merging.unmerge(outer, by=cast.bea)
    assert names(a) == {"A", "C"} and names(b) == {"B"}  # c had joined them anew, when b was a


def test_taking_out_a_branch_takes_all_that_hangs_on_it(cast: Cast) -> None:
    a, b, c = several(cast, "@a", "@b", "@c")
    merging.merge(b, c, by=cast.bea)
    outer = merging.merge(a, b, by=cast.bea)
    merging.unmerge(outer, by=cast.bea)
    assert names(a) == {"A"} and names(b) == names(c) == {"B", "C"} and who(cast, "@c") == b


def test_what_comes_while_they_are_one_is_where_it_belongs_afterwards(cast: Cast) -> None:
    a, b = several(cast, "@a", "@b")
    made = merging.merge(a, b, by=cast.bea)
    said = cast.says("@b", "@acme one more thing", id="later")
    assert said.identity is not None and said.identity.person == a
    cards.keep(cast.acme, [base.Card(name="B", addresses=(("social", "@b"), ("phone", "+43 1 5550")))])
    orders.keep(cast.acme, [base.Order(shop="shop", number="7", network="social", address="@b")])
    assert who(cast, "+43 1 5550") == a
    assert list(Order.objects.filter(person__in=a.everyone()).values_list("number", flat=True)) == ["7"]
    merging.unmerge(made, by=cast.bea)
    assert who(cast, "+43 1 5550") == b and Order.objects.get().person == b
    assert not Order.objects.filter(person__in=Person.objects.get(pk=a.pk).everyone()).exists()


def test_who_may_not_change_anything_merges_nobody(cast: Cast) -> None:
    a, b = several(cast, "@a", "@b")
    with pytest.raises(Refused, match="You may read here"):
        merging.merge(a, b, by=cast.olga)
    made = merging.merge(a, b, by=cast.bea)
    with pytest.raises(Refused, match="You may read here"):
        merging.unmerge(made, by=cast.olga)
    assert names(a) == {"A", "B"}


def test_nobody_is_merged_with_themselves_or_across_workspaces(cast: Cast) -> None:
    [a] = several(cast, "@a")
    stranger = Person.objects.create(workspace=cast.elsewhere, name="A")
    with pytest.raises(Refused, match="one person already"):
        merging.merge(a, a, by=cast.bea)
    with pytest.raises(Refused, match="two workspaces"):
        merging.merge(a, stranger, by=cast.bea)
    assert not Merge.objects.exists()


def test_roots_of_trees() -> None:
    assert merging.roots({}) == {}
    assert merging.roots({2: 1, 3: 2, 5: 4}) == {2: 1, 3: 1, 5: 4}
    for circle in ({1: 1}, {1: 2, 2: 1}, {3: 1, 1: 2, 2: 1}):
        with pytest.raises(ValueError, match="circle"):
            merging.roots(circle)


def test_a_long_chain_is_settled_in_no_time() -> None:
    assert set(merging.roots({n + 1: n for n in range(100_000)}).values()) == {0}


def test_an_identity_key_is_what_it_was(cast: Cast) -> None:
    a, b = several(cast, "@a", "@b")
    merging.merge(a, b, by=cast.bea)
    assert bytes(Identity.objects.get(address="@b").key) == key("social", "b")
