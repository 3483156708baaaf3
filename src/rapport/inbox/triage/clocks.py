"""Clocks, pure: when an answer is due, and where a conversation stands in *Needs an answer*."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

HISTORY = timedelta(days=7)
"""A message older than this when it arrives is history: it starts no clock."""
_BEHIND_EVERY_CLOCK = 10**11
_PER_URGENCY = 10**10
_BEFORE_EVERY_CLOCK = 10**10
_DANGER = 3


@dataclass(frozen=True)
class Clock:
    """When an answer is due (None: history) and the sort key in seconds, smallest first. Danger stands before all else."""

    due_at: datetime | None
    position: int


def start(said_at: datetime, arrived_at: datetime, urgency: int, hours: Mapping[int, float]) -> Clock:
    """The clock of a message that needs an answer: ``said_at`` + hours for its urgency; history by urgency, then age."""
    if arrived_at - said_at > HISTORY:
        return Clock(None, _BEHIND_EVERY_CLOCK + (3 - urgency) * _PER_URGENCY + int(said_at.timestamp()))
    due_at = said_at + timedelta(hours=hours[urgency])
    position = int(due_at.timestamp())
    return Clock(due_at, position - _BEFORE_EVERY_CLOCK if urgency == _DANGER else position)


def earlier(first: Clock, second: Clock) -> Clock:
    """Of two clocks on one conversation the one that runs out first holds."""
    return first if first.position <= second.position else second
