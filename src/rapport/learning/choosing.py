"""Choosing: which posts teach most if somebody labels them. Pure.

Uncertain ones teach most, and ten of a kind teach little more than one: each next one is the least sure that is unlike
what was chosen (a greedy maximal marginal relevance, Carbonell & Goldstein 1998, over sets of words).
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

WANTED: Final = 10
_LIKENESS: Final = 1.0
"""How much being like another weighs against being unsure, both 0..1."""
_WORD: Final = re.compile(r"[^\W\d_]{2,}")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A post that could be labelled: ``doubt`` 0 (sure) .. 1 (might as well be the other)."""

    id: int
    text: str
    doubt: float


def doubt(chance: float) -> float:
    """How unsure a chance is: its entropy, 0..1."""
    share = min(max(chance, 1e-9), 1 - 1e-9)
    return -(share * math.log2(share) + (1 - share) * math.log2(1 - share))


def choose(candidates: Sequence[Candidate], wanted: int = WANTED, seen: Sequence[str] = ()) -> list[Candidate]:
    """At most ``wanted``, the most useful first; unlike each other and the texts ``seen`` just now.

    Of posts with the same words only one; the order given breaks ties.
    """
    words = [_words(one.text) for one in candidates]
    known = [_words(text) for text in seen]
    nearest = [max((_alike(one, other) for other in known), default=0.0) for one in words]
    left = list(range(len(candidates)))
    chosen: list[Candidate] = []
    while left and len(chosen) < wanted:
        best = max(left, key=lambda at: (candidates[at].doubt - _LIKENESS * nearest[at], -at))
        left.remove(best)
        if nearest[best] >= 1.0:
            continue
        chosen.append(candidates[best])
        for at in left:
            nearest[at] = max(nearest[at], _alike(words[best], words[at]))
    return chosen


def _words(text: str) -> frozenset[str]:
    return frozenset(word.casefold() for word in _WORD.findall(text[:1_000]))


def _alike(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other) if one | other else 1.0
