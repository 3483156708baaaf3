"""People, orders, notes and colleagues of a former desk, on both engines: found again by address, never twice."""

from __future__ import annotations

from datetime import timedelta

from rapport.channels.base import Author, Batch, Card, Envelope, Item, Order, Remark
from rapport.core import counters
from rapport.inbox import checking
from rapport.inbox.models import Conversation, Note
from rapport.ingest import accepting, pipeline
from rapport.people import models
from rapport.people.models import Identity, Person
from tests.conftest import NOW, Cast

ANN = Card(name="Ann Berg", addresses=(("email", "Ann@example.org"), ("phone", "+4930123")), organisation="Berg & Co")


def accept(cast: Cast, **parts: object) -> None:
    accepting.accept(cast.source, Batch(**parts))  # type: ignore[arg-type]
    while pipeline.run():
        pass


def of(address: str) -> Person:
    return Identity.objects.select_related("person").get(address=address).person


def test_a_card_is_one_person_however_often_it_comes(cast: Cast) -> None:
    for _ in range(2):
        accept(cast, cards=(ANN, ANN))
    assert Person.objects.get().name == "Ann Berg"
    assert sorted(Identity.objects.values_list("network", "address")) == [
        ("email", "Ann@example.org"),
        ("phone", "+4930123"),
    ]


def test_the_same_address_is_the_same_person_and_the_same_name_is_not(cast: Cast) -> None:
    accept(cast, cards=(ANN, Card(name="Ann Berg", addresses=(("email", "other@example.org"),))))
    more = Card(
        name="A. Berg", addresses=(("mastodon", "ann@social.example"), ("email", "ann@example.org")), note="VIP"
    )
    accept(cast, cards=(more,))
    assert Person.objects.count() == 2
    person = of("ann@social.example")
    assert (person.name, person.organisation, person.note) == ("Ann Berg", "Berg & Co", "VIP")


def test_a_card_names_whom_we_only_knew_by_an_address(cast: Cast) -> None:
    cast.says("ann@example.org", "@acme hello?")
    accept(cast, cards=(Card(name="Ann Berg", addresses=(("social", "Ann@Example.org"),)),))
    assert of("ann@example.org").name == "Ann Berg"


def test_what_is_written_of_somebody_is_not_written_over(cast: Cast) -> None:
    accept(cast, cards=(ANN,))
    accept(cast, cards=(Card(name="Anna B", addresses=ANN.addresses, organisation="Elsewhere Ltd"),))
    person = Person.objects.get()
    assert (person.name, person.organisation) == ("Ann Berg", "Berg & Co")


def test_an_address_in_two_workspaces_is_two_people(cast: Cast) -> None:
    accept(cast, cards=(ANN,))
    other = type(cast.source).objects.create(workspace=cast.elsewhere, kind="fake", name="x")
    accepting.accept(other, Batch(cards=(ANN,)))
    assert Person.objects.filter(workspace=cast.elsewhere).count() == Person.objects.filter(workspace=cast.acme).count()


def order(**more: object) -> Order:
    words = {"shop": "shop", "number": "A-1", "network": "email", "address": "ann@example.org", "total": 4990}
    return Order(**(words | {"currency": "EUR"} | more))  # type: ignore[arg-type]


def test_an_order_goes_to_whoever_has_its_address_and_is_brought_up_to_date(cast: Cast) -> None:
    accept(cast, cards=(ANN,), orders=(order(placed_at=NOW - timedelta(days=2)),))
    accept(cast, orders=(order(placed_at=NOW - timedelta(days=2), delivered_at=NOW, status="delivered"),))
    accept(cast, orders=(order(number="A-2", address="new@example.org", name="Cy"), order(shop="other")))
    stored = {(row.shop, row.number): row for row in models.Order.objects.select_related("person")}
    first = stored["shop", "A-1"]
    assert (first.person.name, first.total, first.currency, first.status) == ("Ann Berg", 4990, "EUR", "delivered")
    assert first.delivered_at == NOW
    assert stored["shop", "A-2"].person.name == "Cy"
    assert stored["other", "A-1"].person == first.person


def remark(**more: object) -> Remark:
    words = {"network": "desk", "external_id": "n1", "thread": "T1", "author": "Bea", "text": "VIP, be quick"}
    return Remark(**(words | {"at": NOW - timedelta(days=9)} | more))  # type: ignore[arg-type]


def said(id: str, text: str = "@acme where is it?", **more: object) -> Item:
    words = {
        "network": "desk",
        "thread": "T1",
        "author": Author("ann@example.org"),
        "said_at": NOW - timedelta(days=10),
    }
    return Item(Envelope(external_id=id, text=text, **(words | more)), text.encode())  # type: ignore[arg-type]


def test_a_note_of_a_former_desk_is_a_note_here_once(cast: Cast) -> None:
    for _ in range(2):
        accept(cast, remarks=(remark(), remark(external_id="n2", author="Somebody Gone")))
    assert Conversation.objects.get().state == "quiet"
    accept(cast, items=(said("1"),))
    conversation = Conversation.objects.get()
    assert (conversation.state, conversation.message_count) == ("needs_answer", 1)
    assert conversation.last_message_at == NOW - timedelta(days=10)
    notes = Note.objects.filter(conversation=conversation).order_by("pk")
    assert [(note.by, note.author) for note in notes] == [(cast.bea, "Bea"), (None, "Somebody Gone")]
    accept(cast, remarks=(remark(external_id="n3", thread="1"),))
    assert Conversation.objects.count() == 1, "a message's id is a name of its thread"
    assert not checking.miscounted()


def test_who_had_it_has_it_if_they_work_here(cast: Cast) -> None:
    accept(cast, items=(said("1", assignee="cem@acme.test"), said("2", assignee="Bea")))
    accept(cast, items=(said("3", thread="", assignee="Olga"),))
    by_count = {row.message_count: row.assignee for row in Conversation.objects.all()}
    assert by_count == {2: cast.cem, 1: None}, "an observer answers nobody"
    assert counters.read(cast.acme.pk, [f"mine:{cast.cem.pk}"]) == {f"mine:{cast.cem.pk}": 1}
    assert not checking.miscounted()


def test_stars_are_kept_with_the_words(cast: Cast) -> None:
    accept(cast, items=(said("1", "", rating=2),))
    assert Conversation.objects.get().messages.get().rating == 2
