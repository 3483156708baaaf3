"""A source's own rhythm, and whether its silence is unusual. Pure: counts and moments in, a verdict out.

The rhythm is the mean number of arrivals for each hour of the week in the workspace's zone. Arrivals that come
independently of each other at such a rate (a Poisson process) are silent through an expected number x of them with
probability exp(-x). The rate itself is only known from some weeks, so the tail is that of the Gamma-Poisson mixture
over it, (1 + s/n)^-k for k arrivals in n such hours and a share s of the hour: a little more patient, and the same for
many weeks (Gelman et al., Bayesian Data Analysis, 2.6).
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Literal

WEEKS = 8
HOURS = WEEKS * 7 * 24
LEAST_HOURS = 14 * 24
LEAST_ARRIVALS = 30
UNUSUAL = 0.001
_SECONDS = 3600

Cell = tuple[int, int]
"""(weekday from Monday 0, hour of the day) on the workspace's own clocks."""


@dataclass(frozen=True)
class Rhythm:
    """For each hour of the week: arrivals in all such hours of the history, and how many such hours there were."""

    arrivals: Mapping[Cell, float]
    hours: Mapping[Cell, int]

    @property
    def enough(self) -> bool:
        return sum(self.hours.values()) >= LEAST_HOURS and sum(self.arrivals.values()) >= LEAST_ARRIVALS


@dataclass(frozen=True)
class Verdict:
    """``never``: nothing ever came. ``thin``: not enough history. ``expected``: arrivals usual since the last one.

    ``chance`` is the probability of such a silence, were all well; ``weekday`` is the day it is, Monday 0.
    """

    word: Literal["never", "thin", "usual", "unusual"]
    silent_for: timedelta = timedelta(0)
    expected: float = 0.0
    chance: float = 1.0
    weekday: int = 0


def told(counts: Mapping[int, int], last_at: datetime, zone: tzinfo) -> Rhythm:
    """The rhythm of the eight weeks before the last arrival. ``counts``: arrivals by hours since 1970 (UTC).

    An hour of a flood is cut at three times what the other weeks brought in that hour, plus three: one firestorm, or
    the backlog of the first day, must not make every later Monday look silent.
    """
    last = int(last_at.timestamp()) // _SECONDS
    known = [hour for hour in counts if last - HOURS <= hour < last]
    cells: dict[Cell, list[int]] = defaultdict(list)
    for hour in range(min(known, default=last), last):
        cells[_cell(hour * _SECONDS, zone)].append(counts.get(hour, 0))
    return Rhythm(
        {cell: sum(_cut(values)) for cell, values in cells.items()},
        {cell: len(values) for cell, values in cells.items()},
    )


def judge(counts: Mapping[int, int], last_at: datetime | None, now: datetime, zone: tzinfo) -> Verdict:
    """Is the silence since ``last_at`` unusual for a source with these arrivals?"""
    if last_at is None:
        return Verdict("never")
    weekday = now.astimezone(zone).weekday()
    silent_for = max(timedelta(0), now - last_at)
    rhythm = told(counts, last_at, zone)
    if not rhythm.enough:
        return Verdict("thin", silent_for, weekday=weekday)
    expected = log_chance = 0.0
    for cell, share in _since(last_at, now, zone):
        if hours := rhythm.hours.get(cell, 0):
            expected += share * rhythm.arrivals[cell] / hours
            log_chance -= rhythm.arrivals[cell] * math.log1p(share / hours)
    chance = math.exp(log_chance)
    return Verdict("unusual" if chance < UNUSUAL else "usual", silent_for, expected, chance, weekday)


def _cell(second: int, zone: tzinfo) -> Cell:
    there = datetime.fromtimestamp(second, UTC).astimezone(zone)
    return there.weekday(), there.hour


def _cut(values: list[int]) -> list[float]:
    whole, others = sum(values), max(1, len(values) - 1)
    return [min(value, 3 * (whole - value) / others + 3) for value in values]


def _since(last_at: datetime, now: datetime, zone: tzinfo) -> Iterator[tuple[Cell, float]]:
    """The hours between, each with the share of it that lies between; of a very long silence the last eight weeks."""
    end = now.timestamp()
    start = max(last_at.timestamp(), end - HOURS * _SECONDS)
    hour = int(start) // _SECONDS
    while hour * _SECONDS < end:
        share = (min(end, (hour + 1) * _SECONDS) - max(start, hour * _SECONDS)) / _SECONDS
        yield _cell(hour * _SECONDS, zone), share
        hour += 1
