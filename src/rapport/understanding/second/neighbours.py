"""Neighbours: what the team did with the posts that are nearest in meaning. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

LEAST: Final = 30
"""Labelled posts without which nothing is said."""
NEAREST: Final = 9
NEAR: Final = 0.45
"""The cosine below which a neighbour is none."""
YES, UNSURE = 0.8, 0.5
_DOUBT: Final = 1.0
"""As if one neighbour of each kind stood there before any was asked."""


@dataclass(frozen=True, slots=True)
class Near:
    """The share of near posts that were answered, weighed by nearness and shrunk to a half; of how many."""

    chance: float
    posts: int


def look(query: NDArray[np.float32], known: NDArray[np.float32], answered: NDArray[np.bool_]) -> list[Near]:
    """For each query vector what its nearest known ones say; all vectors are of length one."""
    if len(known) < LEAST:
        return [Near(0.5, 0) for _ in query]
    found = []
    for row in query @ known.T:
        nearest = np.argsort(-row, kind="stable")[:NEAREST]
        nearest = nearest[row[nearest] >= NEAR]
        weights = row[nearest]
        yes = float(weights[answered[nearest]].sum())
        found.append(Near((yes + _DOUBT / 2) / (float(weights.sum()) + _DOUBT), len(nearest)))
    return found


def needs(near: Near) -> str:
    """``yes``, ``unsure``, or ``no`` (which moves nothing): upward needs at least three neighbours."""
    if near.posts < 3 or near.chance < UNSURE:
        return "no"
    return "yes" if near.chance >= YES else "unsure"
