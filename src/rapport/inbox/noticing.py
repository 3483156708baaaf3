"""Noticing that a source fell silent, or says an error, whoever looks at the health page or not: once per silence.

Two Events tell of it, ``source.silent`` and ``source.spoke_again``; whoever wants to pass it on reads them
(``core.events.on``). On the desk a bar stands until it speaks again.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from rapport.accounts.models import Workspace
from rapport.core.database import write
from rapport.core.events import record
from rapport.core.hints import hint
from rapport.inbox import health
from rapport.inbox.models import Source
from rapport.inbox.rhythm import Verdict

Turn = Literal["silent", "broken", "spoke_again", ""]


def turn(source: Source, verdict: Verdict | None) -> Turn:
    """What there is to tell of a source that was not told before. Pure.

    A silence ends with an arrival, not with the hour: a shop that is shut by night was silent all the same.
    """
    paused = source.paused_at is not None
    unusual = verdict is not None and verdict.word == "unusual"
    if source.silent_at is None:
        broken = source.error and not source.failures  # what fails again and again has a standing of its own
        return "" if paused else "broken" if broken else "silent" if unusual else ""
    spoke = source.last_arrival_at is not None and source.last_arrival_at > source.silent_at
    return "spoke_again" if spoke and not source.error and not unusual else ""


def notice(now: datetime) -> int:
    """Look at every source of every workspace, and tell what turned. How many did."""
    return sum(_notice(workspace, now) for workspace in Workspace.objects.order_by("pk"))


def _notice(workspace: Workspace, now: datetime) -> int:
    sources = list(Source.objects.filter(workspace=workspace).order_by("pk"))
    verdicts = health.verdicts(workspace, sources, now)
    found = [(source, verdicts.get(source.pk)) for source in sources]
    return sum(_tell(source, said, verdict, now) for source, verdict in found if (said := turn(source, verdict)))


def _tell(source: Source, said: Turn, verdict: Verdict | None, now: datetime) -> bool:
    """Once, however many processes look: whoever writes the moment down tells it."""
    fell = said != "spoke_again"
    with write():
        rows = Source.objects.filter(pk=source.pk, silent_at__isnull=fell)
        if not rows.update(silent_at=now if fell else None):
            return False
        if fell:
            hours = round(verdict.silent_for.total_seconds() / 3600, 1) if verdict else 0.0
            record("source.silent", source, why=said, hours=hours, expected=round(verdict.expected) if verdict else 0)
        else:
            record("source.spoke_again", source)
        hint(source.workspace_id, "messages", 0)
    return True
