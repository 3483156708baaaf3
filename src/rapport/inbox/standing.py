"""How a source stands, in one word, and what there is to tell when that changes. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

Standing = Literal["connected", "degraded", "needs_reauthorisation", "paused", "silent"]

PATIENCE = 2
"""Failures in a row after which a source counts as degraded: one may be a hiccup, which the next visit mends."""
SOON = timedelta(days=7)
"""So long before credentials die it is told."""
LONGEST = timedelta(minutes=15)
REFUSED = timedelta(minutes=30)
"""How often credentials that were refused are tried again: networks refuse good ones, too, when they are ill."""


def standing(*, paused: bool, refused: bool, failing: bool, silent: bool) -> Standing:
    """What hides the rest comes first: who paused it knows, and a source that may not enter says nothing."""
    if paused:
        return "paused"
    if refused:
        return "needs_reauthorisation"
    return "degraded" if failing else "silent" if silent else "connected"


def next_visit(
    now: datetime, *, failures: int, every: timedelta, retry_after: timedelta | None, refused: bool, chance: float
) -> datetime:
    """When to look again. ``chance`` in [0, 1) spreads many sources of one server over half as much again.

    After failures the distance doubles from two seconds up to a quarter of an hour, and is never shorter than the other
    side's wish.
    """
    wait = every
    if refused:
        wait = max(every, REFUSED)
    elif failures:
        wait = min(LONGEST, timedelta(seconds=2 ** min(failures, 12)))
    spread = wait * (1 + chance / 2) if failures or refused else wait * (1 + chance / 10)
    return now + max(spread, retry_after or timedelta())


def expiring(expires_at: datetime | None, told_at: datetime | None, now: datetime) -> bool:
    """Is there to be told, now, that credentials will die? Once for each moment of death."""
    if expires_at is None or expires_at - now > SOON:
        return False
    return told_at is None or told_at < expires_at - SOON
