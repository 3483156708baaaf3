"""Choosing: what a member wishes to be told, how, and when not. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

KINDS = ("assigned", "mentioned", "needs", "late", "failed", "silent", "frustrated")
WAYS = ("page", "mail", "push")
_UTC = ZoneInfo("UTC")
DIGESTS = ("hourly", "daily")
MORNING = time(8)
_DEFAULTS: Mapping[str, frozenset[str]] = MappingProxyType(
    {kind: frozenset() if kind in {"needs", "frustrated"} else frozenset({"page"}) for kind in KINDS}
)


@dataclass(frozen=True)
class Choice:
    """One member's wishes. ``quiet`` is a stretch of the day in ``zone`` (it may go over midnight), or None."""

    ways: Mapping[str, frozenset[str]] = field(default_factory=lambda: _DEFAULTS)
    digest: str = "daily"
    quiet: tuple[time, time] | None = None
    zone: ZoneInfo = _UTC

    def of(self, kind: str) -> frozenset[str]:
        return self.ways.get(kind, _DEFAULTS.get(kind, frozenset()))


def quiet_until(choice: Choice, now: datetime) -> datetime | None:
    """When the quiet hours that hold now are over (UTC); None: they do not hold, tell at once."""
    if choice.quiet is None or choice.quiet[0] == choice.quiet[1]:
        return None
    begins, ends = choice.quiet
    local = now.astimezone(choice.zone)
    clock = local.time().replace(tzinfo=None)
    inside = begins <= clock < ends if begins < ends else clock >= begins or clock < ends
    if not inside:
        return None
    day = local.date() if clock < ends else local.date() + timedelta(days=1)
    over = datetime.combine(day, ends, choice.zone).astimezone(UTC)
    return over if over > now else now + timedelta(minutes=1)  # an hour that the clocks skipped


def digest_at(choice: Choice, now: datetime) -> datetime:
    """When the next e-mail digest is due (UTC): the next full hour, or the next morning; never in quiet hours."""
    local = now.astimezone(choice.zone)
    if choice.digest == "hourly":
        due = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    else:
        day = local.date() if local.time() < MORNING else local.date() + timedelta(days=1)
        due = datetime.combine(day, MORNING, choice.zone).astimezone(UTC)
    return quiet_until(choice, due) or due
