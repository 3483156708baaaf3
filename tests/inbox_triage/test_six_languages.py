"""What needs an answer, in six languages, on our own posts; and what a decision may not look at."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from rapport.inbox.triage.decide import decide
from rapport.inbox.triage.disposition import Facts
from rapport.inbox.triage.evaluate import triage
from rapport.understanding import Post, Turn, Us, read
from rapport.understanding.reading import Post as Said

POSTS = Path(__file__).parent.parent / "understanding" / "needs"
US = Us(handles=("@orbix",), names=("Orbix",))


@pytest.mark.parametrize("half", ["build", "score"])
@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "it", "pt"])
def test_what_needs_an_answer_reaches_the_desk_and_most_of_the_rest_does_not(half: str, language: str) -> None:
    rows = [json.loads(line) for line in (POSTS / f"{half}.jsonl").read_text("utf-8").splitlines()]
    rows = [row for row in rows if row["src"] == language]
    needed = [decided.needs != "no" for _, decided in triage(rows)]
    asked = [row["needs"] == "yes" for row in rows]
    assert sum(n and a for n, a in zip(needed, asked, strict=True)) / sum(asked) >= 0.85
    quiet = [not n for n, a in zip(needed, asked, strict=True) if not a]
    assert sum(quiet) / len(quiet) >= 0.75


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("@orbix Thanks for charging me twice", 4),
        ("@orbix oh brilliant, another cancelled train. Just what I needed", 4),
        ("@orbix good morning everyone!", 14),
        ("@orbix haha nailed it", 14),
        ("@orbix My answer is B! #win", 14),
        ("@orbix earn passive income daily, ask me how", 15),
        ("@orbix I'll tell all my friends about you!", 10),
        ("@orbix merci de me rappeler demain", 3),
    ],
)
def test_what_is_often_taken_for_something_else(text: str, row: int) -> None:
    reading = read([Post(text=text)], US)[0]
    assert decide(Facts(text=text, reading=reading)).row == row


def test_a_warm_closing_after_our_answer_closes() -> None:
    before = (Turn(ours=True, author="", text="Il rimborso è partito."),)
    text = "@orbix perfetto, grazie mille e buon weekend"
    reading = read([Post(text=text, before=before)], US)[0]
    decided = decide(Facts(text=text, reading=reading, before=before))
    assert (decided.row, decided.settles) == (12, True)


def test_how_many_follow_what_somebody_is_called_and_looks_like_is_nothing_to_decide_on() -> None:
    fields = {field.name for field in dataclasses.fields(Facts)} | set(Said.__struct_fields__)
    assert not {
        word for word in ("followers", "avatar", "name", "verified", "reach", "picture") for f in fields if word in f
    }
