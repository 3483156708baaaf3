"""Promptness: how soon we usually answer at this hour of the week, told from the log, or nothing where the log is thin.

Pure in ``usual``; ``told`` asks the database. What was never answered counts as a wait that has lasted until now, so that
a desk which answers every third person does not promise the third's time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from django.core.cache import cache
from django.db.models import Min, OuterRef, Q, Subquery

from rapport.core.database import now
from rapport.inbox.models import Conversation, Message, Source

WEEKS = 8
LEAST = 8
"""First words in the hours that are compared; fewer say nothing."""
MOST = 2_000
"""Talks that are looked at, the newest."""
LONGEST = timedelta(hours=24)
KEPT = 300
"""Seconds that a figure is kept."""
_STEPS = tuple(
    timedelta(minutes=m) for m in (1, 2, 3, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 240, 360, 480, 720, 1440)
)


@dataclass(frozen=True)
class Begun:
    """A talk: when its first words came, and when we first answered (None: not yet)."""

    asked_at: datetime
    answered_at: datetime | None


def usual(talks: Sequence[Begun], now: datetime, zone: tzinfo) -> timedelta | None:
    """The median wait for a first answer, rounded up to a step that people say; None where it cannot be said.

    First of the same weekday within an hour of now, then of the same kind of day (a working day, the weekend).
    """
    here = now.astimezone(zone)
    recent = [talk for talk in talks if now - timedelta(weeks=WEEKS) <= talk.asked_at <= now]
    near = [talk for talk in recent if _apart(talk.asked_at.astimezone(zone), here) <= 1]
    days = ([here.weekday()], [day for day in range(7) if (day >= 5) == (here.weekday() >= 5)])
    for wanted in days:
        waits = sorted(
            (talk.answered_at or now) - talk.asked_at
            for talk in near
            if talk.asked_at.astimezone(zone).weekday() in wanted
        )
        if len(waits) >= LEAST:
            return _step(waits[len(waits) // 2])
    return None


def _apart(one: datetime, other: datetime) -> int:
    """Hours between two times of day, around midnight as well."""
    apart = abs(one.hour - other.hour)
    return min(apart, 24 - apart)


def _step(wait: timedelta) -> timedelta | None:
    return next((step for step in _STEPS if wait <= step), None)


def told(source: Source) -> timedelta | None:
    """What may be promised to whoever writes to this source now. Kept for five minutes."""
    name = f"promptness:{source.pk}"
    found = cache.get(name)
    if found is None:
        found = usual(_begun(source), now(), ZoneInfo(source.workspace.zone)) or timedelta(0)
        cache.set(name, found, KEPT)
    return found or None


def _begun(source: Source) -> list[Begun]:
    """The newest talks of the last weeks, but for what asked nothing (spam, say): nobody waits there."""
    since = now() - timedelta(weeks=WEEKS)
    said = Message.objects.filter(conversation=OuterRef("pk")).order_by().values("conversation")
    asked = said.filter(ours=False).annotate(at=Min("said_at")).values("at")
    answered = said.filter(ours=True).filter(Q(by__isnull=False)).annotate(at=Min("said_at")).values("at")
    rows = (
        Conversation.objects.filter(workspace_id=source.workspace_id, source=source, last_message_at__gte=since)
        .exclude(state="quiet", last_ours=False)
        .order_by("-last_message_at")
        .annotate(asked=Subquery(asked), answered=Subquery(answered))
        .values_list("asked", "answered")[:MOST]
    )
    return [
        Begun(asked, answered if answered and answered >= asked else None)
        for asked, answered in rows
        if asked is not None and asked >= since
    ]
