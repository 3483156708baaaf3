"""Lanes: due rows that wait for somebody else's network, one at a time in each lane and several lanes at once.

A network that is slow or dead makes its own lane wait and no other. The number of lanes under way is bounded; those that
took long or did not get through last time have a part of it, the rest is for those that do. A row is claimed by the
thread that runs it, just before: what nobody has begun when the process stops or dies is nobody's.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Collection
from dataclasses import dataclass, field

from django.db import Error, close_old_connections, connection
from django.db.models import Min, QuerySet

from rapport.core import work
from rapport.core.database import enter, now, write
from rapport.core.models import Work
from rapport.core.trouble import trouble

QUICK, SLOW = 12, 12
"""Lanes under way at once: of those that get through, and of those that do not or take long."""
LONG = 5.0
"""Seconds after which a row took long."""
REST = 0.2
"""Seconds between two looks."""
FAREWELL = 1.2
"""Seconds that those under way are given to come to their end when the process stops."""
_DOOR = 0x1A9E
"""The room of PostgreSQL's in which a process looks which lanes are free: alone."""
log = logging.getLogger(__name__)


@dataclass(eq=False)
class Runner:
    """One lane in the hands of one thread. ``row`` is what it runs now, ``began`` since when."""

    lane: str
    poor: bool
    """It did not get through, or took long, the last time that anybody looked."""
    row: work.Claimed | None = None
    began: float = field(default_factory=time.monotonic)
    thread: threading.Thread | None = None

    @property
    def slow(self) -> bool:
        return self.poor or time.monotonic() - self.began > LONG


class Lanes:
    """The lanes of this process. ``step`` is one look; ``run`` looks until it is told to stop.

    What is under way outlives ``run``: a lane is never entered again while a thread of this process is in it, whatever
    became of its lease meanwhile.
    """

    def __init__(self, *, quick: int = QUICK, slow: int = SLOW) -> None:
        self.quick, self.slow = quick, slow
        self.under_way: dict[str, Runner] = {}
        self._poor: set[str] = set()
        self._renewed = 0.0

    def run(self, stop: threading.Event) -> None:
        try:
            while not stop.is_set():
                close_old_connections()
                self.step(stop)
                stop.wait(REST)
        finally:
            self._farewell()

    def step(self, stop: threading.Event) -> int:
        """See after what is under way, and begin what is due. How many lanes were entered."""
        self.under_way = {lane: one for lane, one in self.under_way.items() if _lives(one)}
        if time.monotonic() - self._renewed > work.LEASE.total_seconds() / 5:
            self._renew()
        begun = 0
        for lane in waiting(self.under_way, self.quick + self.slow):
            if self._room(poor=lane in self._poor):
                self._begin(lane, stop)
                begun += 1
        return begun

    def _room(self, *, poor: bool) -> bool:
        """Is there room for one more of this kind? However many fell slow meanwhile, never more than both together."""
        slow = sum(one.slow for one in self.under_way.values())
        most, there = (self.slow, slow) if poor else (self.quick, len(self.under_way) - slow)
        return there < most and len(self.under_way) < self.quick + self.slow

    def _begin(self, lane: str, stop: threading.Event) -> None:
        runner = Runner(lane, poor=lane in self._poor)
        runner.thread = threading.Thread(target=self._work, args=(runner, stop), name=f"lane {lane}", daemon=True)
        self.under_way[lane] = runner
        runner.thread.start()

    def _work(self, runner: Runner, stop: threading.Event) -> None:
        """Run what is due in a lane, as long as it gets through; then others have their turn."""
        try:
            while not stop.is_set() and (row := claim(runner.lane)) is not None:
                runner.row, runner.began = row, time.monotonic()
                well = work.run(row)
                runner.row, runner.poor = None, not well or time.monotonic() - runner.began > LONG
                (self._poor.add if runner.poor else self._poor.discard)(runner.lane)
                if runner.poor:
                    return
        except Error as error:  # its lease runs out, and somebody looks again
            log.error("lane %s: %s", runner.lane, trouble(error) or error)
        finally:
            connection.close()

    def _renew(self) -> None:
        """Renew the leases of what is being run: however slow the network, nobody else begins it."""
        self._renewed = time.monotonic()
        rows = [one.row for one in self.under_way.values() if one.row is not None]
        if rows:
            mine = Work.objects.filter(pk__in=[row.id for row in rows], lease__in=[row.lease for row in rows])
            mine.filter(dead_at=None).update(lease_until=now() + work.LEASE)

    def _farewell(self) -> None:
        due = time.monotonic() + FAREWELL
        for one in self.under_way.values():
            if one.thread is not None:
                one.thread.join(max(0.0, due - time.monotonic()))
            if one.row is not None and _lives(one):
                log.warning("Lane %s was in the middle of something; it is looked up at the next start.", one.lane)


def _lives(one: Runner) -> bool:
    return one.thread is not None and one.thread.is_alive()


def waiting(but: Collection[str], most: int) -> list[str]:
    """The lanes in which something is due and nobody is, whose turn came first standing first."""
    rows = _free(but).values_list("lane", flat=True).annotate(first=Min("due_at")).order_by("first", "lane")
    return [lane for lane in rows[:most] if lane is not None]


def claim(lane: str) -> work.Claimed | None:
    """Take what is due first in a lane; None where there is nothing, or somebody is in it already."""
    rows = _free(()).filter(lane=lane)
    if not rows.exists():
        return None
    with write():
        enter(_DOOR, alone=True)
        return next(iter(work.take(rows, 1)), None)


def _free(but: Collection[str]) -> QuerySet[Work]:
    """What may be run now, in lanes in which nobody is (of this process, or of another)."""
    moment = now()
    held = Work.objects.filter(lane__isnull=False, lease_until__gte=moment, done_at=None, dead_at=None)
    rows = work.due(moment).filter(lane__isnull=False).exclude(lane__in=list(but))
    return rows.exclude(lane__in=held.values("lane"))
