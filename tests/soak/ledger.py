"""What must be true at the end of a soak, as pure functions of what was said, stored, answered and seen there.

Whatever is said carries a mark in round brackets, ``(mail-17)``, and its answer the same in square ones, ``[mail-17]``:
so it is found again in a database, in a mailbox and on a network, whatever ids they gave it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

THEIRS = re.compile(r"\(([a-z_]+-\d+)\)")
OURS = re.compile(r"\[([a-z_]+-\d+)\]")
LEFT = frozenset({"sent", "delivered", "read"})


@dataclass(frozen=True)
class Out:
    """One answer as Rapport shows it: the mark, its state, and the sentence beside it."""

    mark: str
    state: str
    error: str = ""


@dataclass
class Facts:
    """What is known of a soak. Moments are in seconds of one clock, figures by mark."""

    said: dict[str, float] = field(default_factory=dict)
    """When it was said there, from the moment at which it can no longer be unsaid."""
    known: dict[str, float] = field(default_factory=dict)
    """When it was first seen on the desk."""
    stored: Counter[str] = field(default_factory=Counter)
    given: set[str] = field(default_factory=set)
    """What an agent answered, and was told that it leaves."""
    out: list[Out] = field(default_factory=list)
    heard: Counter[str] = field(default_factory=Counter)
    """How often our answer stands there, as their own client sees it."""
    troubles: Counter[str] = field(default_factory=Counter)
    """How often what was done to whom: ``mail: cut after``."""


def place(mark: str) -> str:
    return mark.rpartition("-")[0]


def wrong(facts: Facts) -> list[str]:
    """What is not as it must be, a sentence each: nothing lost, nothing doubled, no answer that says what is not so."""
    found = [f"{mark} was said and is not on the desk." for mark in facts.said if not facts.stored[mark]]
    found += [f"{mark} is on the desk {n} times." for mark, n in facts.stored.items() if n > 1]
    found += [f"{mark} is on the desk and nobody said it." for mark in facts.stored if mark not in facts.said]
    outs = Counter(one.mark for one in facts.out)
    found += [f"The answer to {mark} is in the outbox {outs[mark]} times." for mark in facts.given if outs[mark] != 1]
    for one in facts.out:
        found += judged(one, facts.heard[one.mark])
    found += [f"An answer to {mark} is seen there that nobody gave." for mark in facts.heard if mark not in outs]
    return found


def judged(one: Out, heard: int) -> list[str]:
    """One answer: is it there exactly as often as its state says?"""
    if heard > 1:
        return [f"The answer to {one.mark} ({one.state}) is seen there {heard} times."]
    if one.state in LEFT:
        return [] if heard == 1 else [f"The answer to {one.mark} is {one.state}, and is not seen there."]
    if one.state not in {"failed", "unknown"}:
        return [f"The answer to {one.mark} is still {one.state} at the end ({one.error})."]
    if not one.error:
        return [f"The answer to {one.mark} is {one.state} without a sentence."]
    return (
        [f"The answer to {one.mark} is shown as failed, and is seen there."] if heard and one.state == "failed" else []
    )


def unsettled(facts: Facts) -> list[str]:
    """What has not come to its end yet (whether a good one or not), a few words each."""
    ends = LEFT | {"failed", "unknown"}
    found = [f"{mark} not stored" for mark in facts.said if not facts.stored[mark]]
    found += [f"answer to {one.mark} {one.state}" for one in facts.out if one.state not in ends]
    return found + [
        f"answer to {one.mark} not seen" for one in facts.out if one.state in LEFT and not facts.heard[one.mark]
    ]


HEAD = ("channel", "in", "stored", "answered", "seen there", "failed", "unknown", "p50 s", "p95 s", "troubles")


def table(facts: Facts, places: Iterable[str]) -> list[tuple[str, ...]]:
    """A row for each place, in the columns of HEAD."""
    return [HEAD, *(_row(facts, name) for name in places)]


def _row(facts: Facts, name: str) -> tuple[str, ...]:
    said = [mark for mark in facts.said if place(mark) == name]
    waits = sorted(facts.known[mark] - facts.said[mark] for mark in said if mark in facts.known)
    out = [one for one in facts.out if place(one.mark) == name]
    states = Counter(one.state for one in out)
    figures = (
        len(said), sum(facts.stored[mark] for mark in said), len(out), sum(facts.heard[one.mark] for one in out),
        states["failed"], states["unknown"],
    )  # fmt: skip
    troubles = sum(n for what, n in facts.troubles.items() if what.partition(":")[0] == name)
    return (name, *map(str, figures), _share(waits, 0.5), _share(waits, 0.95), str(troubles))


def _share(waits: list[float], share: float) -> str:
    return f"{max(0.0, waits[min(len(waits) - 1, int(len(waits) * share))]):.1f}" if waits else ""


def growth(lives: Mapping[int, list[tuple[float, int]]]) -> list[tuple[int, float, int, int]]:
    """For each life of the process: (which, seconds, MB at the end of its first third, MB in the middle of its last).

    ``lives``: (seconds since it began, KB) of each sample. What a process needs it has after a third of its life, and
    what it goes on taking then it takes for ever; a life of less than a minute says nothing.
    """
    found = []
    for life, samples in lives.items():
        long = samples[-1][0] if samples else 0.0
        if long >= 60:
            early = sorted(kb for at, kb in samples if long / 4 <= at <= long / 2)
            late = sorted(kb for at, kb in samples if at >= long * 2 / 3)
            found.append((life, long, early[len(early) // 2] // 1024, late[len(late) // 2] // 1024))
    return found
