"""Figures for a classifier on labelled posts: accuracy, recall and precision by class, agreement on a scale.

Plain counting, no library: the definitions stand here so that a figure can be checked by hand.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any


def by_class(truth: Sequence[str], said: Sequence[str]) -> dict[str, Any]:
    """``n, accuracy, macro_recall, macro_f1`` (means over the classes that occur in ``truth``) and ``per_class``."""
    hits = Counter(t for t, s in zip(truth, said, strict=True) if t == s)
    support, named = Counter(truth), Counter(said)
    return _summary(len(truth), sum(hits.values()), _table(hits, support, named), support)


def _table(hits: Counter[str], support: Counter[str], named: Counter[str]) -> dict[str, dict[str, float]]:
    table: dict[str, dict[str, float]] = {}
    for label in sorted(support.keys() | named.keys()):
        precision = _share(hits[label], named[label])
        recall = _share(hits[label], support[label])
        f1 = _share(2 * precision * recall, precision + recall)
        table[label] = {
            "precision": round(precision, 4), "recall": round(recall, 4), "f1": round(f1, 4), "support": support[label],
        }  # fmt: skip
    return table


def _summary(n: int, right: int, table: dict[str, dict[str, float]], support: Counter[str]) -> dict[str, Any]:
    met = [table[label] for label in support]
    return {
        "n": n,
        "accuracy": round(_share(right, n), 4),
        "macro_recall": round(_share(sum(row["recall"] for row in met), len(met)), 4),
        "macro_f1": round(_share(sum(row["f1"] for row in met), len(met)), 4),
        "per_class": table,
    }


def by_labels(truth: Sequence[Collection[str]], said: Sequence[Collection[str]]) -> dict[str, Any]:
    """The same where a post may carry several labels; ``accuracy`` is the share whose labels are all right, no more and
    no fewer, and the means are over the labels that occur in ``truth``."""
    hits = Counter(label for t, s in zip(truth, said, strict=True) for label in set(t) & set(s))
    support, named = (Counter(label for labels in side for label in set(labels)) for side in (truth, said))
    table = _table(hits, support, named)
    exact = sum(set(t) == set(s) for t, s in zip(truth, said, strict=True))
    return _summary(len(truth), exact, table, support)


def quadratic_kappa(truth: Sequence[int], said: Sequence[int]) -> float:
    """Agreement on an ordered scale beyond chance, far misses weighing by their square (Cohen 1968)."""
    pairs = Counter(zip(truth, said, strict=True))
    rows, columns, n = Counter(truth), Counter(said), len(truth)
    if not n:
        return 0.0
    seen = sum(count * (t - s) ** 2 for (t, s), count in pairs.items())
    chance = sum(rows[t] * columns[s] * (t - s) ** 2 for t in rows for s in columns) / n
    return round(1.0 - seen / chance, 4) if chance else 1.0


def calibration(chances: Sequence[float], right: Sequence[bool], bins: int = 10) -> float:
    """The expected calibration error: how far chances are from how often they came true, over equal bins of chance."""
    sums = [[0.0, 0.0, 0.0] for _ in range(bins)]
    for chance, yes in zip(chances, right, strict=True):
        held = sums[min(bins - 1, int(chance * bins))]
        held[0] += chance
        held[1] += yes
        held[2] += 1
    return round(_share(sum(abs(said - came) for said, came, _ in sums), len(chances)), 4)


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0
