"""Accepting: the line's promise. When ``accept`` returns, what it was given can no longer be lost."""

from __future__ import annotations

from datetime import timedelta

import msgspec
from django.db.models import F

from rapport.channels.base import Batch, Envelope, Item
from rapport.core import counters
from rapport.core.database import locked, now, write
from rapport.core.hashing import key
from rapport.inbox import attaching, reporting
from rapport.inbox.models import Arrival, Message, Pulse, Source
from rapport.inbox.versions import version
from rapport.ingest import cards, orders, remarks, sql

_encode = msgspec.json.Encoder().encode
_COLUMNS = (
    "workspace",
    "source",
    "key",
    "raw",
    "envelope",
    "arrived_at",
    "due_at",
    "lease",
    "attempts",
    "error",
    "history",
)


LATELY = timedelta(minutes=5)
"""Whoever wrote while a source was being connected, or just before, waits like everybody else."""


class Lost(Exception):
    """The source was taken away from whoever fetched this: paused, connected anew, or visited by another."""


def accept(source: Source, batch: Batch, *, token: str = "", stream: bool = False, history: bool = False) -> int:
    """Store a batch durably, with the source's cursor in the same transaction. How many items had not been seen before.

    People, orders and notes of a former desk need no reading: they are where they belong when this returns. ``token``
    is the lease under which it was fetched (raises Lost where it is no longer held); ``stream``: its cursor is that of
    listening; ``history``: what was said before the source was connected is marked as brought along, and tells nothing
    of the source's rhythm.
    """
    moment = now()
    with write():
        # One after the other: a visit and a delivery that bring the same rows would each wait for what the other holds.
        lease = locked(Source.objects).filter(pk=source.pk).values_list("lease", flat=True).first()
        if token and lease != token:
            raise Lost(Lost.__doc__)
        items = (*batch.items, *_known(source, batch.gone))
        old = [history and _was_before(source, item) for item in items]
        rows = (_row(source, item, moment, was) for item, was in zip(items, old, strict=True))
        fresh = sql.insert(Arrival, _COLUMNS, rows)
        attaching.keep(source.workspace_id, batch.items)
        cards.keep(source.workspace, batch.cards)
        orders.keep(source.workspace, batch.orders)
        bumps = remarks.keep(source, batch.remarks)
        for report in batch.reports:
            reporting.put(source.workspace_id, report)
        place = "stream_cursor" if stream else "cursor"
        changes: dict[str, object] = {place: batch.cursor} if batch.cursor is not None else {}
        alive = fresh and not all(old)
        if alive or batch.cards or batch.orders or batch.remarks:  # the same again is no sign of life
            changes["last_arrival_at"] = moment
        if alive and source.kind != "files" and not history:  # a history has no rhythm
            Pulse.beat(source, fresh, moment)
        if batch.passed:
            changes["passed"] = F("passed") + batch.passed
        if changes:
            Source.objects.filter(pk=source.pk).update(**changes)
        counters.bump(bumps)
    return fresh


def arrival_key(source_id: int, envelope: Envelope, version: str) -> bytes:
    """The key under which a source delivers one version of what this envelope is about."""
    return key(source_id, envelope.network, envelope.external_id, version)


def _known(source: Source, gone: tuple[Item, ...]) -> list[Item]:
    """Those of a firehose's deletions that are of messages we have."""
    named = {key(item.envelope.network, item.envelope.external_id): item for item in gone}
    return [named[found] for found in sql.ids(Message, source.workspace_id, named)] if named else []


def _was_before(source: Source, item: Item) -> bool:
    """Was it said before the source was connected? What does not say when was."""
    said_at = item.envelope.said_at
    return said_at is None or said_at < source.created_at - LATELY


def _row(source: Source, item: Item, moment: object, history: bool) -> tuple[object, ...]:
    arrival = arrival_key(source.pk, item.envelope, version(item.envelope))
    return (
        source.workspace_id,
        source.pk,
        arrival,
        item.raw,
        _encode(item.envelope),
        moment,
        moment,
        "",
        0,
        "",
        history,
    )
