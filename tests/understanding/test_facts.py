"""What people say of themselves: taken where it is plain, never where it is nobody's business or only the matter."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.understanding import facts

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(("text", "kind", "thing"), [
    ("I love the A380, what a plane!", "likes", "the A380"),
    ("@acme I really like your bakery corner but I hate plastic bags.", "dislikes", "plastic bags"),
    ("Sent a photo of my two dogs with the new basket.", "has", "two dogs"),
    ("I run a bakery in Lyon; the phone is the shop.", "works", "run a bakery in Lyon"),
    ("I live in Halifax and the mast is down.", "lives", "Halifax"),
    ("We like it here. I just moved to Porto.", "lives", "Porto"),
    ("As a frequent flyer, I know the queue.", "is", "a frequent flyer"),
    ("I'm a nurse on nights, call me after noon.", "is", "a nurse on nights"),
    ("I'm looking for a quiet dishwasher", "wants", "a quiet dishwasher"),
    ("I have three cats.", "has", "three cats"),
    ("I don't like phone calls.", "dislikes", "phone calls"),
    ("Ich wohne in Graz und warte seit Montag.", "lives", "Graz"),
    ("Ich habe zwei Hunde.", "has", "zwei Hunde"),
])  # fmt: skip
def test_what_is_said_plainly_is_taken_with_its_words(text: str, kind: str, thing: str) -> None:
    found = facts.find(text)
    assert (kind, thing) in [(fact.kind, fact.thing) for fact in found]
    assert all(text[fact.start : fact.end] == fact.words for fact in found)


@pytest.mark.parametrize("text", [
    "I have diabetes and two insulin pens.", "I'm a Catholic and I love Sundays.", "I love my boyfriend's new router",
    "As a gay man I love this campaign", "I'm a Republican.", "I hate Labour party leaflets", "I'm an immigrant from Chile",
    "As a black woman I hate this ad", "I'm a union member", "I work for the union", "I lost my job and have two kids",
    "I have a disability", "I'm a refugee", "I have debts", "I own a wheelchair", "I love Ramadan evenings",
    "My two kids have asthma", "I'm a vegan trans woman", "I vote green, I love trees", "Ich bin ein Moslem",
    "Ich habe eine Behinderung", "Ich habe Schulden", "I'm a bit depressed", "I love my wife", "I have an allergy to nuts",
    "I want a halal menu", "I'm a person who is on benefits", "I live in a homeless shelter", "I am a cancer survivor",
])  # fmt: skip
def test_nothing_sensitive_is_ever_taken(text: str) -> None:
    assert facts.find(text) == ()


@pytest.mark.parametrize("text", [
    "I have a problem with my order.", "I want a refund!", "I have two questions.", "I love it", "I like you guys",
    "Do I have a dog?", "If I had two dogs I would buy it.", "I hate this", "I'm a bit annoyed", "My order has two boxes",
    "She has two dogs.", "He loves the A380.", "I'm waiting", "I have been here for days", "I want a call back today",
    "I love how you never answer", "I love waiting for forty minutes", "I like to know where it is",
])  # fmt: skip
def test_what_is_only_the_matter_or_of_others_is_no_fact(text: str) -> None:
    assert facts.find(text) == ()


def test_love_said_in_anger_is_not_believed() -> None:
    assert facts.find("I love queues, said nobody.", glad=False) == ()
    assert facts.find("I hate queues.", glad=False)[0].kind == "dislikes"


@given(st.text(max_size=300))
def test_any_text_gives_spans_of_itself(text: str) -> None:
    for fact in facts.find(text):
        assert text[fact.start : fact.end] == fact.words and fact.kind in facts.KINDS


def test_long_text_takes_no_long_time() -> None:
    began = datetime.now(UTC)
    facts.find("I love " + "very " * 100_000)
    facts.find("I have a " * 10_000)
    assert datetime.now(UTC) - began < timedelta(seconds=1)


def test_facts_fade_by_their_kind() -> None:
    month = NOW - timedelta(days=60)
    assert facts.freshness("wants", month, NOW) == pytest.approx(0.5)
    assert facts.freshness("is", month, NOW) > 0.9
    assert facts.freshness("likes", NOW + timedelta(days=1), NOW) == 1.0


def test_currency_is_a_figure_or_nothing() -> None:
    assert facts.currency([], NOW) is None
    assert facts.currency([("wants", NOW), ("wants", NOW - timedelta(days=60))], NOW) == 75


def test_a_newer_word_speaks_against_an_older_one() -> None:
    old, new = facts.Known(1, "lives", "Halifax", NOW - timedelta(days=9)), facts.Known(2, "lives", "Porto", NOW)
    assert facts.overtaken([old, new]) == {1: 2}
    fond, cross = facts.Known(3, "likes", "the A380", NOW - timedelta(days=9)), facts.Known(4, "dislikes", "A380", NOW)
    assert facts.overtaken([fond, cross]) == {3: 4}
    assert facts.overtaken([facts.Known(5, "has", "two dogs", NOW), facts.Known(6, "has", "a boat", NOW)]) == {}
