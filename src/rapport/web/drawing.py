"""The emotional line as coordinates: where each mark stands and what it looks like. Pure; the template writes the SVG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rapport.understanding.feelings import ENOUGH, Point

HEIGHT: Final = 120
_MARGIN: Final = 14
_REACH: Final = 44
_MIDDLE: Final = HEIGHT // 2
_SIZE: Final = 5


@dataclass(frozen=True)
class Mark:
    """One point: its place, and its shape as an SVG path (a disc above, a ring between, a diamond below)."""

    point: Point
    x: float
    y: float
    shape: str


@dataclass(frozen=True)
class Drawing:
    """The picture: ``path`` joins the marks. Not ``drawn`` where there are too few points to say anything."""

    width: int
    marks: tuple[Mark, ...] = ()
    path: str = ""
    earlier: int = 0
    """Points left out before the first."""

    @property
    def drawn(self) -> bool:
        return len(self.marks) >= ENOUGH

    @property
    def middle(self) -> int:
        return _MIDDLE


def draw(points: Sequence[Point], *, width: int, most: int) -> Drawing:
    """The newest ``most`` points in a box ``width`` units wide, evenly: a turn each, however long between them."""
    kept = points[-most:]
    step = (width - 2 * _MARGIN) / max(len(kept) - 1, 1)
    marks = tuple(_mark(point, _MARGIN + step * place) for place, point in enumerate(kept))
    path = " ".join(f"{'L' if place else 'M'}{mark.x:.1f} {mark.y:.1f}" for place, mark in enumerate(marks))
    return Drawing(width, marks, path, len(points) - len(kept))


def _mark(point: Point, x: float) -> Mark:
    y = _MIDDLE - _REACH * max(-1.0, min(1.0, point.turn.valence))
    return Mark(point, round(x, 1), round(y, 1), _shape(point.level, x, y))


def _shape(level: str, x: float, y: float) -> str:
    if level == "low":
        return f"M{x:.1f} {y - _SIZE:.1f}l{_SIZE} {_SIZE}l-{_SIZE} {_SIZE}l-{_SIZE} -{_SIZE}z"
    r = _SIZE if level == "high" else _SIZE - 1.5
    return f"M{x - r:.1f} {y:.1f}a{r} {r} 0 1 0 {2 * r} 0a{r} {r} 0 1 0 -{2 * r} 0z"
