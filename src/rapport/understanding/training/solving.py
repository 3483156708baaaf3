"""Matrices of posts, and the linear models fitted to them: the one place that knows scikit-learn.

It is imported inside the functions, because a running Rapport that trains nothing should not carry it in memory.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rapport.understanding.hashing import BUCKETS, Floats, Hashed
from rapport.understanding.heads import Prepared

Doubles = NDArray[np.float64]


@dataclass(frozen=True)
class Plan:
    """How a model is fitted: ``strength`` (C of liblinear), what hashes and figures are multiplied by, and whether
    rare labels weigh more."""

    strength: float
    hashed: float
    figures: float
    balance: float = 0.0


def stacked(parts: Sequence[Prepared]) -> Prepared:
    """Several batches as one."""
    return Prepared(
        _joined([part.words for part in parts]),
        _joined([part.letters for part in parts]),
        np.vstack([part.dense for part in parts]),
    )


def _joined(parts: Sequence[Hashed]) -> Hashed:
    starts = [np.zeros(1, dtype=np.int64)]
    for _, own in parts:
        starts.append(own[1:] + starts[-1][-1])
    return np.concatenate([buckets for buckets, _ in parts]), np.concatenate(starts)


def matrix(seen: Prepared, plan: Plan, extra: Floats | None = None) -> Any:
    """(posts, BUCKETS + figures) sparse, exactly as ``heads.margins`` sees a post, times what ``plan`` gives each."""
    from scipy.sparse import csr_matrix, hstack

    figures = seen.dense if extra is None else np.hstack([seen.dense, extra])
    hashed = (_counted(seen.words) + _counted(seen.letters)) * plan.hashed
    return hstack([hashed, csr_matrix(figures * plan.figures)]).tocsr()


def _counted(hashed: Hashed) -> Any:
    from scipy.sparse import csr_matrix

    buckets, starts = hashed
    sizes = np.diff(starts)
    values = np.repeat(1 / np.sqrt(np.maximum(sizes, 1)), sizes).astype(np.float32)
    made = csr_matrix((values, buckets, starts), shape=(len(sizes), BUCKETS))
    made.sum_duplicates()
    return made


def solve(made: Any, truth: NDArray[np.bool_], weights: Doubles, plan: Plan) -> tuple[Doubles, Doubles]:
    """((features, labels), (labels,)) weights and biases: one linear support vector machine a label.

    ``truth`` (posts, labels). A label that all or none of the posts carry gets no weights and a bias that says so.
    """
    from sklearn.svm import LinearSVC

    columns = np.zeros((made.shape[1], truth.shape[1]))
    biases = np.zeros(truth.shape[1])
    for place in range(truth.shape[1]):
        yes = truth[:, place]
        if yes.all() or not yes.any():
            biases[place] = 1.0 if yes.all() else -1.0
            continue
        rare = float(len(yes) / (2.0 * yes.sum())) ** plan.balance
        often = float(len(yes) / (2.0 * (~yes).sum())) ** plan.balance
        model = LinearSVC(C=plan.strength, random_state=0, tol=1e-3)
        model.fit(made, yes, sample_weight=weights * np.where(yes, rare, often))
        columns[:, place] = model.coef_[0]
        biases[place] = model.intercept_[0]
    return columns, biases
