"""A draft that insults is noticed; a polite one is left alone."""

from __future__ import annotations

import pytest

from rapport.understanding import rude


@pytest.mark.parametrize(
    "text",
    [
        "You are a complete idiot, learn to read.",
        "What a moron. Shut up already.",
        "f*ck off and never come back",
        "Stop whining, you pathetic loser",
        "this is bullshit and you are a liar",
    ],
)
def test_insults_are_noticed_with_their_words(text: str) -> None:
    found = rude.judged([text])[0]
    assert found.chance >= rude.BAR
    assert found.words and all(word in text for word in found.words)


@pytest.mark.parametrize(
    "text",
    [
        "Hi Ann, sorry for the wait! We have sent a new lamp today.",
        "That is frustrating, and we are sorry. Could you DM us your order number?",
        "Thank you for your kind words! Have a great evening.",
        "We cannot refund the assembly, as it was done in May.",
        "The class starts at nine; Dick Cassidy will meet you at the pass.",
        "Es tut uns leid! Wir schauen sofort nach.",
        "",
        "😀",
    ],
)
def test_polite_answers_are_left_alone(text: str) -> None:
    assert rude.judged([text])[0].chance < rude.BAR


def test_any_text_is_judged() -> None:
    assert all(0 <= one.chance <= 1 for one in rude.judged(["\0", "\ud800", "a" * 100_000, "ﷺ" * 9_000, "#Ass"]))
