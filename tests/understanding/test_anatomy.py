"""What a matter is made of, in the writer's own words: the thing, what is wrong, what was paid, what one is entitled to."""

from __future__ import annotations

import pytest

from rapport.understanding import read
from rapport.understanding.anatomy import TOPICS
from rapport.understanding.reading import Anatomy, Post, Us

QUOTED = (
    "I paid a high price for my laptop with a four-year, in-home service. It overheats, the network is down and the CPU is "
    "broken. You promised a technician would come within two days. After countless frustrating hours nobody came."
)


def anatomy(text: str) -> Anatomy:
    return read([Post(text=text, direct=True)], Us())[0].anatomy


def test_the_quoted_complaint_falls_into_its_parts() -> None:
    parts = anatomy(QUOTED)
    assert parts.product == "laptop"
    assert parts.entitlement == "four-year, in-home service"
    assert parts.price == "high price"
    assert "broken" in " ".join(parts.faults)
    assert parts.promise_broken.startswith("You promised a technician")


@pytest.mark.parametrize(
    ("text", "topics", "product"),
    [
        ("my blue kettle arrived broken", {"damaged"}, "blue kettle"),
        ("Der Wasserkocher ist kaputt und die Lieferung kam zu spät", {"damaged", "delivery"}, "Wasserkocher"),
        ("où est mon colis ?", {"delivery"}, ""),
        ("me cobraron dos veces la factura", {"billing"}, ""),
        ("La consegna doveva arrivare ieri, il forno è rotto", {"damaged", "delivery"}, "forno"),
        ("meu celular está quebrado", {"damaged"}, "celular"),
    ],
)
def test_a_matter_has_topics_and_a_thing_in_every_language(text: str, topics: set[str], product: str) -> None:
    parts = anatomy(text)
    assert topics <= set(parts.topics) <= set(TOPICS)
    assert parts.product == product


@pytest.mark.parametrize("text", ["thank you so much!", "", "lovely weather", "💐"])
def test_where_nothing_is_wrong_or_asked_there_is_no_anatomy(text: str) -> None:
    assert anatomy(text) == Anatomy()


def test_a_price_is_taken_as_it_was_written() -> None:
    assert anatomy("why was I charged £49.99 for this?").price == "£49.99"
    assert anatomy("ich habe 120 Euro bezahlt und es ist kaputt").price == "120 Euro"
