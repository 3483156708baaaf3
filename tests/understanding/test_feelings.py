"""The emotional line: points with causes one can point at, and what changed them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from rapport.understanding import feelings
from rapport.understanding.feelings import Turn

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)


def turn(id: int, valence: float, *, ours: bool = False) -> Turn:
    return Turn(id, 1, NOW + timedelta(hours=id), ours, "Bea" if ours else "Ann", valence)


def test_what_changed_it_is_our_turn_between() -> None:
    low = feelings.points([turn(1, -0.6), turn(2, 0, ours=True), turn(3, 0.7)])
    assert len(low) == 2
    assert low[1].after is not None and low[1].after.id == 2 and low[1].changed == pytest.approx(1.3)
    assert [point.turn.id for point in feelings.turning(low)] == [3]


def test_getting_worse_without_an_answer_says_so_and_less_glad_is_no_change() -> None:
    worse = feelings.points([turn(1, -0.3), turn(2, -0.9)])
    assert worse[1].unanswered and feelings.turning(worse) == (worse[1],)
    calm = feelings.points([turn(1, 0.8), turn(2, 0.1)])
    assert not calm[1].unanswered and feelings.turning(calm) == ()


def test_the_cause_is_the_sentence_of_the_weightiest_reason() -> None:
    text = "Hello. My router is broken again. Thanks"
    assert (
        feelings.cause(text, [("thanks", "Thanks", 34), ("complaint", "broken", 17)])[0] == "My router is broken again."
    )
    assert feelings.cause(text, []) == (text, "")


def test_a_reading_never_crosses_the_border_of_its_name() -> None:
    assert feelings.level(feelings.placed("neutral", -0.9)) == "even"
    assert feelings.level(feelings.placed("negative", 0.5)) == "low"
    assert feelings.named(-0.5, {"joy": 0.9, "anger": 0.4}) == "anger" and feelings.named(0.0, {"joy": 1.0}) == ""
