"""When an answer is due, and what stands before what."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from rapport.inbox.triage import clocks

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
HOURS = {0: 72.0, 1: 24.0, 2: 4.0, 3: 1.0}
AGES = st.timedeltas(timedelta(), timedelta(days=400))


@given(AGES, AGES, st.integers(0, 2))
def test_danger_stands_before_whatever_is_late(fresh: timedelta, age: timedelta, urgency: int) -> None:
    fresh %= clocks.HISTORY
    danger = clocks.start(NOW - fresh, NOW, 3, HOURS)
    assert danger.position < clocks.start(NOW - age, NOW, urgency, HOURS).position
    assert danger.due_at == NOW - fresh + timedelta(hours=1)


@given(AGES, AGES, st.integers(0, 3))
def test_of_two_that_press_alike_the_one_due_first_stands_first(one: timedelta, other: timedelta, urgency: int) -> None:
    first, second = (clocks.start(NOW - age, NOW, urgency, HOURS) for age in (one, other))
    if (first.due_at is None) == (second.due_at is None) and abs(one - other) >= timedelta(seconds=1):
        assert (first.position < second.position) == (one > other)


@given(AGES, st.integers(0, 3))
def test_history_has_no_clock_and_stands_behind_all_that_has_one(age: timedelta, urgency: int) -> None:
    old = clocks.start(NOW - clocks.HISTORY - timedelta(seconds=1) - age, NOW, 3, HOURS)
    assert old.due_at is None
    assert old.position > clocks.start(NOW, NOW, urgency, HOURS).position
