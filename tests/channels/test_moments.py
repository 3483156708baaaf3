"""Times as people and networks write them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.channels import moments

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        *("2026-03-01T12:00:00Z", "2026-03-01 12:00:00", "2026-03-01T13:00:00+01:00", "2026-03-01 04:00:00 -0800"),
        *("2026-03-01 12:00:00 UTC", "2026-03-01T12:00:00.000Z", "20260301T120000Z", "Sun Mar 01 12:00:00 +0000 2026"),
        *("Sun Mar  1 12:00:00 2026", "Sun, 01 Mar 2026 12:00:00 +0000", "1 Mar 2026 12:00:00 GMT", "1772366400"),
        *(
            "1772366400000",
            "1772366400000000",
            "1772366400.0",
            "2026/03/01 12:00",
            "01.03.2026 12:00",
            "1.3.2026, 12:00:00",
        ),
        *("03/01/2026 12:00 PM", "3/1/2026 12:00"),
    ],
)
def test_a_time_is_read_in_many_forms(written: str) -> None:
    assert moments.read(written, UTC, "mdy") == NOON


def test_numbers_are_seconds_or_milliseconds() -> None:
    assert moments.read(1772366400) == moments.read(1772366400.0) == moments.read(1772366400_000) == NOON


def test_a_time_without_a_zone_is_read_in_the_one_given() -> None:
    berlin = moments.zone_of("Europe/Berlin")
    assert moments.read("2026-03-01 13:00", berlin) == NOON
    assert moments.read("2026-03-01 12:00Z", berlin) == NOON
    assert moments.read("2026-07-01 14:00", berlin).hour == 12, "summer time"


def test_what_is_two_different_days_is_refused_not_guessed() -> None:
    with pytest.raises(ValueError, match="two different days: say dates=dmy or dates=mdy"):
        moments.read("02/03/2026 10:00")
    assert moments.read("02/03/2026", UTC, "dmy") == datetime(2026, 3, 2, tzinfo=UTC)
    assert moments.read("02/03/2026", UTC, "mdy") == datetime(2026, 2, 3, tzinfo=UTC)
    assert moments.read("25/03/2026").day == moments.read("03/25/2026").day == 25


@pytest.mark.parametrize(
    "written",
    [
        "",
        "soon",
        "42",
        "32/13/2026",
        "2026-02-30",
        "99999999999999999999",
        "0001-01-01T00:00:00+14:00",
        "1" * 5000,
        "nan",
    ],
)
def test_what_is_no_time_is_a_sentence(written: str) -> None:
    with pytest.raises(ValueError, match=r"time|day|month|year|date|range"):
        moments.read(written)


@given(st.text() | st.floats() | st.integers())
def test_anything_is_a_utc_time_or_a_value_error(value: str | float) -> None:
    try:
        found = moments.read(value)
    except ValueError:
        return
    assert found.utcoffset() is not None
    assert found.tzinfo is UTC


@given(st.datetimes(min_value=datetime(1975, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.timezones()))
def test_what_python_writes_is_read_back(moment: datetime) -> None:
    assert moments.read(moment.isoformat()) == moment.astimezone(UTC)


def test_the_order_of_days_and_months_is_seen_where_one_shows_it() -> None:
    assert moments.order_of(["02/03/2026", "25/03/2026"]) == "dmy"
    assert moments.order_of(["02/03/2026", "03/25/2026 10:00"]) == "mdy"
    assert moments.order_of(["02/03/2026", "25.03.2026", "x"]) == ""


@pytest.mark.parametrize("name", ["Mars/Base", "../etc/passwd", "\x00", "Europe"])
def test_a_zone_that_is_none_is_a_sentence(name: str) -> None:
    with pytest.raises(ValueError, match="is not a time zone"):
        moments.zone_of(name)
