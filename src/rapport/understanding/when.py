"""By when, in the speaker's own words, as a moment: "by tomorrow", "on Friday", "in two hours". Pure."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, tzinfo
from typing import Final

_DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_NUMBERS: Final = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3}
_UNITS: Final = {
    "min": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "hr": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(days=7),
}
_SPAN = re.compile(r"\b(\d{1,3}|a|an|one|two|three)\s+(min|hour|hr|day|week)\w*")
_CLOCK = re.compile(r"\b(\d{1,2})(?::(\d\d))?\s?(am|pm)\b")


def moment(words: str, said_at: datetime, zone: tzinfo) -> datetime | None:
    """The last moment that ``words`` allow, seen from when they were said; None where they name none ("soon")."""
    low, there = words.casefold(), said_at.astimezone(zone)
    end = there.replace(hour=23, minute=59, second=0, microsecond=0)
    if found := _SPAN.search(low):
        count = _NUMBERS.get(found[1]) or int(found[1])
        return there + count * _UNITS[found[2]]
    for place, day in enumerate(_DAYS):
        if day in low:
            ahead = (place - there.weekday()) % 7 or 7
            return end + timedelta(days=ahead)
    if clock := _CLOCK.search(low):
        hour = int(clock[1]) % 12 + (12 if clock[3] == "pm" else 0)
        at = there.replace(hour=hour, minute=int(clock[2] or 0) % 60, second=0, microsecond=0)
        return at if at > there else at + timedelta(days=1)
    if "tomorrow" in low:
        return end + timedelta(days=1)
    if any(word in low for word in ("today", "tonight", "this morning", "this afternoon", "this evening")):
        return end
    if "week" in low:
        return end + timedelta(days=6 - there.weekday() + (7 if "next" in low else 0))
    return None
