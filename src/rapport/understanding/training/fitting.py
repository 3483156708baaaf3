"""A head fitted to examples: how strongly is chosen by texts set aside in turn, and so is what its chances mean.

Three folds, divided by text, give every post a margin from a model that has not seen it (with very many labels, one
fold of five does, for time). From these margins come the plan (of a few), the chances (a temperature and a bias a
label), and where the bar of each label stands.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import numpy as np

from rapport.understanding import linear
from rapport.understanding.hashing import BUCKETS, Floats
from rapport.understanding.heads import DENSE, Head, Prepared, prepare
from rapport.understanding.training.calibrating import Meaning, Truth, meaning, quality
from rapport.understanding.training.examples import MANY, Examples, counts, examples, fold
from rapport.understanding.training.solving import Doubles, Plan, matrix, solve, stacked

Progress = Callable[[float, str], None]
FOLDS: Final = 3
PLANS: Final = (
    Plan(strength=0.1, hashed=1.0, figures=1.0),
    Plan(strength=0.3, hashed=1.0, figures=1.0, balance=0.5),
    Plan(strength=0.3, hashed=1.5, figures=0.5, balance=0.5),
    Plan(strength=0.03, hashed=1.0, figures=1.0, balance=0.5),
)
MOST_LABELS_TRIED: Final = 16
USUAL: Final = Plan(strength=1.0, hashed=1.0, figures=0.3)
"""For many labels, where trying would take minutes."""
_BATCH: Final = 512
_TURN: Final = 1
"""Divided otherwise than ``apart`` does: of rows that it has divided, one of its parts is not there."""


def fit(task: str, rows: Sequence[Mapping[str, Any]], *, progress: Progress | None = None) -> Head:
    """A head for ``task`` from ``rows`` (see the package). Raises ValueError with a sentence where nothing is learned.

    ``progress(share, what)`` is called as it goes on, with a share 0..1 that never falls; what it raises ends it.
    """
    tell = progress or (lambda share, what: None)
    found = examples(task, rows)
    seen = _seen(found.texts, tell)
    extra = np.array(found.extra, dtype=np.float32) if found.extra[0] else None
    truth = np.array([[label in labels for label in found.names] for labels in found.labels])
    plan, said = _tried(task, found, seen, extra, truth, tell)
    tell(0.85, "fitting")
    weights = np.array(found.weights)
    columns, biases = solve(matrix(seen, plan, extra), truth, weights, plan)
    tell(0.97, "rounding")
    head = _head(task, found, plan, columns, biases, said)
    tell(1.0, "done")
    return head


def _seen(texts: Sequence[str], tell: Progress) -> Prepared:
    parts = []
    for at in range(0, len(texts), _BATCH):
        tell(0.2 * at / len(texts), "reading")
        parts.append(prepare(texts[at : at + _BATCH]))
    return stacked(parts)


def _tried(
    task: str, found: Examples, seen: Prepared, extra: Floats | None, truth: Truth, tell: Progress
) -> tuple[Plan, Meaning]:
    """The plan that names the posts set aside best, and what margins mean under it."""
    wide = len(found.names) > MOST_LABELS_TRIED
    plans, folds, turns = ((USUAL,), 5, 1) if wide else (PLANS, FOLDS, FOLDS)
    parts = np.array([fold(text, folds, _TURN) for text in found.texts])
    judged = parts < turns
    weights = np.array(found.weights)
    best: tuple[float, Plan, Doubles] | None = None
    for turn, plan in enumerate(plans):
        made = matrix(seen, plan, extra)
        aside = np.full(truth.shape, -1.0)
        for part in range(turns):
            tell(0.2 + 0.65 * (turn * turns + part) / (len(plans) * turns), f"trying {turn + 1} of {len(plans)}")
            kept = parts != part
            if kept.any() and not kept.all():
                columns, biases = solve(made[kept], truth[kept], weights[kept], plan)
                aside[~kept] = made[~kept] @ columns + biases
        reached = quality(aside[judged], truth[judged], many=task in MANY)
        if best is None or reached > best[0]:
            best = reached, plan, aside
    if best is None or not judged.any():
        return plans[0], Meaning(1.0, np.zeros(len(found.names)), np.zeros(len(found.names)))
    return best[1], meaning(best[2][judged], truth[judged], found.names, many=task in MANY)


def _head(task: str, found: Examples, plan: Plan, columns: Doubles, biases: Doubles, said: Meaning) -> Head:
    """All that was fitted in the head's own form: eight bits a bucket, and what the chances mean folded in."""
    hashed = columns[:BUCKETS] * plan.hashed * said.slope
    figures = columns[BUCKETS:] * plan.figures * said.slope
    used = np.flatnonzero(np.abs(hashed).max(axis=1) > 0)
    kept = hashed[used]
    scale = np.maximum(np.percentile(np.abs(kept), 99.99, axis=0) / 127 if len(kept) else np.zeros(kept.shape[1]), 1e-9)
    small = np.clip(np.round(kept / scale), -127, 127).astype(np.int8)
    met = np.abs(small).max(axis=1) > 0 if len(small) else np.zeros(0, dtype=bool)
    return Head(
        task=task,
        labels=found.names,
        many=task in MANY,
        used=used[met].astype(np.int32),
        hashed=np.vstack([np.zeros((1, len(found.names)), dtype=np.int8), small[met]]),
        scale=scale.astype(np.float32),
        dense=figures.astype(np.float32),
        bias=(biases * said.slope + said.shift).astype(np.float32),
        bars=said.bars.astype(np.float32),
        extras=figures.shape[0] - DENSE,
        base=linear.load().version,
        story=_story(found, plan),
    )


def _story(found: Examples, plan: Plan) -> dict[str, Any]:
    import sklearn

    return {
        "posts": len(found.texts),
        "by_label": counts(found),
        "strength": plan.strength,
        "hashed": plan.hashed,
        "figures": plan.figures,
        "numpy": np.__version__,
        "scikit_learn": sklearn.__version__,
    }
