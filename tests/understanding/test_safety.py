"""Danger, law, leaks, death, illness, need: found in posts of many situations, not in idle talk of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.understanding import frames, lexicon, read, signs
from rapport.understanding.frames import filled
from rapport.understanding.reading import Post, Us
from rapport.understanding.tokens import cut

POSTS = Path(__file__).parent / "safety"


def rates(half: str) -> tuple[float, float]:
    """(recall, share of false alarms) on one half of our own posts."""
    rows = [json.loads(line) for line in (POSTS / f"{half}.jsonl").read_text("utf-8").splitlines()]
    hits = [bool(reading.flags) for reading in read([Post(text=row["text"]) for row in rows], Us())]
    true = [hit for row, hit in zip(rows, hits, strict=True) if row["flag"]]
    false = [hit for row, hit in zip(rows, hits, strict=True) if not row["flag"]]
    return sum(true) / len(true), sum(false) / max(1, len(false))


@pytest.mark.parametrize("half", ["build", "score"])
def test_nine_of_ten_are_found_and_two_in_a_hundred_idle_ones_are_not_exceeded(half: str) -> None:
    recall, false = rates(half)
    assert recall >= 0.9
    assert false <= 0.02


@pytest.mark.parametrize(
    ("text", "flag", "words"),
    [
        ("My mother, who had been a customer for years, died", "bereavement", "died"),
        ("smoke came out of the charger", "danger", "smoke came out of the charger"),
        ("Wir stecken seit einer Stunde im Aufzug fest", "danger", "stecken seit einer Stunde im Aufzug"),
        ("On est coincés dans l'ascenseur", "danger", "coincés dans l'ascenseur"),
        ("J'ai perdu mon emploi", "hardship", "perdu mon emploi"),
        ("je depose plainte", "legal", "depose plainte"),
        ("Someone logged into my account", "breach", "Someone logged into"),
    ],
)
def test_a_flag_shows_the_words_it_rests_on(text: str, flag: str, words: str) -> None:
    (reading,) = read([Post(text=text)], Us())
    (reason,) = [reason for reason in reading.reasons if reason.code == f"flag.{flag}"]
    assert words in reason.evidence or reason.evidence in words
    assert text[reason.start : reason.end] == reason.evidence


@pytest.mark.parametrize(
    "text",
    ["this game is killing me", "my phone died", "sue me", "dead battery", "I'd kill for a pizza", "bank holiday?",
     "heart attack when I saw the price", "Mein Akku ist tot", "je meurs de faim", "me muero de risa"],
)  # fmt: skip
def test_idle_talk_raises_no_flag(text: str) -> None:
    (reading,) = read([Post(text=text)], Us())
    assert reading.flags == ()


def test_laughter_takes_one_sign_back_but_not_two() -> None:
    idle, meant = read(
        [Post(text="my husband will kill me lol"), Post(text="he said he will kill me, he has a knife lol")], Us()
    )
    assert idle.flags == ()
    assert "danger" in meant.flags


def test_every_frame_asks_for_lists_that_every_language_may_fill() -> None:
    known = {entry.section for _, entry in lexicon.entries("en")} | {"w.me", "w.you"}
    asked = {name for frame in frames.FRAMES for place in frame.places for name in place}
    assert asked <= known
    assert {f"n.{noun}" for nouns in signs.NOUNS.values() for noun in nouns} <= known


def test_an_ordered_frame_wants_its_words_in_order() -> None:
    tokens = cut("my son lost his bag")
    assert filled(tokens, lexicon.find(tokens, "en"), "en") == []
    tokens = cut("we lost our son")
    assert [hit.section for hit in filled(tokens, lexicon.find(tokens, "en"), "en")] == ["f.bereavement"]


@given(
    st.lists(
        st.sampled_from(["smoke", "fire", "mother", "died", "I", "the", "stuck", "lift", ".", "lol"]), max_size=400
    )
)
def test_frames_and_signs_end_and_stay_within_the_post(words: list[str]) -> None:
    tokens = cut(" ".join(words))
    found = lexicon.find(tokens, "en")
    for hit in filled(tokens, found, "en") + signs.leaning(tokens, found, "en"):
        assert 0 <= hit.first < hit.last <= len(tokens.words)
