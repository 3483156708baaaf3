"""How soon we usually answer: told from the log by weekday and hour, or not at all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from rapport.inbox.promptness import _STEPS, Begun, usual

NOW = datetime(2026, 3, 10, 9, 30, tzinfo=UTC)  # a Tuesday
BERLIN = ZoneInfo("Europe/Berlin")


def begun(weeks: int, minutes: float | None, *, hour: int = 9, days: int = 0) -> Begun:
    asked = (NOW - timedelta(weeks=weeks, days=days)).replace(hour=hour, minute=5)
    return Begun(asked, None if minutes is None else asked + timedelta(minutes=minutes))


def test_the_median_of_this_weekday_and_hour_is_said_in_steps() -> None:
    talks = [begun(week % 7 + 1, 8) for week in range(9)] + [begun(1, 400), begun(2, 500)]
    assert usual(talks, NOW, UTC) == timedelta(minutes=10)


def test_a_thin_log_says_nothing() -> None:
    assert usual([begun(1, 5)] * 7, NOW, UTC) is None
    assert usual([], NOW, UTC) is None


def test_other_hours_and_the_weekend_do_not_count() -> None:
    assert usual([begun(1, 5, hour=22)] * 50, NOW, UTC) is None
    assert usual([begun(1, 5, days=3)] * 50, NOW, UTC) is None  # a Saturday
    assert usual([begun(1, 5, days=1)] * 50, NOW, UTC) == timedelta(minutes=5)  # a Monday is a working day, too


def test_what_was_never_answered_counts_as_still_waiting() -> None:
    talks = [begun(1, 2)] * 10 + [begun(1, None)] * 11
    assert usual(talks, NOW, UTC) is None
    assert usual([begun(1, 2)] * 11 + [begun(1, None)] * 10, NOW, UTC) == timedelta(minutes=2)


def test_what_is_long_ago_or_in_the_future_says_nothing_of_now() -> None:
    assert usual([begun(9, 5)] * 50, NOW, UTC) is None
    assert usual([Begun(NOW + timedelta(hours=1), None)] * 50, NOW, UTC) is None


def test_hours_are_those_of_the_workspace_through_the_change_to_summer_time() -> None:
    summer = datetime(2026, 3, 31, 7, 30, tzinfo=UTC)  # 9:30 in Berlin; a week before, 9:30 was 8:30 UTC
    asked = datetime(2026, 3, 24, 8, 30, tzinfo=UTC)
    assert usual([Begun(asked, asked + timedelta(minutes=3))] * 8, summer, BERLIN) == timedelta(minutes=3)


@given(st.lists(st.tuples(st.integers(-100, 2_000), st.integers(0, 100_000) | st.none()), max_size=60))
def test_whatever_the_log_holds_the_promise_is_one_of_the_steps(log: list[tuple[int, int | None]]) -> None:
    talks = [
        Begun(at := NOW - timedelta(hours=hours), None if wait is None else at + timedelta(seconds=wait))
        for hours, wait in log
    ]
    assert usual(talks, NOW, UTC) in {None, *_STEPS}
