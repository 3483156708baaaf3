"""Organisations: what address books and colleagues say of who belongs where, what holds, and how it is taken back."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from rapport.channels import base
from rapport.core.models import Event
from rapport.core.refusal import Refused
from rapport.core.search import matching
from rapport.ingest import cards
from rapport.people import merging, organising, uniting
from rapport.people.domains import domain, domains
from rapport.people.models import Belonging, Identity, Organisation, Person
from tests.conftest import NOW, Cast


def card(name: str, address: str, organisation: str = "") -> base.Card:
    return base.Card(name=name, addresses=(("mail", address),), organisation=organisation)


def bring(cast: Cast, *said: base.Card) -> list[Person]:
    cards.keep(cast.acme, said)
    return [who(one.addresses[0][1]) for one in said]


def who(address: str) -> Person:
    return Identity.objects.get(address=address).person


def places(person: Person) -> list[str]:
    return [one.organisation.name for one in organising.of(Person.objects.get(pk=person.pk))]


def line(person: Person) -> str:
    return Person.objects.get(pk=person.pk).organisation


def test_an_address_book_names_it_once_however_it_is_written(cast: Cast) -> None:
    ann, bo = bring(cast, card("Ann", "ann@b.example", "Berg & Co"), card("Bo", "bo@b.example", "BERG & CO"))
    assert places(ann) == places(bo) and Organisation.objects.count() == 1
    bring(cast, card("Ann", "ann@b.example", "Berg & Co"), card("Cy", "cy@b.example"))
    assert Belonging.objects.count() == 2 and places(who("cy@b.example")) == []


def test_what_a_member_took_back_no_address_book_says_again(cast: Cast) -> None:
    [ann] = bring(cast, card("Ann", "ann@b.example", "Berg & Co"))
    organising.end(Belonging.objects.get(), by=cast.bea)
    assert (places(ann), line(ann)) == ([], "")
    bring(cast, card("Ann", "ann@b.example", "Berg & Co"))
    assert (places(ann), line(ann)) == ([], "")
    organising.restore(Belonging.objects.get(), by=cast.cem)
    organising.restore(Belonging.objects.get(), by=cast.cem)
    assert (places(ann), line(ann)) == (["Berg & Co"], "Berg & Co")
    assert list(Event.objects.filter(subject="belonging").order_by("pk").values_list("verb", flat=True)) == [
        "belonging.ended",
        "belonging.restored",
    ]


def test_somebody_who_left_was_there(cast: Cast) -> None:
    [ann] = bring(cast, card("Ann", "ann@b.example", "Berg & Co"))
    row = organising.belong(ann, "Club", by=cast.bea, role="treasurer", since=NOW)
    organising.leave(Belonging.objects.exclude(pk=row.pk).get(), by=cast.bea)
    assert places(ann) == ["Club", "Berg & Co"] and line(ann) == "Club"
    berg = Organisation.objects.get(name="Berg & Co")
    assert not organising.people_of(berg) and list(organising.people_of(berg, former=True)) == [ann]


def test_the_line_can_be_sought_and_follows_the_name(cast: Cast) -> None:
    [ann] = bring(cast, card("Ann", "ann@b.example", "Berg & Co"))
    organising.rename(Organisation.objects.get(), "Tal Ltd", by=cast.bea)

    def found(words: str) -> list[Person]:
        return list(Person.objects.filter(pk__in=matching(Person, words, "name", "organisation")))

    assert line(ann) == "Tal Ltd" and found("tal") == [ann] and found("berg") == []


def test_a_name_it_had_still_leads_to_it(cast: Cast) -> None:
    [ann] = bring(cast, card("Ann", "ann@b.example", "Berg & Co"))
    berg = Organisation.objects.get()
    organising.rename(berg, "Tal Ltd", by=cast.bea)
    _, dot = bring(cast, card("Ann", "ann@b.example", "Berg & Co"), card("Di", "di@b.example", "Berg & Co"))
    assert places(ann) == places(dot) == ["Tal Ltd"] and set(organising.people_of(berg)) == {ann, dot}
    organising.rename(berg, "Berg & Co", by=cast.bea)
    assert places(ann) == places(dot) == ["Berg & Co"] and line(dot) == "Berg & Co"
    organising.belong(ann, "tal ltd", by=cast.bea)
    assert places(ann) == ["Berg & Co"]


def test_a_name_that_another_has_is_refused_in_a_sentence(cast: Cast) -> None:
    bring(cast, card("Ann", "ann@b.example", "Berg"), card("Bo", "bo@b.example", "Tal"))
    with pytest.raises(Refused, match="There is an organisation “Tal” already"):
        organising.rename(Organisation.objects.get(name="Berg"), "tal", by=cast.bea)
    with pytest.raises(Refused, match="Write the name"):
        organising.rename(Organisation.objects.get(name="Berg"), " \n", by=cast.bea)


def test_two_that_are_one_are_read_as_one_and_taken_apart_with_nothing_lost(cast: Cast) -> None:
    ann, bo, cy = bring(
        cast, card("Ann", "a@b.example", "Berg"), card("Bo", "b@b.example", "Tal"), card("Cy", "c@b.example", "Ufer")
    )
    berg, tal, ufer = (Organisation.objects.get(name=name) for name in ("Berg", "Tal", "Ufer"))
    inner = uniting.unite(tal, ufer, by=cast.bea)
    outer = uniting.unite(berg, ufer, by=cast.bea)
    assert outer.organisation == tal and uniting.unite(ufer, berg, by=cast.bea) in (inner, outer)
    assert set(organising.people_of(berg)) == {ann, bo, cy} == set(organising.people_of(ufer))
    assert line(cy) == "Berg" and places(cy) == ["Berg"]
    uniting.part(outer, by=cast.cem)
    uniting.part(outer, by=cast.cem)
    assert list(organising.people_of(berg)) == [ann] and set(organising.people_of(tal)) == {bo, cy}
    assert line(cy) == "Tal" == line(bo)


def test_one_is_not_another_with_itself_nor_with_one_of_another_workspace(cast: Cast) -> None:
    bring(cast, card("Ann", "a@b.example", "Berg"))
    berg = Organisation.objects.get()
    foreign = Organisation.objects.create(workspace=cast.elsewhere, name="Berg", key=bytes(berg.key))
    for other in (berg, foreign):
        with pytest.raises(Refused):
            uniting.unite(berg, other, by=cast.bea)
    stranger = Person.objects.create(workspace=cast.elsewhere, name="Eve")
    with pytest.raises(Refused):
        organising.belong(stranger, berg, by=cast.bea)


def test_who_is_merged_belongs_where_either_belonged_until_taken_apart(cast: Cast) -> None:
    ann, bo = bring(cast, card("Ann", "a@b.example", "Berg"), card("Bo", "b@b.example", "Tal"))
    made = merging.merge(ann, bo, by=cast.bea)
    assert set(places(ann)) == {"Berg", "Tal"} == set(places(bo))
    assert list(organising.people_of(Organisation.objects.get(name="Tal"))) == [ann]
    organising.belong(bo, "Tal", by=cast.bea, role="cook")
    merging.unmerge(made, by=cast.bea)
    assert (places(ann), places(bo)) == (["Berg"], ["Tal"])
    assert Belonging.objects.get(person=bo).role == "cook"


def test_an_observer_changes_nothing(cast: Cast) -> None:
    [ann] = bring(cast, card("Ann", "a@b.example", "Berg"))
    row, berg = Belonging.objects.get(), Organisation.objects.get()
    for act in (
        lambda: organising.belong(ann, "Tal", by=cast.olga),
        lambda: organising.end(row, by=cast.olga),
        lambda: organising.rename(berg, "Tal", by=cast.olga),
        lambda: uniting.unite(berg, berg, by=cast.olga),
    ):
        with pytest.raises(Refused, match="You may read here"):
            act()


def test_lines_of_old_become_organisations_and_nothing_else_does(cast: Cast) -> None:
    ann = Person.objects.create(workspace=cast.acme, name="Ann", organisation="Berg")
    bo = Person.objects.create(workspace=cast.acme, name="Bo", organisation="berg ")
    [cy] = bring(cast, card("Cy", "c@b.example", "Tal"))
    organising.end(Belonging.objects.get(), by=cast.bea)
    organising.name_all(cast.acme.pk)
    organising.name_all(cast.acme.pk)
    assert places(ann) == places(bo) and len(places(ann)) == 1 and places(cy) == []


def test_an_address_book_costs_the_same_few_statements_for_many(cast: Cast) -> None:
    def cost(first: int, count: int) -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            cards.keep(
                cast.acme, [card(f"P {n}", f"p{n}@b.example", f"Org {n % 9}") for n in range(first, first + count)]
            )
        return len(seen)

    cost(0, 5)
    assert cost(100, 200) <= cost(10, 20) + 2


def test_where_everybody_may_have_a_mailbox_says_nothing() -> None:
    said = ["ann@berg.example", "bo@Berg.example", "cy@gmail.com", "di@tal.example", "@ann", "+49 30 123", "x@y"]
    assert domains(said) == ["berg.example", "tal.example"]
    assert domain("ann@GMX.net") == "" == domain("not an address")


@given(st.lists(st.text(max_size=40), max_size=20))
def test_whatever_stands_in_an_address_its_domain_is_one_or_none(addresses: list[str]) -> None:
    for one in domains(addresses):
        assert one == one.lower() and "@" not in one and any(one in address.lower() for address in addresses)
