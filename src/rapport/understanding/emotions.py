"""What a post feels, in twelve words people understand: the lists' word for it, and the model's where it has learned.

Several may be felt at once, or none: what is weak is left out rather than guessed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rapport.understanding.linear import OUTPUTS

EMOTIONS: Final = (
    "joy", "gratitude", "admiration", "optimism", "surprise", "confusion", "worry", "sadness", "disappointment",
    "frustration", "anger", "disgust",
)  # fmt: skip
_PLACE: Final = {name: OUTPUTS.index(name) for name in EMOTIONS}
_SECTION: Final = {name: f"e.{name}" for name in EMOTIONS}
_SECTIONS: Final = frozenset(_SECTION.values())
_FIRST, _END = min(_PLACE.values()), max(_PLACE.values()) + 1
_LEAST: Final = 0.3
_OF_LISTS: Final = 0.4
"""The lists' share where both speak; by themselves, in another language, they speak alone."""


def felt(scores: dict[str, float], learned: Sequence[float] | None) -> dict[str, float]:
    """The emotions found and how strongly (0..1). ``scores``: the lists' sections; ``learned``: the model's outputs."""
    if _SECTIONS.isdisjoint(scores) and (learned is None or (1 - _OF_LISTS) * max(learned[_FIRST:_END]) < _LEAST):
        return {}
    strengths = {}
    for name in EMOTIONS:
        listed = scores.get(_SECTION[name], 0.0)
        if learned is not None:
            listed = _OF_LISTS * listed + (1 - _OF_LISTS) * learned[_PLACE[name]]
        if listed >= _LEAST:
            strengths[name] = round(listed, 3)
    return strengths
