"""Times in the many forms people and networks write them, read into aware UTC. Pure.

What is ambiguous is refused, not guessed: 02/03/2015 is two different days on the two sides of an ocean.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo
from email.utils import parsedate_to_datetime
from typing import Literal
from zoneinfo import ZoneInfo

Order = Literal["", "dmy", "mdy"]

NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTHS = {name: number for number, name in enumerate(NAMES, 1)}
# "Tue Oct 31 22:10:47 +0000 2017" (Twitter) and ctime's "Tue Oct 31 22:10:47 2017".
TWITTER = re.compile(r"[A-Za-z]{3} ([A-Za-z]{3}) +(\d{1,2}) (\d\d):(\d\d):(\d\d)(?: ([+-]\d{4}))? (\d{4})")
# "2015-02-24 11:15:48 -0800", "2015-02-24 11:15:48 UTC": fromisoformat wants no blank before the zone.
SPACED = re.compile(r"(\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?) ?(UTC|GMT|Z|[+-]\d\d:?\d\d)", re.IGNORECASE)
PARTS = re.compile(
    r"(\d{1,4})([./-])(\d{1,2})\2(\d{1,4})(?:,?[ T]+(\d{1,2})[:.](\d\d)(?:[:.](\d\d))?(?:\.\d+)? ?([AaPp]\.?[Mm]\.?)?)?"
)
NUMBER = re.compile(r"-?\d{9,18}(?:\.\d{1,9})?")


def read(value: str | float, zone: tzinfo = UTC, order: Order = "") -> datetime:
    """An aware UTC time; one without a zone is read in ``zone``; ``order`` settles 02/03/2015.

    Raises :class:`ValueError` with a sentence.
    """
    try:
        found = _number(float(value)) if isinstance(value, int | float) else _written(value.strip(), order)
        if found.tzinfo is None:
            found = found.replace(tzinfo=zone)
        return found.astimezone(UTC)
    except OverflowError as error:
        raise ValueError(f"{str(value)[:40]!r} is not a time a calendar knows") from error


def _written(value: str, order: Order) -> datetime:
    if len(value) > 60 or len(value) < 6:
        raise _unknown(value)
    if NUMBER.fullmatch(value):
        return _number(float(value))
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        pass
    for form in (_spaced, _twitter, lambda text: _parts(text, order), _mail):
        found = form(value)
        if found is not None:
            return found
    raise _unknown(value)


def _number(value: float) -> datetime:
    """Seconds, milliseconds or microseconds since 1970, told apart by size (1973 to 2103)."""
    for unit in (1, 1_000, 1_000_000):
        if 1e8 <= value / unit < 4.2e9:
            return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=value / unit)
    raise ValueError(f"{value:.15g} is not a time: seconds or milliseconds since 1970 were expected")


def _spaced(value: str) -> datetime | None:
    match = SPACED.fullmatch(value)
    if match is None:
        return None
    zone = "+00:00" if match[2].upper() in {"UTC", "GMT", "Z"} else match[2]
    return datetime.fromisoformat(f"{match[1].replace(',', '.')}{zone}")


def _twitter(value: str) -> datetime | None:
    match = TWITTER.fullmatch(value)
    if match is None or match[1].lower() not in MONTHS:
        return None
    month, day, hour, minute, second, zone, year = match.groups()
    moment = f"{year}-{MONTHS[month.lower()]:02}-{int(day):02}T{hour}:{minute}:{second}{zone or ''}"
    return datetime.fromisoformat(moment)


def _mail(value: str) -> datetime | None:
    """RFC 2822, as mails and feeds write it. ``-0000`` means that the zone is not known."""
    try:
        return parsedate_to_datetime(value)
    except (ValueError, IndexError, TypeError):
        return None


def _parts(value: str, order: Order) -> datetime | None:
    match = PARTS.fullmatch(value)
    if match is None:
        return None
    first, mark, second, third, hour, minute, secs, half = match.groups()
    if len(first) == 4:
        year, month, day = int(first), int(second), int(third)
    elif len(third) == 4:
        year = int(third)
        day, month = _day_and_month(int(first), int(second), "dmy" if mark == "." else order, value)
    else:
        return None
    return datetime(year, month, day, _hour(int(hour or 0), half), int(minute or 0), int(secs or 0))  # noqa: DTZ001


def _hour(hour: int, half: str | None) -> int:
    if not half:
        return hour
    return hour % 12 + (12 if half[0] in "pP" else 0)


def _day_and_month(first: int, second: int, order: Order, value: str) -> tuple[int, int]:
    if first > 12 or (order == "dmy" and second <= 12):
        return first, second
    if second > 12 or order == "mdy" or first == second:
        return second, first
    raise ValueError(f"{value[:40]!r} can be two different days: say dates=dmy or dates=mdy")


def order_of(values: list[str]) -> Order:
    """Whether the slashed dates among ``values`` put the day or the month first, if any of them shows it."""
    for value in values:
        match = PARTS.fullmatch(value.strip())
        if match and len(match[1]) <= 2 and len(match[4]) == 4 and match[2] != ".":
            if int(match[1]) > 12:
                return "dmy"
            if int(match[3]) > 12:
                return "mdy"
    return ""


def zone_of(name: str) -> tzinfo:
    """The zone called ``name`` (IANA, as in Europe/Berlin); raises :class:`ValueError` with a sentence."""
    try:
        return ZoneInfo(name) if name else UTC
    except (ValueError, OSError, KeyError) as error:
        raise ValueError(f"{name[:40]!r} is not a time zone; write it like Europe/Berlin") from error


def _unknown(value: str) -> ValueError:
    return ValueError(f"{value[:40]!r} is not a time Rapport can read")
