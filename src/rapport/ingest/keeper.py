"""The keeper: sees to it that every connected source is visited when it is due, each by one thread of one process.

A claim is a compare-and-swap with a lease on the source's row, as everywhere; while the keeper lives it renews what its
threads hold. Whoever pauses a source or gives it new settings takes the lease away: the thread hears of it and ends.
Listening takes a thread for as long as it lasts, so the number of these is bounded; the rest is polled.
"""

from __future__ import annotations

import logging
import secrets
import threading
import time
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import DatabaseError, close_old_connections, connection
from django.db.models import Q

from rapport.channels import registry
from rapport.channels.base import Fetches, Streams
from rapport.core.database import now, write
from rapport.core.trouble import trouble
from rapport.inbox.models import Source
from rapport.ingest import visiting

LEASE = timedelta(seconds=15)
VISITS = 6
LISTENERS = 24
REST = 0.3
STALE = 150.0
"""Seconds without any sign of life after which a thread is given up, its source free for another."""
log = logging.getLogger(__name__)


@dataclass(eq=False)
class Held:
    """One source in the hands of one thread."""

    source: Source
    token: str
    listens: bool
    stop: threading.Event = field(default_factory=threading.Event)
    heard: float = field(default_factory=time.monotonic)
    thread: threading.Thread | None = None

    def beat(self) -> None:
        self.heard = time.monotonic()


class Keeper:
    """The sources of this process. ``step`` is one look; ``run`` looks until it is told to stop."""

    def __init__(self, *, visits: int = VISITS, listeners: int = LISTENERS, stale: float = STALE) -> None:
        self.visits, self.listeners, self.stale = visits, listeners, stale
        self.held: list[Held] = []
        self._renewed = 0.0

    def run(self, stop: threading.Event) -> None:
        try:
            while not stop.is_set():
                close_old_connections()
                self.step()
                stop.wait(REST)
        finally:
            self.end()

    def step(self) -> int:
        """See after what is held, and begin what is due. How many visits began."""
        self.held = [one for one in self.held if one.thread is not None and one.thread.is_alive()]
        if time.monotonic() - self._renewed > LEASE.total_seconds() / 5:
            self._renew()
        begun = 0
        for source in self._due():
            listens = isinstance(source.channel, Streams) and self._room(listening=True)
            if not listens and not (isinstance(source.channel, Fetches) and self._room(listening=False)):
                continue
            if token := claim(source):
                self._begin(Held(source, token, listens))
                begun += 1
        return begun

    def end(self, seconds: float = 1.5) -> None:
        """Tell every thread to stop, wait a moment, and free what they held."""
        for one in self.held:
            one.stop.set()
        due = time.monotonic() + seconds
        for one in self.held:
            if one.thread is not None:
                one.thread.join(max(0.0, due - time.monotonic()))
        tokens = [one.token for one in self.held]
        Source.objects.filter(lease__in=tokens).exclude(lease="").update(lease="", lease_until=None)
        self.held = []

    def _room(self, *, listening: bool) -> bool:
        most = self.listeners if listening else self.visits
        return sum(one.listens == listening for one in self.held) < most

    def _due(self) -> list[Source]:
        kinds = [one.kind for one in registry.all() if isinstance(one, Fetches | Streams)]
        moment = now()
        free = Q(lease_until=None) | Q(lease_until__lt=moment)
        due = Q(visit_at=None) | Q(visit_at__lte=moment)
        rows = Source.objects.filter(free, due, kind__in=kinds, paused_at=None)
        mine = [one.source.pk for one in self.held]
        return list(rows.exclude(pk__in=mine).order_by("visit_at", "pk")[: self.visits + self.listeners])

    def _begin(self, held: Held) -> None:
        held.source.refresh_from_db()
        held.thread = threading.Thread(target=_work, args=(held,), name=f"source {held.source.pk}", daemon=True)
        self.held.append(held)
        held.thread.start()

    def _renew(self) -> None:
        """Renew the leases of those that live. Who lost theirs, or gives no sign of life, is told to stop."""
        self._renewed = time.monotonic()
        for one in self.held:
            if time.monotonic() - one.heard > self.stale:
                log.warning("source %s gave no sign of life for %g seconds", one.source.pk, self.stale)
                one.stop.set()
                one.heard = float("inf")  # said once; its lease runs out
                continue
            mine = Source.objects.filter(pk=one.source.pk, lease=one.token)
            if one.stop.is_set() or not mine.update(lease_until=now() + LEASE):
                one.stop.set()


def claim(source: Source) -> str:
    """Take the source's lease: its token, or nothing where another was faster."""
    token, moment = secrets.token_hex(8), now()
    free = Q(lease_until=None) | Q(lease_until__lt=moment)
    with write():
        rows = Source.objects.filter(free, pk=source.pk, paused_at=None)
        return token if rows.update(lease=token, lease_until=moment + LEASE) else ""


def _work(held: Held) -> None:
    try:
        visiting.visit(held.source, held.token, held.stop, held.beat, listen=held.listens)
    except DatabaseError as error:  # its lease runs out, and somebody looks again
        log.error("source %s: %s", held.source.pk, trouble(error) or error)
    finally:
        connection.close()
