"""Fitting: what a team's answers add to what is said without them, learned so that no answers add nothing.

Multinomial logistic regression with the prior's log-odds as an offset: minimised is Σ wᵢ·loss + λ/2·(|hashed|² +
|dense|²/9), by L-BFGS; the same rows in the same order give the same weights.
How strong λ is, and how hot the chances are, is chosen by what each fold says of posts it has not seen.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from rapport.understanding.linear import BUCKETS
from rapport.understanding.teaching.alike import Memory
from rapport.understanding.teaching.descent import minimise
from rapport.understanding.teaching.features import Floats, Hashes
from rapport.understanding.teaching.head import Head, quantised, softmax

STRENGTHS: Final = (3.0, 10.0, 30.0, 100.0, 300.0)
FOLDS: Final = 5
CHOSEN_ON: Final = 3_000
"""So many rows are enough to choose the strength on."""
_OF_FIGURES: Final = 3.0
"""A figure of the reading is worth this many times a hashed word."""
_STEPS: Final = 60

Progress = Callable[[float], None]


@dataclass(frozen=True)
class Rows:
    """What is learned from: hashes, figures (n, FIGURES), prior log-odds (n, labels), label indices, weights, folds.

    ``folds`` (0..FOLDS-1) are given by text, so that the same words are never on both sides.
    """

    hashes: Hashes
    dense: Floats
    prior: Floats
    labels: NDArray[np.int64]
    weights: Floats
    folds: NDArray[np.int64]


@dataclass(frozen=True)
class Fitted:
    """The head of all rows, and for each row the chances given by a head that had not seen its text."""

    head: Head
    unseen: Floats
    strength: float


def fit(task: str, names: Sequence[str], rows: Rows, progress: Progress = lambda share: None) -> Fitted:
    """Learn ``names`` from ``rows``. ``progress`` is told 0..1. Needs SciPy; deterministic."""
    design = _design(rows)
    some = _some(rows)
    losses = []
    for at, strength in enumerate(STRENGTHS):
        said = _out_of_fold(design, rows, some, strength, folds=3)
        losses.append(_loss(softmax(said), rows.labels[some], rows.weights[some]))
        progress(0.5 * (at + 1) / len(STRENGTHS))
    strength = STRENGTHS[int(np.argmin(losses))]
    unseen = _out_of_fold(design, rows, np.arange(len(rows.labels)), strength, folds=FOLDS)
    heat = _heat(unseen, rows.labels, rows.weights)
    progress(0.85)
    weights = _solve(design, rows, np.arange(len(rows.labels)), strength)
    head = _head(task, names, design, weights, rows, heat)
    progress(1.0)
    return Fitted(head, softmax(unseen / heat), strength)


@dataclass(frozen=True)
class _Design:
    """The sparse matrix [hashed · rarity | figures | 1], the buckets that occur, and how they were weighed."""

    matrix: Any
    used: NDArray[np.int64]
    rarity: NDArray[np.float64]
    penalty: NDArray[np.float64]


def _design(rows: Rows) -> _Design:
    from scipy import sparse

    count = rows.hashes.size
    used, columns = np.unique(rows.hashes.indices, return_inverse=True)
    hashed = sparse.csr_matrix(
        (rows.hashes.shares.astype(np.float64), columns, rows.hashes.starts), shape=(count, len(used))
    )
    hashed.sum_duplicates()
    seen = np.asarray((hashed > 0).sum(axis=0)).ravel()
    rarity = np.log((1 + count) / (1 + seen)) / 3 + 0.2
    dense = np.hstack([rows.dense.astype(np.float64) * _OF_FIGURES / 3, np.ones((count, 1))])
    matrix = sparse.hstack([hashed.multiply(rarity[None, :]), sparse.csr_matrix(dense)], format="csr")
    penalty = np.ones(matrix.shape[1])
    penalty[len(used) :] = 1 / _OF_FIGURES**2
    penalty[-1] = 1e-3
    return _Design(matrix, used, rarity, penalty)


def _some(rows: Rows) -> NDArray[np.int64]:
    """At most CHOSEN_ON rows, evenly from all."""
    count = len(rows.labels)
    return np.unique(np.linspace(0, count - 1, min(count, CHOSEN_ON)).astype(np.int64))


def _out_of_fold(design: _Design, rows: Rows, among: NDArray[np.int64], strength: float, *, folds: int) -> Floats:
    """(among, labels) log-odds, each given by weights that were fitted without its fold."""
    said = rows.prior[among].astype(np.float64)
    fold = rows.folds[among] % folds
    for one in range(folds):
        held = among[fold == one]
        learned = among[fold != one]
        if len(held) and len(learned):
            said[fold == one] += design.matrix[held] @ _solve(design, rows, learned, strength)
    answer: Floats = said.astype(np.float32)
    return answer


def _solve(design: _Design, rows: Rows, among: NDArray[np.int64], strength: float) -> NDArray[np.float64]:
    """(columns, labels): the weights that fit these rows best."""
    matrix, prior = design.matrix[among], rows.prior[among].astype(np.float64)
    turned = matrix.T.tocsr()
    weights = rows.weights[among].astype(np.float64)[:, None]
    many = prior.shape[1]
    truth = np.eye(many)[rows.labels[among]]
    penalty = strength * design.penalty[:, None] / 10

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        learned = flat.reshape(-1, many)
        logits = prior + matrix @ learned
        logits -= logits.max(axis=1, keepdims=True)
        raised = np.exp(logits)
        total = raised.sum(axis=1, keepdims=True)
        value = float((weights * ((np.log(total)) - (truth * logits).sum(axis=1, keepdims=True))).sum())
        slope = turned @ (weights * (raised / total - truth)) + penalty * learned
        return value + 0.5 * float((penalty * learned * learned).sum()), slope.ravel()

    return minimise(loss, np.zeros(matrix.shape[1] * many), _STEPS).reshape(-1, many)


def _loss(chances: Floats, labels: NDArray[np.int64], weights: Floats) -> float:
    said = np.clip(chances[np.arange(len(labels)), labels], 1e-6, 1.0)
    return float(-(weights * np.log(said)).sum() / weights.sum())


def _heat(logits: Floats, labels: NDArray[np.int64], weights: Floats) -> float:
    """The temperature (Guo et al. 2017) at which unseen posts are least surprising, on a fixed ladder."""
    ladder = [round(0.5 * 1.1**step, 4) for step in range(21)]
    return min(ladder, key=lambda heat: _loss(softmax(logits / heat), labels, weights))


def _head(
    task: str, names: Sequence[str], design: _Design, weights: NDArray[np.float64], rows: Rows, heat: float
) -> Head:
    many = len(names)
    hashed = np.zeros((BUCKETS, many), dtype=np.float64)
    hashed[design.used] = weights[: len(design.used)] * design.rarity[:, None]
    small, scale = quantised(hashed)
    dense = weights[len(design.used) : -1] * _OF_FIGURES / 3
    full = rows.weights >= 0.5
    some = np.flatnonzero(full) if full.any() else np.arange(len(rows.labels))
    return Head(
        task=task, labels=tuple(names), hashed=small, scale=scale, dense=dense.astype(np.float32),
        bias=weights[-1].astype(np.float32), heat=heat, memory=_memory(rows, some),
    )  # fmt: skip


def _memory(rows: Rows, some: NDArray[np.int64]) -> Memory:
    return Memory.of(rows.hashes.only(some), rows.labels[some].astype(np.int8))
