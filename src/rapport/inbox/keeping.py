"""Keeping a source connected: verbs that write down how it stands. Each records an Event when something turned."""

from __future__ import annotations

from datetime import datetime

from rapport.channels.base import ChannelError
from rapport.core.database import locked, now, write
from rapport.core.events import record
from rapport.core.hints import hint
from rapport.inbox.models import Source
from rapport.inbox.standing import PATIENCE, expiring


def answered(source: Source, expires_at: datetime | None = None) -> None:
    """Its network answered: whatever was wrong is over."""
    with write():
        row = locked(Source.objects).get(pk=source.pk)
        was_degraded, was_refused = row.degraded_at is not None, row.reauthorise_at is not None
        changes: dict[str, object] = {"visited_at": now(), "failures": 0}
        if expires_at is not None:
            changes["expires_at"] = expires_at
        if was_degraded or was_refused or row.failures:
            changes |= {"degraded_at": None, "reauthorise_at": None, "error": ""}
        Source.objects.filter(pk=row.pk).update(**changes)
        if was_refused:
            record("source.reauthorised", row)
        if was_degraded:
            record("source.recovered", row)
        if was_refused or was_degraded:
            hint(row.workspace_id, "messages", 0)
    warn(source.pk)


def failed(source: Source, error: ChannelError) -> int:
    """Its network did not do as hoped. How many times in a row by now."""
    with write():
        row: Source = locked(Source.objects).get(pk=source.pk)
        row.failures += 1
        changes: dict[str, object] = {"failures": row.failures, "error": error.message}
        if error.reauthorise:
            if row.reauthorise_at is None:
                changes["reauthorise_at"] = now()
                record("source.needs_reauthorisation", row)
                hint(row.workspace_id, "messages", 0)
        elif row.degraded_at is None and (error.permanent or row.failures >= PATIENCE):
            changes["degraded_at"] = now()
            record("source.degraded", row)
            hint(row.workspace_id, "messages", 0)
        Source.objects.filter(pk=row.pk).update(**changes)
    return row.failures


def refused(source: Source, error: ChannelError) -> None:
    """An answer could not leave because the credentials are refused: the source says so, whoever met it first."""
    if error.reauthorise:
        failed(source, error)


def warn(source_id: int) -> bool:
    """Tell, once, that the credentials will die within a week."""
    moment = now()
    row = Source.objects.get(pk=source_id)
    if not expiring(row.expires_at, row.expiry_told_at, moment):
        return False
    with write():
        mine = Source.objects.filter(pk=row.pk, expiry_told_at=row.expiry_told_at).update(expiry_told_at=moment)
        if mine:
            record("source.expires_soon", row)
    return bool(mine)
