"""By when, in the speaker's own words: "by Friday", "within 48 hours", "Ende der Woche", "antes del 3 de noviembre". Pure.

A day is resolved in the zone of who speaks, from when it was said. Ahead by default; ``back`` looks at the past instead,
for what somebody was told before ("you promised it for Monday"). A day and month without a year is the next such day.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Final, NamedTuple

from rapport.understanding import calendar_words as words

_FRIDAY, _SUNDAY = 4, 6


class Due(NamedTuple):
    """Words that name a time: text[start:end], the day they mean (None: "soon") and the moment where one was named."""

    start: int
    end: int
    words: str
    on: date | None
    at: datetime | None = None


class _Said(NamedTuple):
    there: datetime
    back: bool

    @property
    def today(self) -> date:
        return self.there.date()


def find(text: str, said_at: datetime, zone: tzinfo, *, back: bool = False) -> Due | None:
    """The time that ``text`` names, the most exact where it names several; None where it names none."""
    said = _Said(said_at.astimezone(zone), back)
    for pattern, resolve in _RULES:
        for found in pattern.finditer(text):
            answer = resolve(found, said)
            if answer is not None:
                on, at = answer
                return Due(found.start(), found.end(), found.group().strip(), on, at)
    return None


def moment(said: str, said_at: datetime, zone: tzinfo) -> datetime | None:
    """The last moment that the words ``said`` allow; None where they name none, or one that has passed already."""
    due = find(said, said_at, zone)
    if due is None or due.on is None:
        return None
    last = due.at or datetime.combine(due.on, time(23, 59), zone)
    return last if last >= said_at else None


Resolved = tuple[date | None, datetime | None]


def _iso(found: re.Match[str], said: _Said) -> Resolved | None:
    return _day(int(found["year"]), int(found["month"]), int(found["day"]))


def _numeric(found: re.Match[str], said: _Said) -> Resolved | None:
    year = found["year"]
    said_so = found.group()
    if year is None and ("/" in said_so or not said_so.endswith(".")) and not said_so[0].isalpha():
        return None  # "12.50" is a price, "1/2" the first of two messages
    day, month = int(found["day"]), int(found["month"])
    if month > 12 >= day:
        day, month = month, day
    if year is not None:
        return _day(int(year) % 100 + 2000, month, day)
    return _dated(month, day, said)


def _named(found: re.Match[str], said: _Said) -> Resolved | None:
    day, name = int(found["day"] or found["day2"]), found["named"] or found["named2"]
    year = found["year"] or found["year2"]
    month = words.month(name)
    return _day(int(year), month, day) if year else _dated(month, day, said)


def _dated(month: int, day: int, said: _Said) -> Resolved | None:
    here = _day(said.today.year, month, day)
    if here is None or here[0] is None:
        return None
    away = (here[0] - said.today).days
    if said.back:
        return here if away <= 60 else _day(said.today.year - 1, month, day)
    return here if away >= 0 else _day(said.today.year + 1, month, day)


def _ordinal(found: re.Match[str], said: _Said) -> Resolved | None:
    day = int(found["day"] or found["day2"] or found["day3"])
    month = said.today.replace(day=1)
    if said.back:
        months = (month, month - timedelta(days=1))
        passed = [one[0] for each in months if (one := _day(each.year, each.month, day)) and one[0]]
        return next(((one, None) for one in passed if one <= said.today), None)
    for _ in range(3):
        one = _day(month.year, month.month, day)
        if one and one[0] and one[0] >= said.today:
            return one
        month = (month + timedelta(days=32)).replace(day=1)
    return None


def _weekday(found: re.Match[str], said: _Said) -> Resolved | None:
    place = words.weekday(found["weekday"])
    which = (found["which"] or found["after"] or "").casefold()
    ahead = (place - said.today.weekday()) % 7 or 7
    if which in _PAST or (said.back and not which):
        return said.today + timedelta(days=ahead - 7 if ahead < 7 else -7), None
    if which in _COMING:
        return _monday(said) + timedelta(days=7 + place), None
    return said.today + timedelta(days=ahead), None


_PAST: Final = frozenset(
    {"last", "letzten", "letzte", "vergangenen", "dernier", "pasado", "scorso", "scorsa", "passada"}
)
_COMING: Final = frozenset({"next"})


def _monday(said: _Said) -> date:
    return said.today - timedelta(days=said.today.weekday())


def _span(found: re.Match[str], said: _Said) -> Resolved | None:
    if said.back:
        return None, None
    if found["fortnight"]:
        return said.today + timedelta(days=14), None
    count, unit = words.number(found["count"] or found["count2"]), words.unit(found["unit"] or found["unit2"])
    if unit == words.WORKDAY:
        return _working(said.today, min(count, 250)), None
    if unit == words.MONTH:
        return said.today + timedelta(days=30 * count), None
    steps = {words.MINUTE: timedelta(minutes=1), words.HOUR: timedelta(hours=1), words.DAY: timedelta(days=1),
             words.WEEK: timedelta(days=7), words.FORTNIGHT: timedelta(days=14)}  # fmt: skip
    last = said.there + count * steps[unit]
    return last.date(), last


def _working(day: date, count: int) -> date:
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < 5
    return day


def _end_of(found: re.Match[str], said: _Said) -> Resolved | None:
    friday = _monday(said) + timedelta(days=_FRIDAY)
    if found["nextweek"]:
        return friday + timedelta(days=7), None
    if found["week"]:
        return (friday if friday >= said.today else _monday(said) + timedelta(days=_SUNDAY)), None
    first = said.today.replace(day=1)
    for _ in range(2 if found["nextmonth"] else 1):
        first = (first + timedelta(days=32)).replace(day=1)
    return first - timedelta(days=1), None


def _ahead(days: int) -> Callable[[re.Match[str], _Said], Resolved]:
    return lambda found, said: (said.today + timedelta(days=days), None)


def _on(place: int, weeks: int = 0) -> Callable[[re.Match[str], _Said], Resolved]:
    """That day of this week (or of one to come), or of the next where it has passed."""

    def resolve(found: re.Match[str], said: _Said) -> Resolved:
        day = _monday(said) + timedelta(days=place + 7 * weeks)
        return (day if day >= said.today else day + timedelta(days=7)), None

    return resolve


def _clock(found: re.Match[str], said: _Said) -> Resolved | None:
    hour = int(found["hour"]) % 12 + (12 if found["half"].casefold() == "pm" else 0)
    at = said.there.replace(hour=hour, minute=int(found["minute"] or 0) % 60, second=0, microsecond=0)
    at = at if at > said.there else at + timedelta(days=1)
    return at.date(), at


def _soon(found: re.Match[str], said: _Said) -> Resolved:
    return None, None


def _day(year: int, month: int, day: int) -> Resolved | None:
    try:
        return date(year, month, day), None
    except ValueError:
        return None


_RULES: Final[tuple[tuple[re.Pattern[str], Callable[[re.Match[str], _Said], Resolved | None]], ...]] = (
    (words.ISO, _iso),
    (words.NAMED, _named),
    (words.NUMERIC, _numeric),
    (words.ORDINAL, _ordinal),
    (words.WEEKDAY, _weekday),
    (words.LATER, _ahead(2)),
    (words.TOMORROW, _ahead(1)),
    (words.SPAN, _span),
    (words.END_OF, _end_of),
    (words.NEXT_WEEK, _on(_SUNDAY, 1)),
    (words.THIS_WEEK, _on(_SUNDAY)),
    (words.BEFORE_WEEKEND, _on(_FRIDAY)),
    (words.WEEKEND, _on(_SUNDAY)),
    (words.CLOCK, _clock),
    (words.TODAY, _ahead(0)),
    (words.SOON, _soon),
)
