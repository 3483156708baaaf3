"""How sure a share is, from how few cases: Wilson's interval, and odds between two groups. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

Z: Final = 1.959964
"""Standard normal quantile of a 95 % interval."""


@dataclass(frozen=True, slots=True)
class Share:
    """``hits`` of ``n``, with the 95 % interval of the share (Wilson 1927, score interval without continuity)."""

    hits: int
    n: int
    low: float
    high: float

    @property
    def value(self) -> float:
        return self.hits / self.n if self.n else 0.0


@dataclass(frozen=True, slots=True)
class Odds:
    """An odds ratio with its 95 % interval (Woolf 1955, with Haldane's half added to each cell)."""

    ratio: float
    low: float
    high: float

    @property
    def differs(self) -> bool:
        """One is not in the interval."""
        return not self.low <= 1 <= self.high


def share(hits: int, n: int) -> Share:
    """The share of ``hits`` in ``n``. Raises ValueError where that is none."""
    if not 0 <= hits <= n:
        raise ValueError(f"{hits} of {n} is no share")
    if not n:
        return Share(0, 0, 0.0, 1.0)
    p, square = hits / n, Z * Z
    middle = p + square / (2 * n)
    width = Z * math.sqrt(p * (1 - p) / n + square / (4 * n * n))
    low, high = (middle - width) / (1 + square / n), (middle + width) / (1 + square / n)
    return Share(hits, n, 0.0 if hits == 0 else max(0.0, low), 1.0 if hits == n else min(1.0, high))


def odds(one: Share, other: Share) -> Odds:
    """The odds of a hit in ``one`` over those in ``other``."""
    cells = [one.hits, one.n - one.hits, other.hits, other.n - other.hits]
    a, b, c, d = (cell + 0.5 for cell in cells)
    log = math.log(a * d / (b * c))
    width = Z * math.sqrt(1 / a + 1 / b + 1 / c + 1 / d)
    return Odds(math.exp(log), math.exp(log - width), math.exp(log + width))


def quantile(sorted_values: list[float], part: float) -> float:
    """The value below which ``part`` of them lie (the nearest rank); 0 for none."""
    if not sorted_values:
        return 0.0
    return sorted_values[min(len(sorted_values) - 1, max(0, math.ceil(part * len(sorted_values)) - 1))]
