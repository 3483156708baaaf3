"""Presence: who has what open, looks at it, types in it; in this process's memory, gone by itself.

Nothing is written down: an open page says every few seconds where it is, and what was not said again for ``LIVES``
seconds is over, so that a page that died vanishes from its colleagues' screens. What one process is told, another does
not know (several web processes: see docs/operate.md).
"""

from __future__ import annotations

import threading
from collections import defaultdict
from dataclasses import dataclass, field
from enum import IntEnum

LIVES = 18.0
"""Seconds that a page's word holds. Pages say it every 8 and ask as often: what died is gone within 26."""
PER_MEMBER = 24


class Degree(IntEnum):
    """How near somebody is: a page of theirs has it open; it is in front of them now; they write a note, an answer."""

    OPEN = 1
    VIEWING = 2
    NOTING = 3
    TYPING = 4


@dataclass(frozen=True)
class _Word:
    """What a page said last: which subject, how near, and until when (seconds of the caller's clock) that holds."""

    subject: int
    degree: Degree
    until: float


@dataclass
class Presence:
    """The open pages of every workspace, apart from each other. Safe for threads.

    A member is their id; whoever is on the other side of a chat is the id of their visit, negative.
    """

    _pages: dict[int, dict[tuple[int, str], _Word]] = field(default_factory=lambda: defaultdict(dict))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def say(self, workspace: int, member: int, page: str, subject: int, degree: Degree | None, now: float) -> set[int]:
        """A page says where it is (``degree`` None: nowhere any more). Returns the subjects that look different now,
        also because somebody else's word ran out. ``now`` in seconds of any clock that only runs forward."""
        with self._lock:
            pages = self._pages[workspace]
            before = _nearest(pages)
            pages.pop((member, page), None)
            for key in [key for key, word in pages.items() if word.until <= now]:
                del pages[key]
            mine = [key for key in pages if key[0] == member]
            for key in mine[: max(0, len(mine) + 1 - PER_MEMBER)]:  # the oldest of too many windows
                del pages[key]
            if degree is not None:
                pages[member, page] = _Word(subject, degree, now + LIVES)
            after = _nearest(pages)
            if not pages:
                del self._pages[workspace]
        return {key[0] for key in before.keys() | after.keys() if before.get(key) != after.get(key)}

    def look(self, workspace: int, now: float) -> dict[int, dict[int, Degree]]:
        """Who is where in this workspace: subject → member → how near, of all their pages the nearest."""
        with self._lock:
            living = {key: word for key, word in self._pages.get(workspace, {}).items() if word.until > now}
        found: dict[int, dict[int, Degree]] = defaultdict(dict)
        for (subject, member), degree in _nearest(living).items():
            found[subject][member] = degree
        return dict(found)


def _nearest(pages: dict[tuple[int, str], _Word]) -> dict[tuple[int, int], Degree]:
    """(subject, member) → the nearest degree of their pages."""
    nearest: dict[tuple[int, int], Degree] = {}
    for (member, _), word in pages.items():
        key = (word.subject, member)
        nearest[key] = max(word.degree, nearest.get(key, word.degree))
    return nearest


here = Presence()
"""This process's own."""
