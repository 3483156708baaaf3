"""How good a model is on labelled posts, before and after: the figures a page shows, and the one that decides."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

from rapport.understanding.scoring import by_class

_GRADES: Final = {"no": 0.0, "unsure": 0.5, "yes": 1.0}


def needs(truth: Sequence[str], said: Sequence[str]) -> dict[str, Any]:
    """``score``: how near each verdict came (*unsure* lies half-way), the mean of both answers' means; and, as the desk
    sees it (*unsure* is on it): ``found`` (recall of yes), ``spared`` (recall of no), ``right`` (precision of yes)."""
    near: dict[str, list[float]] = {"yes": [], "no": []}
    for true, word in zip(truth, said, strict=True):
        near[true].append(1 - abs(_GRADES[true] - _GRADES[word]))
    means = [sum(values) / len(values) for values in near.values() if values]
    shown = [word != "no" for word in said]
    wanted = [true == "yes" for true in truth]
    hit = sum(one and other for one, other in zip(shown, wanted, strict=True))
    return {
        "n": len(truth), "score": round(sum(means) / max(1, len(means)), 4),
        "found": _share(hit, sum(wanted)), "right": _share(hit, sum(shown)),
        "spared": _share(sum(not one and not other for one, other in zip(shown, wanted, strict=True)),
                         len(wanted) - sum(wanted)),
        "unsure": _share(sum(word == "unsure" for word in said), len(said)),
    }  # fmt: skip


def valence(truth: Sequence[str], said: Sequence[str]) -> dict[str, Any]:
    """``score``: the mean of ``accuracy`` (how often people agree) and ``macro_f1`` (so that no feeling is neglected)."""
    figures = by_class(truth, said)
    accuracy, macro_f1 = round(figures["accuracy"], 4), round(figures["macro_f1"], 4)
    return {"n": len(truth), "score": round((accuracy + macro_f1) / 2, 4), "accuracy": accuracy, "macro_f1": macro_f1}


def rows(truth: Sequence[str], said: Sequence[str], shipped: Sequence[str]) -> dict[str, Any]:
    """As of valence; ``mended`` and ``spoilt`` against what the table had said, and ``kept``: of what it had called as
    people do, the share that is still called so."""
    right = [one == true for true, one, was in zip(truth, said, shipped, strict=True) if was == true]
    mended = sum(was != true == one for true, one, was in zip(truth, said, shipped, strict=True))
    counts = {"mended": mended, "spoilt": len(right) - sum(right)}
    return valence(truth, said) | counts | {"kept": _share(sum(right), len(right))}


def by_chance(mended: int, spoilt: int, z: float = 1.2816) -> bool:
    """More might be mended than spoilt by chance alone (McNemar 1947, one-sided 90 % at the default z)."""
    return mended - spoilt < z * math.sqrt(mended + spoilt) or mended == spoilt


def upper(hits: int, count: int, z: float = 1.2816) -> float:
    """The upper end of Wilson's interval (1927) for a share; one-sided 90 % at the default z. 1 where nothing is known."""
    if not count:
        return 1.0
    share = hits / count
    middle = share + z * z / (2 * count)
    spread = z * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    return min(1.0, (middle + spread) / (1 + z * z / count))


def down(chances: Sequence[float], truth: Sequence[str], most: float = 0.05) -> float:
    """The highest mark at or below which at most ``most`` of the posts needed an answer, with 90 % confidence; -1: none.

    ``chances`` were given by models that had not seen the posts.
    """
    found, hits = -1.0, 0
    ordered = sorted(zip(chances, truth, strict=True))
    for count, (chance, true) in enumerate(ordered, 1):
        hits += true == "yes"
        last = count == len(ordered) or ordered[count][0] > chance
        if chance > 0.3:
            break
        if last and upper(hits, count) <= most:
            found = chance
    return found


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0
