"""Days and lengths of time as people write them: ``2026-03-01``, ``2026-03``, ``yesterday``, ``7d``. Pure."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo

_LENGTH = re.compile(r"(\d{1,4})([hdwmy])", re.ASCII)
_DAY = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?", re.ASCII)
_HOURS = {"h": 1, "d": 24, "w": 7 * 24, "m": 30 * 24, "y": 365 * 24}
NAMED = ("today", "yesterday")
EARLIEST = 1970


def length(value: str) -> timedelta | None:
    """``7d`` is seven days, ``2w`` two weeks, ``3m`` ninety days, ``1y`` 365; anything else None."""
    found = _LENGTH.fullmatch(value)
    return timedelta(hours=int(found[1]) * _HOURS[found[2]]) if found else None


def readable(value: str) -> bool:
    """Is this a day (month, year) or a length?"""
    return value in NAMED or length(value) is not None or _days(value) is not None


def span(value: str, now: datetime, zone: tzinfo) -> tuple[datetime, datetime]:
    """From and until (exclusive), aware. A length is the stretch from that long ago until now; ``value`` is readable."""
    back = length(value)
    if back is not None:
        return now - min(back, now - datetime(EARLIEST, 1, 1, tzinfo=UTC)), now
    today = now.astimezone(zone).date()
    if value in NAMED:
        first = today - timedelta(days=NAMED.index(value))
        days: tuple[date, date] | None = (first, first + timedelta(days=1))
    else:
        days = _days(value)
    assert days is not None  # noqa: S101 - checked when it was parsed
    return tuple(datetime.combine(day, time(), zone) for day in days)  # type: ignore[return-value]


def _days(value: str) -> tuple[date, date] | None:
    """The first day, and the day after the last, of a day, a month or a year."""
    found = _DAY.fullmatch(value)
    if not found or not EARLIEST <= int(found[1]) < 9999:
        return None
    year, month, day = int(found[1]), found[2] and int(found[2]), found[3] and int(found[3])
    try:
        if day:
            first = date(year, month or 1, day)
            return first, first + timedelta(days=1)
        if month:
            return date(year, month, 1), date(year + month // 12, month % 12 + 1, 1)
    except ValueError:
        return None
    return (date(year, 1, 1), date(year + 1, 1, 1)) if found[2] is None else None
