"""Tone beside one's own norm: what is unusual for whom, how few messages are too few, and how the group helps."""

from __future__ import annotations

import math

from hypothesis import given, settings
from hypothesis import strategies as st

from rapport.understanding.tone import AXES, ENOUGH, EVERYBODY, Measure, Norm, compare, measure, norm, shrunk

MEASURES = st.builds(
    Measure,
    st.floats(-1, 1),
    st.floats(0, 8),
    st.floats(0, 1),
    st.sampled_from([0.0, 1.0]),
    st.floats(0, 1),
)


def even(valence: float, n: int = 8, courtesy: float = 0.0, length: float = 3.0) -> list[Measure]:
    return [Measure(valence + 0.05 * (i % 3 - 1), length + 0.1 * (i % 2), 0.0, courtesy, 0.0) for i in range(n)]


def test_the_same_message_is_as_always_for_one_and_unusual_for_the_other() -> None:
    one = Measure(-0.7, 3.0, 0.0, 0.0, 0.0)
    assert compare(one, even(-0.6)).kind == "harsh_as_always"
    assert compare(one, even(0.6)).kind == "harsher"
    assert compare(one, even(0.6)).n == 8


def test_too_few_messages_say_nothing() -> None:
    one = Measure(-0.9, 3.0, 0.0, 0.0, 0.0)
    assert compare(one, even(0.6, ENOUGH - 1)).kind == "thin"
    assert compare(one, even(0.6, ENOUGH)).kind != "thin"


def test_warm_curt_loud_long_and_less_courteous() -> None:
    assert compare(Measure(0.8, 3.0, 0.0, 0.0, 0.0), even(-0.5)).kind == "warmer"
    assert compare(Measure(0.0, 3.0, 0.0, 0.0, 0.0), even(0.8, 30)).kind == "cooler"
    assert compare(Measure(0.0, 0.7, 0.0, 1.0, 0.0), even(0.1, courtesy=1.0, length=4.0)).kind == "curter"
    assert compare(Measure(0.0, 3.0, 0.9, 0.0, 0.0), even(0.0)).kind == "louder"
    assert compare(Measure(0.0, 6.0, 0.0, 0.0, 0.0), even(0.0)).kind == "longer"
    assert compare(Measure(0.0, 3.0, 0.0, 0.0, 0.0), even(0.0, 40, courtesy=1.0)).kind == "less_courteous"


def test_a_short_glad_word_is_not_curt() -> None:
    assert compare(Measure(0.8, 0.7, 0.0, 1.0, 0.0), even(0.5, courtesy=1.0, length=4.0)).kind != "curter"


def test_a_group_that_is_blunt_makes_a_thin_person_less_unusual() -> None:
    one, few = Measure(-0.6, 3.0, 0.0, 0.0, 0.0), even(0.0, ENOUGH)
    blunt = Norm(500, Measure(-0.6, 3.0, 0.1, 0.2, 0.0), Measure(0.2, 0.9, 0.15, 0.4, 0.2))
    glad = Norm(500, Measure(0.6, 3.0, 0.1, 0.2, 0.0), Measure(0.2, 0.9, 0.15, 0.4, 0.2))
    assert compare(one, few, blunt).sd > compare(one, few, glad).sd


def test_what_is_measured() -> None:
    loud = measure("WHY IS IT STILL BROKEN!!! 😡", -0.5)
    plain = measure("Why is it still broken, please?", -0.5)
    assert loud.loudness > 0.5 > plain.loudness and plain.courtesy == 1.0 and loud.courtesy == 0.0
    assert loud.emoji > 0 == plain.emoji
    assert measure("Könnten Sie das bitte prüfen? Danke.", 0.0).courtesy == 1.0


@settings(max_examples=100, deadline=None)
@given(st.lists(MEASURES, min_size=1, max_size=30))
def test_a_norm_is_the_same_in_any_order_and_of_parts(rows: list[Measure]) -> None:
    found, back = norm(rows), norm(reversed(rows))
    assert found.n == len(rows)
    for axis in AXES:
        assert math.isclose(getattr(found.mean, axis), getattr(back.mean, axis), abs_tol=1e-9)
        assert min(getattr(row, axis) for row in rows) - 1e-9 <= getattr(found.mean, axis)
        assert getattr(found.sd, axis) >= 0


@settings(max_examples=100, deadline=None)
@given(st.lists(MEASURES, min_size=1, max_size=200), MEASURES)
def test_shrinking_goes_from_the_group_to_oneself(rows: list[Measure], group: Measure) -> None:
    whole = Norm(1000, group, EVERYBODY.sd)
    drawn, own = shrunk(norm(rows), whole), norm(rows)
    for axis in AXES:
        low, high = sorted((getattr(own.mean, axis), getattr(group, axis)))
        assert low - 1e-9 <= getattr(drawn.mean, axis) <= high + 1e-9
        assert getattr(drawn.sd, axis) > 0


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=300), st.floats(-1, 1), st.lists(MEASURES, max_size=20))
def test_whatever_is_written_it_answers(text: str, valence: float, rows: list[Measure]) -> None:
    one = measure(text, valence)
    assert all(math.isfinite(value) for value in one) and 0 <= one.loudness <= 1 and 0 <= one.emoji <= 1
    found = compare(one, rows)
    assert found.n == len(rows) and math.isfinite(found.sd)
