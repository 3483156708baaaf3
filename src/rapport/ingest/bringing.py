"""Bringing along what was said before a source was connected: one job, seen and steered like an import.

The job asks the channel for page after page, accepts each and lets it take the line; its place is written down in the
transaction that stores the page, so that killed at any moment it goes on where it was and nothing comes twice. A page
at a time it gives its row back, so that several sources have their turn. What the network refuses for now is waited
for and said; pausing, going on and taking out again are the verbs of every import (``importing``).
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from rapport.accounts.models import Member
from rapport.channels.base import Backfills, Batch, ChannelError
from rapport.core import work
from rapport.core.database import locked, now, write
from rapport.core.events import record
from rapport.core.models import Work
from rapport.core.refusal import Refused
from rapport.inbox import renewing
from rapport.inbox.budgeting import Purse
from rapport.inbox.models import Arrival, Conversation, Disposition, Source
from rapport.ingest import accepting, asides, pipeline, removing

KIND = "backfill"
HORIZONS = ("none", "7", "30", "365", "all")
"""How far back, as a form says it: days, nothing at all, or all that the network gives."""
FIRST = "7"
"""What a form begins with: as far as an answer is still owed."""
BEGINNING = datetime(1970, 1, 2, tzinfo=UTC)
TURN = 20.0
"""Seconds of one turn; then other sources have theirs."""
TRIES = 8
"""Failures in a row after which it gives up, until somebody lets it go on."""
SLOWEST = timedelta(minutes=15)
SIGN_IN = timedelta(minutes=30)
RESTING = timedelta(minutes=1)
PARTS = 1_000
"""The whole way, as its progress counts it."""
Far = dict[str, Any]


def able(source: Source) -> bool:
    """Can its channel bring what was said before?"""
    return isinstance(source.channel, Backfills)


def since(horizon: str, moment: datetime) -> datetime | None:
    """The moment that a chosen horizon reaches back to; None for nothing. Raises Refused for a word that is none."""
    if horizon in {"", "none"}:
        return None
    if horizon == "all":
        return BEGINNING
    if not (horizon.isascii() and horizon.isdecimal() and 0 < int(horizon[:6]) <= 20_000):
        raise Refused("Choose one of those that are offered.")
    return moment - timedelta(days=int(horizon[:6]))


def start(source: Source, horizon: str, *, by: Member | None) -> int:
    """Put the job down; its number, 0 where nothing is wished for. One that stands goes on. Raises Refused."""
    if by is not None and not by.manages:
        raise Refused("Only an owner or a manager can bring older messages along.")
    if not able(source):
        raise Refused("This network gives nothing that was said before.")
    back = since(horizon, now())
    if back is None:
        return 0
    with write():
        locked(Source.objects).get(pk=source.pk)
        standing = of(source)
        if standing is not None and not standing.done_at and not standing.dead_at:
            if standing.payload.get("cancel"):
                raise Refused("What was brought along is being taken out. Wait until it is gone.")
            if standing.payload["horizon"] == horizon:
                work.go_on(standing.pk)
                return standing.pk
            raise Refused("Older messages are being brought along already. Let that end, or cancel it first.")
        record("backfill.started", source, by=by, horizon=horizon)
        said = {"source": source.pk, "horizon": horizon, "since": back.isoformat(), "name": source.name, "keep": True}
        return work.put(KIND, said | {"began": now().timestamp()}, workspace_id=source.workspace_id)


def of(source: Source) -> Work | None:
    """The newest of its jobs."""
    return (
        Work.objects.filter(kind=KIND, workspace_id=source.workspace_id, payload__source=source.pk)
        .order_by("-pk")
        .first()
    )


def wished(source: Source) -> bool:
    """Did somebody wish for what was said before?"""
    return able(source) and of(source) is not None


def end(job: Work, *, by: Member | None) -> None:
    """Let it be enough: what came stays, and no more is asked for. Raises Refused."""
    if by is not None and not by.manages:
        raise Refused("Only an owner or a manager can end it.")
    with write():
        row = locked(Work.objects).get(pk=job.pk)
        if row.kind != KIND or row.done_at or row.payload.get("cancel"):
            raise Refused("There is nothing to end.")
        ended = {"done_at": now(), "dead_at": None, "stopped_at": None, "error": "", "lease": "", "lease_until": None}
        Work.objects.filter(pk=row.pk).update(**ended, progress=row.progress | {"ended": True})
        if source := Source.objects.filter(pk=row.payload["source"]).first():
            record("backfill.ended", source, by=by, read=row.progress.get("read", 0), early=True)


@work.job(KIND)
def run(row: work.Claimed) -> None:
    """One turn: page after page until the time is over, the end is reached, or the network wants us to wait."""
    source = Source.objects.select_related("workspace").filter(pk=row.payload["source"]).first()
    if row.payload.get("cancel"):
        _take_out(row, source)
        return
    if source is None:
        raise work.Dead("The source is gone: somebody removed it.")
    if source.paused_at is not None:
        _wait(row, row.progress, RESTING, "The source is paused. This goes on when it is open again.")
        return
    far, purse = dict(row.progress), Purse(source, strict=True)
    try:
        with purse:
            over = _turn(row, source, far)
    except ChannelError as error:
        _put_off(row, far, purse.empty or error)
        return
    if not over:
        _hold(row, far | _result(row, source))
        work.later(row, timedelta(0), **row.payload)
        return
    with write():
        _hold(row, far | _result(row, source) | {"bytes": PARTS, "total": PARTS, "waits": ""})
        record("backfill.ended", source, read=far.get("read", 0), early=False)


def _turn(row: work.Claimed, source: Source, far: Far) -> bool:
    """Ask and accept until the turn is over. Whether the end was reached. ``far`` is kept as it is written down."""
    channel: Any = source.channel
    back = datetime.fromisoformat(row.payload["since"])
    settings = renewing.connected(source)
    until = time.monotonic() + TURN
    while not far.get("over"):
        began = time.monotonic()
        batch: Batch = channel.backfill(settings, back, far.get("cursor") or None)
        _keep(row, source, batch, far, began)
        _sort_in(row, source, far)
        if time.monotonic() > until:
            break
    _sort_in(row, source, far)  # what a killed run left behind, too
    return bool(far.get("over"))


def _sort_in(row: work.Claimed, source: Source, far: Far) -> None:
    while pipeline.run(source_id=source.pk):
        pass
    _hold(row, far)


def _keep(row: work.Claimed, source: Source, batch: Batch, far: Far, began: float) -> None:
    """A page and the place after it, in one transaction."""
    if batch.unreadable:
        asides.keep(source, batch.unreadable)  # first: a row kept twice is found out, one never kept is not
    with write():
        fresh = accepting.accept(source, msgspec.structs.replace(batch, cursor=None), history=True)
        far["cursor"] = batch.cursor or ""
        far["read"] = far.get("read", 0) + len(batch.items)
        far["fresh"] = far.get("fresh", 0) + fresh
        far["unreadable"] = far.get("unreadable", 0) + len(batch.unreadable)
        far["bytes"] = max(far.get("bytes", 0), min(PARTS - 1, int(batch.far * PARTS)))
        far["total"] = PARTS
        far["seconds"] = round(far.get("seconds", 0.0) + time.monotonic() - began, 2)
        far["tries"], far["waits"], far["over"] = 0, "", not batch.more
        _hold(row, far)


def _hold(row: work.Claimed, far: Far) -> None:
    if not row.extend(**far):
        raise work.Stopped


def _put_off(row: work.Claimed, far: Far, error: ChannelError) -> None:
    """The network did not do as hoped: wait and say so, or give up. Raises Dead."""
    far["tries"] = far.get("tries", 0) + 1
    if error.reauthorise:
        _wait(row, far, SIGN_IN, error.message)
    elif error.retry_after is not None:
        _wait(row, far, error.retry_after, error.message)
    elif error.permanent or far["tries"] >= TRIES:
        row.extend(**far | {"tries": 0})
        raise work.Dead(error.message)
    else:
        _wait(row, far, min(SLOWEST, timedelta(seconds=2 ** far["tries"])), error.message)


def _wait(row: work.Claimed, far: Far, span: timedelta, why: str) -> None:
    _hold(row, far | {"waits": why})
    work.later(row, span, **row.payload)


def _take_out(row: work.Claimed, source: Source | None) -> None:
    if source is not None:
        removing.take_out(row, source, datetime.fromtimestamp(row.payload["began"], UTC), None, history=True)


def _result(row: work.Claimed, source: Source) -> Far:
    """What came of it: conversations on the desk, and how many are read and owed no answer any more."""
    began = datetime.fromtimestamp(row.payload["began"], UTC)
    brought = Conversation.objects.filter(
        source=source, messages__history=True, messages__source=source, messages__arrived_at__gte=began
    )
    asked = Disposition.objects.filter(
        message__source=source, message__history=True, message__arrived_at__gte=began, by=None
    ).exclude(needs="no")
    past = Conversation.objects.filter(source=source, state="quiet", pk__in=asked.values("message__conversation"))
    return {
        "needs": brought.filter(state="needs_answer").distinct().count(),
        "past": past.count(),
        "waiting": Arrival.objects.filter(source=source, history=True, done_at=None, poison_at=None).count(),
    }
