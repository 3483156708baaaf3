"""Snoozing: out of sight until a time that somebody chose. It is a state of its own, and ``snoozed_until`` says when.

The clock goes on meanwhile: who waits for us waits. Their next message wakes it at once (``turning``), its time does
(``waking``), and so does whatever is done to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from rapport.accounts.models import Member
from rapport.core.database import now
from rapport.core.models import Event
from rapport.core.refusal import Refused
from rapport.inbox import turning, working
from rapport.inbox.models import Conversation

MORNING = time(9)
AFTERNOONS = (time(14), time(17))
FARTHEST = timedelta(days=366)
HOUR = "hour"


@dataclass(frozen=True)
class Preset:
    """A choice of the menu: its code, and the moment it means (UTC)."""

    code: str
    at: datetime


def presets(moment: datetime, zone: ZoneInfo) -> list[Preset]:
    """What can be chosen at this moment by somebody in this zone: an hour, this afternoon, tomorrow, Monday.

    Wall-clock times of the zone, so that nine o'clock is nine o'clock on the day the clocks change, too. What would be
    the same as another, or is over, is left out.
    """
    there = moment.astimezone(zone)
    found = [Preset(HOUR, moment + timedelta(hours=1))]
    afternoons = (_at(there.date(), hour, zone) for hour in AFTERNOONS)
    found += [Preset("afternoon", at) for at in afternoons if at >= moment + timedelta(minutes=90)][:1]
    tomorrow = there.date() + timedelta(days=1)
    found.append(Preset("tomorrow", _at(tomorrow, MORNING, zone)))
    if tomorrow.weekday() != 0:
        monday = there.date() + timedelta(days=7 - there.weekday())
        found.append(Preset("monday", _at(monday, MORNING, zone)))
    return found


def _at(day: date, hour: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, hour, tzinfo=zone).astimezone(UTC)


def chosen(words: str, moment: datetime, zone: ZoneInfo) -> datetime:
    """The moment that a form means: ``hour``, an ISO time, or a wall-clock time of the zone. Raises Refused."""
    if words == HOUR:
        return moment + timedelta(hours=1)
    try:
        meant = datetime.fromisoformat(words.strip()[:40])
        at = (meant if meant.tzinfo else meant.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Refused("Say until when: a day and a time.") from error
    if at <= moment:
        raise Refused("Choose a time that is still to come.")
    if at - moment > FARTHEST:
        raise Refused("Choose a time within a year.")
    return at


def snooze(conversation: Conversation, words: str, *, by: Member) -> Event:
    """Put it off until then. What nobody owed an answer is due when it wakes."""
    until = chosen(words, now(), by.tz)
    changes: dict[str, Any] = (
        {} if conversation.state == turning.NEEDS_ANSWER else {"due_at": until, "position": int(until.timestamp())}
    )
    return working.change(
        conversation, "conversation.snoozed", by=by, state=turning.SNOOZED, snoozed_until=until, **changes
    )
