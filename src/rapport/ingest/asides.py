"""Asides: the rows of one import that could not be read, kept in a file with their place and the reason."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings

from rapport.channels.base import Unreadable
from rapport.inbox.models import Source

REMEMBERED = 2_000
"""Positions kept in mind: only the rows of the batch that a crash cut off can come twice, and a batch has 500."""
_ARRIVAL = "arrival "


def unreadable_file(source: Source) -> Path:
    """Where the rows lie that could not be read."""
    return Path(settings.DATA) / "unreadable" / f"{source.token}.jsonl"


def keep(source: Source, rows: Iterable[Unreadable]) -> None:
    """Keep what a live source brought and nobody could read; each once, by its position."""
    asides = Asides(unreadable_file(source), fresh=False)
    asides.keep(rows)
    Source.objects.filter(pk=source.pk).update(unreadable=asides.count)


class Asides:
    """The rows of one file that could not be read: JSON Lines of position, reason and the row's own bytes as text.

    In flat memory, however many there are. ``last_arrival`` is the id of the last arrival that was written down here.
    """

    def __init__(self, path: Path, *, fresh: bool) -> None:
        self.path = path
        self.count = 0
        self.last_arrival = 0
        self._recent: deque[str] = deque(maxlen=REMEMBERED)
        if fresh:
            path.unlink(missing_ok=True)
        elif path.exists():
            self._go_on()

    def _go_on(self) -> None:
        """Count what is there. A line that a crash cut off is taken away: its row comes again."""
        whole = 0
        with self.path.open("rb") as file:
            for line in file:
                if line.endswith(b"\n"):
                    whole += len(line)
                    self._count(str(json.loads(line)["position"]))
        with self.path.open("rb+") as file:
            file.truncate(whole)

    def _count(self, position: str) -> None:
        self.count += 1
        self._recent.append(position)
        if position.startswith(_ARRIVAL):
            self.last_arrival = max(self.last_arrival, int(position.removeprefix(_ARRIVAL)))

    def keep(self, rows: Iterable[Unreadable]) -> None:
        """Write down what was not written down before."""
        known, file = set(self._recent), None
        try:
            for row in rows:
                if row.position in known:
                    continue
                if file is None:
                    self.path.parent.mkdir(parents=True, exist_ok=True)
                    file = self.path.open("a", encoding="utf-8")
                words = {"position": row.position, "reason": row.reason, "row": row.raw.decode("utf-8", "replace")}
                file.write(json.dumps(words, ensure_ascii=False) + "\n")
                self._count(row.position)
        finally:
            if file is not None:
                file.close()

    def keep_refused(self, id: int, error: str, raw: bytes) -> None:
        """Write down an arrival that the line set aside. Call it by growing id."""
        if id > self.last_arrival:
            self.keep([Unreadable(f"{_ARRIVAL}{id}", error, raw)])
