"""The signs that one turn shows beside those before it, each a function of the turns alone. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from rapport.understanding.structure_words import Said, alike

_ALIKE: Final = 0.4
"""From here one question is another in other words."""
_NEAR: Final = 0.16
"""From here two turns are about one matter."""
_LATER: Final = timedelta(hours=12)
_ANOTHER_TIME: Final = timedelta(days=10)


@dataclass(frozen=True, slots=True)
class Sign:
    """One thing that a turn shows. ``turn`` and ``before`` are places (0-based): where, and what it goes back to.

    ``start``/``end`` are the words of ``turn`` that show it (-1 where no words do); ``times``: how often by now, for
    ``slower`` how many times as long as the first wait.
    """

    code: str
    turn: int
    before: int = -1
    start: int = -1
    end: int = -1
    times: float = 1


def asked_again(before: Sequence[Said], said: Said, already: int) -> Sign | None:
    """A question or wish that resembles one of theirs from before, with an answer of ours in between.

    ``already``: how often that was seen so far.
    """
    spoke = False
    for at in range(len(before) - 1 if said.asks else -1, -1, -1):
        one = before[at]
        spoke = spoke or one.ours
        if one.ours or not spoke:
            continue
        for span, about in said.asks:
            if any(alike(about, held, _ALIKE) for _, held in one.asks):
                return Sign("asked_again", len(before), at, *span, times=2 + already)
    return None


def same_matter(before: Sequence[Said], said: Said) -> Sign | None:
    """They write of what they wrote of before, although we have answered in between."""
    spoke = False
    for at in range(len(before) - 1, -1, -1):
        spoke = spoke or before[at].ours
        if spoke and not before[at].ours and alike(said.whole, before[at].whole, _NEAR):
            return Sign("same_matter", len(before), at)
    return None


def told_again(before: Sequence[Said], said: Said) -> Sign | None:
    """A number or reference that they gave before, given once more after we spoke."""
    for name, span in said.numbers.items():
        given = [at for at, one in enumerate(before) if not one.ours and name in one.numbers]
        if given and any(one.ours for one in before[given[-1] :]):
            return Sign("told_again", len(before), given[0], *span, times=len(given) + 1)
    return None


def no_word(before: Sequence[Said], said: Said) -> Sign | None:
    """They asked something, we said nothing, and much later they write once more."""
    last = before[-1] if before else None
    if last is None or last.ours or not last.asks or not (last.said_at and said.said_at):
        return None
    waited = said.said_at - last.said_at >= _LATER and any(one.ours for one in before)
    return Sign("no_word", len(before), len(before) - 1) if waited else None


def long_after(before: Sequence[Said], said: Said) -> bool:
    """So long after our answer that what they ask is a new matter, unless they say themselves that it is the old one."""
    ours = next((one for one in reversed(before) if one.ours), None)
    return bool(ours and ours.said_at and said.said_at and said.said_at - ours.said_at > _ANOTHER_TIME)
