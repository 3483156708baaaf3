"""What margins mean: chances that come true as often as they say, and the bar at which a label is said.

Fitted to margins of posts that the model had not seen: a temperature (one for all labels) and, where posts are many, a
bias a label, by the likelihood (Platt 1999; Guo et al. 2017); then bars, for the mean of accuracy and macro F1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rapport.understanding.heads import OUTSIDE, chances_of
from rapport.understanding.training.solving import Doubles

Truth = NDArray[np.bool_]
FEW: Final = 40
"""With fewer posts a label than this, only the temperature is fitted."""
LEANS: Final = (0.0, 0.25, 0.5, 0.75)
_ROOM: Final = 2e-4
"""A bar stands just below the chance it was drawn at, so that rounding does not put that chance beneath it."""
OUTSIDE_COUNTS: Final = 0.1
"""What finding all that is outside is worth beside naming all that is inside: most of what comes is inside."""


@dataclass(frozen=True)
class Meaning:
    """chances = softmax or logistic of (margin * slope + shift); see ``Head`` for bars."""

    slope: float
    shift: Doubles
    bars: Doubles


def meaning(aside: Doubles, truth: Truth, names: Sequence[str], many: bool) -> Meaning:
    """From the margins (posts, labels) of posts set aside and what they are."""
    slope, shift = _fitted(aside, truth, many)
    chances = np.asarray(chances_of(aside * slope + shift, many), dtype=np.float64)
    if many:
        return Meaning(slope, shift, np.array([_floor(chances[:, k], truth[:, k]) for k in range(len(names))]))
    bars = _leaning(chances, truth)
    if OUTSIDE in names:
        bars[names.index(OUTSIDE)] = _outside(np.log(np.maximum(chances, 1e-12)) - bars, truth, names.index(OUTSIDE))
    return Meaning(slope, shift, bars)


def quality(aside: Doubles, truth: Truth, many: bool) -> float:
    """How well margins name the labels: the mean of accuracy and macro F1; for many labels the macro F1 alone."""
    if many:
        return float(np.mean([best_f1(aside[:, k], truth[:, k])[0] for k in range(truth.shape[1])]))
    return _both(aside.argmax(axis=1), truth)


def _both(said: NDArray[np.int64], truth: Truth) -> float:
    named = np.zeros_like(truth)
    named[np.arange(len(said)), said] = True
    hits = (named & truth).sum(axis=0)
    f1 = 2 * hits / np.maximum(named.sum(axis=0) + truth.sum(axis=0), 1)
    return float(hits.sum() / len(truth) + f1.mean()) / 2


def _fitted(aside: Doubles, truth: Truth, many: bool) -> tuple[float, Doubles]:
    from scipy.optimize import minimize

    labels = truth.shape[1]
    biased = len(truth) >= FEW * labels

    def loss(given: Doubles) -> float:
        margin = aside * np.exp(given[0]) + (given[1:] if biased else 0.0)
        if many:
            chances = np.clip(chances_of(margin, True), 1e-9, 1 - 1e-9)
            return float(-np.mean(np.where(truth, np.log(chances), np.log(1 - chances))))
        chances = np.clip(chances_of(margin, False), 1e-9, 1.0)
        return float(-np.mean(np.log(chances[truth]))) + 1e-4 * float(given @ given)

    first = np.zeros(1 + labels if biased else 1)
    found = minimize(loss, first, method="L-BFGS-B", options={"maxiter": 60}).x
    slope = float(np.clip(np.exp(found[0]), 0.05, 50.0))
    return round(slope, 4), np.round(found[1:], 4) if biased else np.zeros(labels)


def _leaning(chances: Doubles, truth: Truth) -> Doubles:
    """What is taken from the log of each label's chance: nothing, or a part of how common it is."""
    common = np.log(np.maximum(truth.mean(axis=0), 1e-6))
    common -= common.mean()
    logs = np.log(np.maximum(chances, 1e-12))
    best = max(LEANS, key=lambda lean: (_both((logs - lean * common).argmax(axis=1), truth), -lean))
    return np.asarray(np.round(best * common, 4))


def _floor(chance: Doubles, yes: NDArray[np.bool_]) -> float:
    return round(float(np.clip(best_f1(chance, yes)[1] - _ROOM, 0.02, 0.98)), 4)


def platt(margin: Doubles, yes: NDArray[np.bool_]) -> tuple[float, float]:
    """(slope, shift) for which the logistic of margin * slope + shift is likeliest (Platt 1999)."""
    slope, shift = _fitted(margin[:, None], yes[:, None], many=True)
    return slope, float(shift[0])


def best_f1(score: Doubles, yes: NDArray[np.bool_]) -> tuple[float, float]:
    """(best F1, the score from which on it is said)."""
    order = np.argsort(-score, kind="stable")
    hits = np.cumsum(yes[order])
    f1 = 2 * hits / (np.arange(1, len(yes) + 1) + max(1, int(yes.sum())))
    best = int(f1.argmax())
    return float(f1[best]), float(score[order[best]])


def _outside(logs: Doubles, truth: Truth, outside: int) -> float:
    """The bar of OUTSIDE: how much likelier than it the best other label must be, as a difference of logs.

    Where right answers inside, and OUTSIDE_COUNTS of the recall outside, add up to most.
    """
    inside = np.delete(logs, outside, axis=1)
    ahead = inside.max(axis=1) - logs[:, outside]
    right = inside.argmax(axis=1) == np.delete(truth, outside, axis=1).argmax(axis=1)
    alien = truth[:, outside]
    if alien.all() or not alien.any():
        return 0.0
    bars = np.quantile(ahead, np.linspace(0.0, 0.3, 121))
    worth = [np.mean((right & (ahead >= bar))[~alien]) + OUTSIDE_COUNTS * np.mean(ahead[alien] < bar) for bar in bars]
    return round(-float(bars[int(np.argmax(worth))]), 4)
