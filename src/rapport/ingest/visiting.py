"""Visiting a source: poll it until there is nothing more, or listen to it for as long as it speaks.

Whoever visits holds the source's lease; what is fetched is stored, with its cursor, only while it still does. What goes
wrong becomes the source's standing and the moment of the next visit, never an exception (but for the database's own).
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from rapport.channels.base import Batch, ChannelError, Connected, Fetches, Stop, Streams
from rapport.core.database import now
from rapport.core.trouble import trouble
from rapport.inbox import keeping, renewing
from rapport.inbox.budgeting import Purse
from rapport.inbox.models import Source
from rapport.inbox.standing import next_visit
from rapport.ingest import asides, bringing
from rapport.ingest.accepting import Lost, accept

EVERY = timedelta(minutes=1)
"""How often a channel is polled that does not say."""
ROUNDS = 40
"""Batches taken at one visit; then others have their turn."""
SWEEP = timedelta(minutes=5)
"""How often a source that is listened to is polled beside, if its channel does not say: should the stream lose
something, it comes so."""
log = logging.getLogger(__name__)
Beat = Callable[[], None]


def visit(source: Source, token: str, stop: Stop, beat: Beat, *, listen: bool) -> None:
    """One visit, to its end. ``beat`` is called whenever the other side gave a sign of life."""
    channel, purse = source.channel, Purse(source, strict=True)
    try:
        settings = renewing.connected(source)
        with purse:
            if listen and isinstance(channel, Streams):
                _hear(source, channel, settings, token, stop, beat)
            elif isinstance(channel, Fetches):
                _poll(source, channel, settings, token, stop, beat)
    except Lost:
        return
    except ChannelError as error:
        _over(source, token, purse.empty or error)
    except Exception as error:
        if trouble(error):
            raise
        log.exception("source %s could not be visited", source.pk)
        _over(source, token, ChannelError("Something broke on our side while looking for news there."))
    else:
        _over(source, token, None)


def _poll(source: Source, channel: Fetches, settings: Connected, token: str, stop: Stop, beat: Beat) -> None:
    batch = Batch(more=True)
    for _ in range(ROUNDS):
        batch = channel.fetch(settings, source.cursor or None)
        beat()
        _take(source, batch, token)
        if stop.is_set() or not batch.more:
            break
    keeping.answered(source, batch.expires_at)


def _hear(source: Source, channel: Any, settings: Connected, token: str, stop: Stop, beat: Beat) -> None:
    """Listen; poll as soon as the stream stands, so that what came before it is not lost, and now and then after."""
    polled, sweep = 0.0, getattr(channel, "sweep", SWEEP).total_seconds()
    for batch in channel.listen(settings, source.stream_cursor or None, stop):
        beat()
        _take(source, batch, token, stream=True)
        if not polled or batch.more or time.monotonic() - polled > sweep:
            if isinstance(channel, Fetches):
                _poll(source, channel, settings, token, stop, beat)
            else:
                keeping.answered(source, batch.expires_at)
            polled = time.monotonic()
        if stop.is_set():
            return
    if not polled and not stop.is_set():
        raise ChannelError("It closed the connection as soon as it was open.")


def _take(source: Source, batch: Batch, token: str, *, stream: bool = False) -> None:
    """Store it; the cursor in hand is then the stored one. A sign of life alone writes nothing."""
    held = source.stream_cursor if stream else source.cursor
    if batch == Batch() or (batch.cursor in {None, held} and not _brings(batch)):
        return
    if batch.unreadable:
        asides.keep(source, batch.unreadable)  # first: a row kept twice is found out, one never kept is not
    # A first look goes back a little by itself: where a history was wished for, what it finds belongs to that.
    first = not stream and not source.cursor and bringing.wished(source)
    accept(source, batch, token=token, stream=stream, history=first)
    if batch.cursor is not None:
        setattr(source, "stream_cursor" if stream else "cursor", batch.cursor)


def _brings(batch: Batch) -> bool:
    heard = batch.items or batch.unreadable or batch.gone or batch.passed
    return bool(heard or batch.cards or batch.orders or batch.remarks or batch.reports)


def _over(source: Source, token: str, error: ChannelError | None) -> None:
    """The visit has ended: how the source stands, when it is looked at next, and the lease is free."""
    failures = keeping.failed(source, error) if error else 0
    every = getattr(source.channel, "every", EVERY)
    if error is None and isinstance(source.channel, Streams):
        every = timedelta(seconds=1)
    due = next_visit(
        now(), failures=failures, every=every, retry_after=error.retry_after if error else None,
        refused=bool(error and error.reauthorise), chance=random.random(),
    )  # fmt: skip
    Source.objects.filter(pk=source.pk, lease=token).update(visit_at=due, lease="", lease_until=None)
