"""Comparing: suggestions come by themselves, hold what people said of them, and cost little however many there are."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from rapport.channels import base
from rapport.core import work
from rapport.core.database import write
from rapport.core.hashing import key
from rapport.core.refusal import Refused
from rapport.ingest import accepting
from rapport.ingest.comparing import compare
from rapport.people import comparing, merging
from rapport.people.models import Identity, Likeness, Person, Trait
from tests.conftest import NOW, Cast


def bring(cast: Cast, *cards: base.Card) -> None:
    accepting.accept(cast.source, base.Batch(cards=cards))
    while work.run_due():
        pass


def card(name: str, *addresses: str, organisation: str = "") -> base.Card:
    return base.Card(
        name=name, addresses=tuple(tuple(one.split(":", 1)) for one in addresses), organisation=organisation
    )  # type: ignore[misc]


def pairs() -> set[frozenset[str]]:
    return {frozenset((row.one.name, row.other.name)) for row in Likeness.objects.select_related("one", "other")}


def who(address: str) -> Person:
    return Identity.objects.get(address=address).person


def test_the_same_address_on_two_networks_is_suggested(cast: Cast) -> None:
    bring(
        cast,
        card("Ann Lee", "mail:ann@lee.example"),
        card("Annie", "form:ann@lee.example"),
        card("Bo", "mail:bo@x.example"),
    )
    assert pairs() == {frozenset({"Ann Lee", "Annie"})}
    [row] = Likeness.objects.all()
    assert row.evidence[0]["code"] == "same_mail" and row.weight >= 3


def test_nobody_is_merged_by_the_program(cast: Cast) -> None:
    bring(cast, card("Ann Lee", "mail:ann@lee.example"), card("Ann Lee", "form:ann@lee.example"))
    assert Person.objects.filter(merged_into__isnull=False).count() == 0


def test_what_somebody_writes_finds_the_other_half_of_them(cast: Cast) -> None:
    bring(cast, card("Ann Lee", "mail:ann@lee.example"))
    cast.says("@sunny", "@acme please write to ann@lee.example instead", name="Sunny")
    while work.run_due():
        pass
    assert pairs() == {frozenset({"Ann Lee", "Sunny"})}


def test_an_order_somebody_names_finds_who_placed_it(cast: Cast) -> None:
    order = base.Order(shop="shop", number="A-1042", network="mail", address="ann@lee.example", name="Ann Lee")
    accepting.accept(cast.source, base.Batch(orders=(order,)))
    cast.says("@sunny", "@acme where is order A-1042?", name="Sunny")
    while work.run_due():
        pass
    assert pairs() == {frozenset({"Ann Lee", "Sunny"})}


def test_what_was_said_to_be_apart_stays_apart_until_it_is_taken_back(cast: Cast) -> None:
    both = (card("Ann Lee", "mail:ann@lee.example"), card("Annie", "form:ann@lee.example"))
    bring(cast, *both)
    ann, annie = Identity.objects.order_by("network").values_list("person", flat=True)
    one, two = Person.objects.get(pk=ann), Person.objects.get(pk=annie)
    told = comparing.keep_apart(one, two, by=cast.bea)
    assert comparing.keep_apart(two, one, by=cast.cem) == told and not pairs()
    Identity.objects.update(compared_at=None)
    compare(cast.acme.pk)
    assert not pairs()
    with pytest.raises(Refused, match="Bea said that they are not the same"):
        merging.merge(one, two, by=cast.cem)
    comparing.end(told, by=cast.cem)
    while work.run_due():
        pass
    assert len(pairs()) == 1
    merging.merge(one, two, by=cast.cem)


def test_apart_holds_for_whoever_they_are_merged_with_later(cast: Cast) -> None:
    bring(cast, card("Ann Lee", "mail:a@x.example"), card("Ann Lee", "chat:7"), card("Cleo Ray", "mail:c@x.example"))
    a, b, c = who("a@x.example"), who("7"), who("c@x.example")
    comparing.keep_apart(a, b, by=cast.bea)
    merging.merge(c, a, by=cast.bea)
    while work.run_due():
        pass
    assert not pairs()
    with pytest.raises(Refused, match="not the same"):
        merging.merge(b, c, by=cast.bea)


def test_merging_ends_the_suggestion_and_unmerging_brings_it_again(cast: Cast) -> None:
    bring(
        cast, card("Ann Lee", "mail:ann@lee.example"), card("Annie", "form:ann@lee.example"), card("Ann Lee", "chat:7")
    )
    one, two = Identity.objects.filter(address="ann@lee.example").order_by("pk")
    assert len(pairs()) == 2
    made = merging.merge(one.person, two.person, by=cast.bea)
    while work.run_due():
        pass
    assert pairs() == {frozenset({"Ann Lee"})}
    merging.unmerge(made, by=cast.bea)
    while work.run_due():
        pass
    assert len(pairs()) == 2


def test_later_is_later(cast: Cast) -> None:
    bring(cast, card("Ann Lee", "mail:ann@lee.example"), card("Annie", "form:ann@lee.example"))
    comparing.later(Likeness.objects.get(), by=cast.bea)
    Identity.objects.update(compared_at=None)
    compare(cast.acme.pk)
    assert Likeness.objects.get().later_until == NOW + timedelta(days=30)


def test_a_crowd_of_namesakes_is_no_suggestion(cast: Cast) -> None:
    bring(cast, *(card("John Smith", f"chat:{n}") for n in range(30)))
    assert not pairs()


def test_other_workspaces_are_never_compared(cast: Cast) -> None:
    bring(cast, card("Ann Lee", "mail:ann@lee.example"))
    there = Person.objects.create(workspace=cast.elsewhere, name="Ann Lee")
    Identity.objects.create(
        workspace=cast.elsewhere, person=there, network="form", address="ann@lee.example", key=key("f", "a")
    )
    compare(cast.elsewhere.pk)
    assert Trait.objects.filter(workspace=cast.elsewhere).count() == 2 and not pairs()


@pytest.mark.slow
def test_the_queries_do_not_grow_with_the_people(cast: Cast) -> None:
    counts = []
    for size in (20, 200):
        bring(
            cast,
            *(
                card(f"Ann {size} n{n}", f"mail:{size}-{n}@x.example", f"form:{size}-{n}@x.example")
                for n in range(size)
            ),
        )
        Identity.objects.filter(address__startswith=f"{size}-").update(compared_at=None)
        with CaptureQueriesContext(connection) as seen:
            comparing.compare(cast.acme.pk, lambda ids: {}, limit=1000)
        counts.append(len(seen))
    assert counts[1] <= counts[0] + 6  # SQLite takes some hundred rows in a statement


def test_it_is_taken_out_with_what_brought_it(cast: Cast) -> None:
    with write():
        cast.says("@ann", "@acme hello")
    assert comparing.compare(cast.acme.pk, lambda ids: {}) == 1
    from rapport.ingest.removing import _bare

    assert _bare(Person, Person.objects.filter(name="@ann")) == set()  # their identity points to them
    assert not Likeness.objects.exists()
