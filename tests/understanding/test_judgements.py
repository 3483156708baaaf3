"""A note tells what somebody did; a verdict on them is found, whoever and whatever else is passed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.understanding import judgements


@pytest.mark.parametrize(("text", "words"), [
    ("Ann is difficult.", "difficult"), ("She was really rude on the phone", "rude"), ("Total idiot", "idiot"),
    ("What a cheapskate, wants everything free", "cheapskate"), ("A very difficult customer", "difficult customer"),
    ("Rude again.", "Rude"), ("Difficult, always complaining", "Difficult"), ("He's so annoying", "annoying"),
    ("The customer is unreasonable", "unreasonable"), ("difficult to deal with: she is difficult to please", "difficult"),
    ("Der Kunde ist schwierig", "schwierig"), ("Sie war sehr unverschämt", "unverschämt"), ("So ein Querulant", "Querulant"),
    ("unfreundliche Kundin", "unfreundliche Kundin"), ("rude and lazy woman", "rude and lazy woman"),
])  # fmt: skip
def test_a_verdict_is_found(text: str, words: str) -> None:
    assert words in [one.words for one in judgements.find(text, ["Ann Lee"])]


@pytest.mark.parametrize("text", [
    "A difficult migration, went well in the end.", "The migration is difficult.", "Asked three times for a call.",
    "The router is stupid, it forgets its name.", "She raised her voice and hung up.", "It is difficult to say when.",
    "She is difficult to reach before noon.", "He said: “you are an idiot”, then apologised.",
    '"She is difficult", wrote Cem.',
    "This was a rude awakening for the team.", "Wants the cheap plan; price matters to her.", "Idiot-proof manual sent.",
    "Eine schwierige Umstellung, hat geklappt.", "Die Lieferung war schwierig.", "Sie sagte: „Ihr seid Idioten“",
    "Her demanding schedule: call after six.", "> you idiots\nThat is what she wrote.", "Means the blue one.",
    "Mean time to answer was an hour", "What they mean is the other order.",
])  # fmt: skip
def test_facts_things_and_quotations_pass(text: str) -> None:
    assert judgements.find(text, ["Ann Lee"]) == ()


def test_a_name_is_only_known_when_told() -> None:
    assert judgements.find("Ann is rude", ["Ann"]) and not judgements.find("Migration is rude", ["Ann"])


@given(st.text(max_size=200), st.lists(st.text(max_size=10), max_size=3))
def test_any_note_and_any_name_can_be_looked_at(text: str, names: list[str]) -> None:
    for one in judgements.find(text, names):
        assert text[one.start : one.end] == one.words
