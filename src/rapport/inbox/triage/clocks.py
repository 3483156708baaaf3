"""Clocks, pure: when an answer is due, and where a conversation stands in *Needs an answer*."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

HISTORY = timedelta(days=7)
"""A message older than this when it arrives is history: it starts no clock."""
GRAVE = timedelta(days=30)
"""How long danger that was brought along, and that nobody answered, is still owed an answer."""
_BEHIND_EVERY_CLOCK = 10**11
_PER_URGENCY = 10**10
_BEFORE_EVERY_CLOCK = 10**10
_DANGER = 3


@dataclass(frozen=True)
class Clock:
    """When an answer is due (None: history) and the sort key in seconds, smallest first. Danger stands before all else."""

    due_at: datetime | None
    position: int


def start(
    said_at: datetime, arrived_at: datetime, urgency: int, hours: Mapping[int, float], *, history: bool = False
) -> Clock:
    """The clock of a message that needs an answer: ``said_at`` + hours for its urgency; history by urgency, then age.

    ``history``: it was brought along when its source was connected, so no clock starts however recent it is; danger
    stands before all else even so.
    """
    if history and urgency == _DANGER:
        return Clock(None, int(said_at.timestamp()) - _BEFORE_EVERY_CLOCK)
    if history or arrived_at - said_at > HISTORY:
        return Clock(None, _BEHIND_EVERY_CLOCK + (3 - urgency) * _PER_URGENCY + int(said_at.timestamp()))
    due_at = said_at + timedelta(hours=hours[urgency])
    position = int(due_at.timestamp())
    return Clock(due_at, position - _BEFORE_EVERY_CLOCK if urgency == _DANGER else position)


def owed(said_at: datetime, arrived_at: datetime, urgency: int, *, history: bool) -> bool:
    """Is an answer still owed to what needs one? What was brought along is read, not owed, unless it is recent."""
    return not history or arrived_at - said_at <= (GRAVE if urgency == _DANGER else HISTORY)


def earlier(first: Clock, second: Clock) -> Clock:
    """Of two clocks on one conversation the one that runs out first holds."""
    return first if first.position <= second.position else second
