"""Agreement of two readers beyond chance: Cohen's kappa (1960), with the number of posts both have read. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

ENOUGH = 20
"""With fewer posts in common nothing is said."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """``kappa`` is None where too few posts were read by two, or where nobody ever said anything else."""

    posts: int
    same: int
    kappa: float | None


def agreement(pairs: Sequence[tuple[str, str]]) -> Agreement:
    """How two readers agree: each pair is what both said of one post."""
    count, same = len(pairs), sum(one == other for one, other in pairs)
    if count < ENOUGH:
        return Agreement(count, same, None)
    first, second = Counter(one for one, _ in pairs), Counter(other for _, other in pairs)
    by_chance = sum(first[answer] * second[answer] for answer in first) / count**2
    if by_chance >= 1:
        return Agreement(count, same, None)
    return Agreement(count, same, round((same / count - by_chance) / (1 - by_chance), 3))
