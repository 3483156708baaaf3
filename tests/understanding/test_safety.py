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
        (
            "My mother, who had been a customer for years, died",
            "bereavement",
            "mother, who had been a customer for years, died",
        ),
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


LATE = Path(__file__).parent / "safety" / "other_hand.jsonl"
"""Written by somebody who had never seen the code; its errors were read afterwards, so its floor is no promise."""


def test_what_another_hand_wrote_is_found_and_its_idle_talk_is_left_alone() -> None:
    rows = [json.loads(line) for line in LATE.read_text("utf-8").splitlines()]
    flagged = [bool(reading.flags) for reading in read([Post(text=row["text"]) for row in rows], Us())]
    meant = [hit for hit, row in zip(flagged, rows, strict=True) if row["flag"]]
    idle = [hit for hit, row in zip(flagged, rows, strict=True) if not row["flag"]]
    assert sum(meant) >= 0.85 * len(meant) and sum(idle) <= 0.06 * len(idle)


@pytest.mark.parametrize(
    "letter",
    [
        "this is not a complaint. It is only to say that the young man who came about the socket, Idris I believe, "
        "noticed that I had a cold and that there was no milk in the house. He was back within ten minutes with milk, "
        "and would not take the money. I should like somebody to tell his mother.",
        "Your man is drilling on the pavement outside my shop since eight with no notice, and there is dust on four "
        "wedding suits. They are collected at five. Who pays the cleaner, and can he please stop for an hour?",
        'im März habe ich zwei Rechnungen bekommen, eine auf meinen Namen und eine auf "Herrn Bello Sommer". Bello ist '
        "unser Dackel. Er hat meines Wissens keinen Vertrag unterschrieben.",
        "The fault was in my own wiring; my son found it on Sunday. I apologise. There is no need to reply.",
        "I went in to cancel and came out with the same contract, four euros cheaper, and a recipe for plum cake.",
        "a minha avó, de 89 anos, assinou à porta de casa um contrato que não percebeu. Paga agora três canais.",
        "On Thursday I got married, and my grandmother was there, on a chair of honour, leaning against a rice tin.",
    ],
)
def test_a_long_letter_does_not_add_up_to_an_alarm(letter: str) -> None:
    assert read([Post(text=letter)], Us())[0].flags == ()
