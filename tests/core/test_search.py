"""One folding for both engines, held by one table of (text, query, is it a hit?)."""

from __future__ import annotations

import pytest

from rapport.core.folding import fold
from rapport.inbox.models import Message
from tests.conftest import NOW, Cast

TABLE = [
    ("My Bag is lost", "bag", True),
    ("My Bag is lost", "BAG lost", True),
    ("My Bag is lost", "bags", False),
    ("Das Café in Köln", "cafe koln", True),
    ("das cafe in koln", "Café KÖLN", True),
    ("ask @acme_help now", "@acme_help", True),
    ("ask @acme_help now", "acme", True),
    ("#DeadRouter again", "deadrouter", True),
    ("#DeadRouter again", "#deadrouter", True),
    ("see https://acme.example/orders/42?x=1", "acme.example/orders", True),
    ("see https://acme.example/orders/42?x=1", "42", True),
    ("write to ann.lee@example.org", "ann.lee@example.org", True),
    ("write to ann.lee@example.org", "example.org", True),
    ("write to ann.lee@example.org", "ann.lea@example.org", False),
    ("Где мой заказ", "заказ", True),
    ("ГДЕ МОЙ ЗАКАЗ", "заказ", True),
    ("荷物が届きません", "荷物", True),
    ("荷物が届きません", "届", True),
    ("荷物が届きません", "物荷", False),
    ("two lost bags here", '"lost bags"', True),
    ("bags I lost", '"lost bags"', False),
    ("don't worry", "don't", True),
    ("it's 3.5 GB", "3.5", True),
    ("quote ' and \\ back", "'", False),
    ("anything at all", '" OR 1=1 --', False),
    ("anything at all", "any* OR thing", False),
    ("naïve ﬁle № 5", "naive", True),
    ("مرحبا بالعالم", "مرحبا", True),
    ("thanks 👍🏽 team", "thanks team", True),
    ("x\u0000y", "xy", True),
]


@pytest.mark.parametrize(("text", "query", "hit"), TABLE)
def test_the_table(cast: Cast, text: str, query: str, hit: bool) -> None:
    cast.says("@ann", text, at=NOW)
    assert Message.objects.search(query).exists() is hit, fold(text)


def test_newest_first_and_what_was_deleted_or_edited_is_not_found(cast: Cast) -> None:
    cast.says("@ann", "a parcel one", id="1")
    cast.says("@ann", "a parcel two", id="2")
    cast.says("@bo", "a parcel three", id="3")
    assert [m.external_id for m in Message.objects.search("parcel")] == ["3", "2", "1"]
    cast.says("@ann", "a letter", id="2", version="v2")
    cast.says("@bo", "", id="3", version="v2", deleted=True)
    assert [m.external_id for m in Message.objects.search("parcel")] == ["1"]
    assert [m.external_id for m in Message.objects.search("letter")] == ["2"]
