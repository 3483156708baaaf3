"""Fitting on some rows and scoring others: how a model is compared with another, and what more posts would bring."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from rapport.understanding.heads import OUTSIDE, Head, name, prepare, score
from rapport.understanding.scoring import by_class, by_labels, calibration
from rapport.understanding.training.examples import Examples, examples
from rapport.understanding.training.fitting import Progress, fit

_BATCH: Final = 512
Rows = Sequence[Mapping[str, Any]]


def measure(task: str, learn: Rows, held: Rows, progress: Progress | None = None) -> tuple[Head, dict[str, Any]]:
    """(the head of ``learn``, its figures on ``held``)."""
    head = fit(task, learn, progress=progress)
    return head, figures(head, held)


def figures(head: Head, labelled: Rows) -> dict[str, Any]:
    """How right ``head`` is: the keys of ``scoring.by_class`` and ``ece``; with a label ``oos`` also
    ``in_scope_accuracy`` and ``out_of_scope_recall``. Raises ValueError with a sentence for a label that is none."""
    found = examples(head.task, labelled, least=1)
    said, sure = _said(head, found)
    if head.many:
        return by_labels(found.labels, said)
    truth, named = [labels[0] for labels in found.labels], [labels[0] for labels in said]
    right = [t == s for t, s in zip(truth, named, strict=True)]
    counted = by_class(truth, named) | {"ece": calibration(sure, right)}
    if OUTSIDE in truth:
        inside = [yes for yes, label in zip(right, truth, strict=True) if label != OUTSIDE]
        outside = [yes for yes, label in zip(right, truth, strict=True) if label == OUTSIDE]
        counted["in_scope_accuracy"] = round(sum(inside) / max(1, len(inside)), 4)
        counted["out_of_scope_recall"] = round(sum(outside) / max(1, len(outside)), 4)
    return counted


def _said(head: Head, found: Examples) -> tuple[list[tuple[str, ...]], list[float]]:
    """What it says of each post, and the chance it gives to that."""
    said: list[tuple[str, ...]] = []
    sure: list[float] = []
    extra = np.array(found.extra, dtype=np.float32) if head.extras else None
    for at in range(0, len(found.texts), _BATCH):
        more = None if extra is None else extra[at : at + _BATCH]
        chances = score(head, prepare(found.texts[at : at + _BATCH]), more)
        named = name(head, chances)
        said += named
        sure += [float(row[head.labels.index(one[0])]) for row, one in zip(chances, named, strict=True)]
    return said, sure
