"""Weighing: several acts on one message become one example, or none. Pure.

A word about the post itself (a correction, a label) holds before any deed; of deeds the latest. Members who read the
same post differently cancel each other out: what people do not agree about is no example.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from rapport.learning.acts import Act
from rapport.learning.course.lessons import FULL, SOURCES


@dataclass(frozen=True, slots=True)
class Weighed:
    """What the acts on one message teach together."""

    message: int
    answer: str
    weight: float
    source: str
    at: datetime


def weigh(acts: Iterable[Act]) -> list[Weighed]:
    """One example for each message on which people agree, by message."""
    found: dict[int, list[Act]] = defaultdict(list)
    for act in acts:
        found[act.message].append(act)
    weighed = (_one(message, some) for message, some in sorted(found.items()))
    return [one for one in weighed if one is not None]


def _one(message: int, acts: list[Act]) -> Weighed | None:
    latest = max(acts, key=lambda act: act.at)
    words = [act for act in acts if SOURCES[act.source] >= FULL]
    if words:
        answer = _agreed(words)
        if answer is None:
            return None
        source = min(act.source for act in words if act.answer == answer)  # "correction" before "label"
        return Weighed(message, answer, FULL, source, max(act.at for act in words))
    strongest = max((act for act in acts if act.answer == latest.answer), key=lambda act: SOURCES[act.source])
    undisputed = len({act.answer for act in acts}) == 1
    return Weighed(
        message, latest.answer, SOURCES[strongest.source] * (1 if undisputed else 0.5), strongest.source, latest.at
    )


def _agreed(words: list[Act]) -> str | None:
    """The answer of most people; each has one voice, the last they gave. None where two answers have as many."""
    voices: dict[int | None, Act] = {}
    for act in sorted(words, key=lambda act: act.at):
        voices[act.by] = act
    ranked = Counter(act.answer for act in voices.values()).most_common(2)
    if len(ranked) == 2 and ranked[0][1] == ranked[1][1]:
        return None
    return ranked[0][0]
