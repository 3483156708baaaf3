"""The values of the course: Lesson and Errand go in, Outcome comes out, as MessagePack between two processes."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from rapport.inbox.triage.taught import ROWS
from rapport.understanding.reading import Us

LABELS: Final[dict[str, tuple[str, ...]]] = {
    "needs": ("no", "yes"), "valence": ("negative", "neutral", "positive"),
    "row": tuple(str(row) for row in sorted(ROWS)),
}  # fmt: skip
"""The answers that a task knows. Of ``row`` those are learned that were given often enough, each by itself."""
SOURCES: Final[dict[str, float]] = {
    "correction": 1.0, "label": 1.0, "answered": 0.4, "reopened": 0.5, "dismissed": 0.4, "assigned": 0.15, "stood": 0.3,
}  # fmt: skip
"""What a person did, and how much it teaches: who corrects speaks of the post; who acts may have had other reasons."""
FULL: Final = 1.0
VERDICTS: Final = ("used", "too_few", "one_sided", "no_better", "worse", "worse_than_ours", "forgotten", "failed")


class Lesson(msgspec.Struct, frozen=True, kw_only=True):
    """One example. But for ``valence`` it carries what the table had said: rows in precedence, codes, confidence."""

    id: int
    text: str
    answer: str
    weight: float = FULL
    source: str = "correction"
    at: float = 0.0
    direct: bool = False
    needs: str = "unsure"
    row: int = 16
    rows: tuple[int, ...] = ()
    codes: tuple[str, ...] = ()
    confidence: float = 0.3


class Errand(msgspec.Struct, frozen=True, kw_only=True):
    """What the child process is sent to do. ``in_use``: the weights in use, learned from what was before ``since``."""

    task: str
    lessons: list[Lesson]
    us: Us = Us()
    in_use: bytes = b""
    since: float = 0.0


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """``verdict`` is one of VERDICTS; ``weights`` only where they may be used. ``figures``: see ``measuring``."""

    verdict: str
    weights: bytes = b""
    version: str = ""
    figures: dict[str, Any] = {}


def sure(lesson: Lesson) -> bool:
    """Somebody spoke of the post itself, rather than acted on it."""
    return lesson.weight >= FULL
