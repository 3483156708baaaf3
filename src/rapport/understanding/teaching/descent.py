"""L-BFGS (Liu & Nocedal 1989) for smooth convex losses: the two-loop recursion with a backtracking step, in NumPy.

SciPy's own minds bounds that we have not, and takes ten times as long for it where there are many weights.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

Doubles = NDArray[np.float64]
Loss = Callable[[Doubles], tuple[float, Doubles]]
_PAIRS: Final = 6
_ENOUGH: Final = 1e-6
"""Of the loss: steps that gain less than this share of it are the last."""
_SLOPE: Final = 1e-4
_HALVINGS: Final = 20


def minimise(loss: Loss, begin: Doubles, steps: int = 60) -> Doubles:
    """The point of least loss, as far as ``steps`` lead. ``loss`` gives (value, slope); the same in gives the same out."""
    place = begin.copy()
    value, slope = loss(place)
    pairs: deque[tuple[Doubles, Doubles, float]] = deque(maxlen=_PAIRS)
    for _ in range(steps):
        way = -_bent(slope, pairs)
        fall = float(slope @ way)
        if fall >= 0:
            break
        stride = 1.0 if pairs else 1.0 / max(1.0, float(np.sqrt(slope @ slope)))
        for _ in range(_HALVINGS):
            there = place + stride * way
            new, new_slope = loss(there)
            if new <= value + _SLOPE * stride * fall:
                break
            stride /= 2
        else:
            break
        step, turn = there - place, new_slope - slope
        bend = float(step @ turn)
        if bend > 1e-12:
            pairs.append((step, turn, bend))
        gained, place, value, slope = value - new, there, new, new_slope
        if gained <= _ENOUGH * max(1.0, abs(value)):
            break
    return place


def _bent(slope: Doubles, pairs: deque[tuple[Doubles, Doubles, float]]) -> Doubles:
    """The slope, bent by what the last steps told of the curvature (the two-loop recursion)."""
    way = slope.copy()
    shares = []
    for step, turn, bend in reversed(pairs):
        share = float(step @ way) / bend
        shares.append(share)
        way -= share * turn
    if pairs:
        _, turn, bend = pairs[-1]
        way *= bend / float(turn @ turn)
    for (step, turn, bend), share in zip(pairs, reversed(shares), strict=True):
        way += step * (share - float(turn @ way) / bend)
    return way
