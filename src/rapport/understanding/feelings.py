"""The emotional line: how somebody felt each time they wrote, why, and what changed it. Pure.

A point is one of their messages. Its cause is words one can point at; what changed it is our message in between, or
that there was none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

Level = Literal["low", "even", "high"]
ENOUGH: Final = 3
"""With fewer points there is no line to draw."""
TURNED: Final = 0.3
"""A change of valence (-1..1) that is worth asking what made it."""
OF_VALENCE: Final[dict[str, float]] = {"negative": -0.7, "neutral": 0.0, "positive": 0.7}
"""Where a person's correction puts a message."""
_LIGHT: Final = frozenset({"joy", "gratitude", "admiration", "optimism", "surprise"})
_HEAVY: Final = frozenset(
    {"confusion", "worry", "sadness", "disappointment", "frustration", "anger", "disgust", "surprise"}
)
_LOW, _HIGH = -0.2, 0.25
_CAUSES: Final = (
    "flag.", "leaving", "complaint", "loss_or_block", "stranded", "asked_twice", "praise", "thanks", "closing", "question",
    "request",
)  # fmt: skip
_LONGEST: Final = 90


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of the exchange as it was read. ``valence`` is -1..1; ``cause`` words of it, ``code`` why they count."""

    id: int
    talk: int
    at: datetime
    ours: bool
    who: str
    valence: float = 0.0
    emotion: str = ""
    cause: str = ""
    code: str = ""
    corrected: bool = False


@dataclass(frozen=True, slots=True)
class Point:
    """One mark of the line. ``changed`` is the difference to the point before; ``after`` our turn that stood between."""

    turn: Turn
    level: Level
    changed: float = 0.0
    after: Turn | None = None
    unanswered: bool = False


def level(valence: float) -> Level:
    return "low" if valence <= _LOW else "high" if valence >= _HIGH else "even"


def placed(valence: str, score: float) -> float:
    """Where a reading puts a message: by its score, but never across the border of what it was called."""
    if valence == "negative":
        return min(score, _LOW)
    if valence == "positive":
        return max(score, _HIGH)
    return max(_LOW / 2, min(_HIGH / 2, score))


def named(valence: float, emotions: Mapping[str, float]) -> str:
    """The strongest of the emotions read that agrees with the valence; empty where none does."""
    there = {"low": _HEAVY, "high": _LIGHT, "even": frozenset[str]()}[level(valence)]
    return max((name for name in emotions if name in there), key=lambda name: emotions[name], default="")


def points(turns: Sequence[Turn]) -> tuple[Point, ...]:
    """Their turns as points, in the order of ``turns`` (oldest first)."""
    made: list[Point] = []
    between: Turn | None = None
    for turn in turns:
        if turn.ours:
            between = turn
            continue
        before = made[-1].turn if made else None
        changed = turn.valence - before.valence if before else 0.0
        fell = before is not None and changed < 0 and between is None and level(before.valence) == "low"
        made.append(Point(turn, level(turn.valence), round(changed, 3), between if before else None, fell))
        between = None
    return tuple(made)


def turning(found: Sequence[Point]) -> tuple[Point, ...]:
    """The points at which something got worse, or was made better. To be less glad than at a feast is no change."""
    return tuple(
        point for point in found if abs(point.changed) >= TURNED and (point.level == "low" or point.changed > 0)
    )


def cause(text: str, reasons: Sequence[tuple[str, str, int]]) -> tuple[str, str]:
    """(words, code) that show why it was felt: of the (code, evidence, start) of a reading, the weightiest kind that is
    words of the text; else how the text begins."""
    for wanted in _CAUSES:
        for code, evidence, start in reasons:
            if code.startswith(wanted) and evidence and start >= 0:
                return _sentence(text, start), code
    return shortened(" ".join(text.split())), ""


def _sentence(text: str, start: int) -> str:
    """The sentence around a place, so that a cause is understood by itself."""
    begin = max((text.rfind(mark, 0, start) for mark in ".!?\n"), default=-1) + 1
    ends = [end for mark in ".!?\n" if (end := text.find(mark, start)) >= 0]
    return shortened(" ".join(text[begin : min(ends, default=len(text)) + 1].split()))


def shortened(words: str) -> str:
    return words if len(words) <= _LONGEST else words[: _LONGEST - 1].rsplit(" ", 1)[0] + "…"
