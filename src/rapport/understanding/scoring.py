"""Figures for a classifier on labelled posts: accuracy, recall and precision by class, agreement on a scale.

Plain counting, no library: the definitions stand here so that a figure can be checked by hand.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any


def by_class(truth: Sequence[str], said: Sequence[str]) -> dict[str, Any]:
    """``n, accuracy, macro_recall, macro_f1`` (means over the classes that occur in ``truth``) and ``per_class``."""
    hits = Counter(t for t, s in zip(truth, said, strict=True) if t == s)
    support, named = Counter(truth), Counter(said)
    table: dict[str, dict[str, float]] = {}
    for label in sorted(support.keys() | named.keys()):
        precision = _share(hits[label], named[label])
        recall = _share(hits[label], support[label])
        f1 = _share(2 * precision * recall, precision + recall)
        table[label] = {
            "precision": round(precision, 4), "recall": round(recall, 4), "f1": round(f1, 4), "support": support[label],
        }  # fmt: skip
    met = [table[label] for label in support]
    return {
        "n": len(truth),
        "accuracy": round(_share(sum(hits.values()), len(truth)), 4),
        "macro_recall": round(_share(sum(row["recall"] for row in met), len(met)), 4),
        "macro_f1": round(_share(sum(row["f1"] for row in met), len(met)), 4),
        "per_class": table,
    }


def quadratic_kappa(truth: Sequence[int], said: Sequence[int]) -> float:
    """Agreement on an ordered scale beyond chance, far misses weighing by their square (Cohen 1968)."""
    pairs = Counter(zip(truth, said, strict=True))
    rows, columns, n = Counter(truth), Counter(said), len(truth)
    if not n:
        return 0.0
    seen = sum(count * (t - s) ** 2 for (t, s), count in pairs.items())
    chance = sum(rows[t] * columns[s] * (t - s) ** 2 for t in rows for s in columns) / n
    return round(1.0 - seen / chance, 4) if chance else 1.0


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0
