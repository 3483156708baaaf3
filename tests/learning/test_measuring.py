"""The figures that decide whether a model is used."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.learning.course import measuring
from rapport.learning.course.teaching import fold


def test_unsure_lies_half_way_and_is_on_the_desk() -> None:
    figures = measuring.needs(["yes", "yes", "no", "no"], ["yes", "unsure", "unsure", "no"])
    assert figures["score"] == 0.75
    assert (figures["found"], figures["spared"], figures["unsure"]) == (1.0, 0.5, 0.5)


def test_yes_to_everything_is_worth_half() -> None:
    assert measuring.needs(["yes"] * 90 + ["no"] * 10, ["yes"] * 100)["score"] == 0.5


def test_a_few_clean_answers_are_not_enough_to_take_anything_off_the_desk() -> None:
    assert measuring.down([0.01] * 20, ["no"] * 20) == -1.0
    assert measuring.down([0.01] * 40, ["no"] * 40) == 0.01


def test_the_mark_ends_where_people_would_be_overlooked() -> None:
    chances = [0.01] * 60 + [0.1] * 10
    assert measuring.down(chances, ["no"] * 60 + ["yes"] * 10) == 0.01


@given(st.lists(st.tuples(st.floats(0, 1), st.sampled_from(["yes", "no"])), max_size=200), st.randoms())
def test_below_the_mark_at_most_one_in_twenty_was_wanted(said: list[tuple[float, str]], dice: random.Random) -> None:
    mark = measuring.down([chance for chance, _ in said], [answer for _, answer in said])
    below = [answer for chance, answer in said if chance <= mark]
    assert mark <= 0.3 and below.count("yes") <= 0.05 * len(below)
    dice.shuffle(said)
    assert measuring.down([chance for chance, _ in said], [answer for _, answer in said]) == mark


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Where is my parcel?", "where is my parcel"),
        ("@a Where is my parcel 17", "@b where is my parcel 23!!"),
        ("Where is it https://x.test/a", "Where is it https://y.test"),
    ],
)
def test_the_same_words_are_always_in_the_same_fold(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@given(st.text())
def test_any_text_has_a_fold(text: str) -> None:
    assert 0 <= fold(text) < 5


def test_what_is_mended_must_be_more_than_chance_mends() -> None:
    figures = measuring.rows(["3", "4", "9", "3"], ["3", "4", "9", "4"], ["3", "3", "14", "3"])
    assert (figures["mended"], figures["spoilt"], figures["kept"]) == (2, 1, 0.5)
    assert measuring.by_chance(0, 0) and measuring.by_chance(4, 2) and not measuring.by_chance(8, 2)
    assert measuring.by_chance(2, 8)
