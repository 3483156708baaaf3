"""Where no frame is filled but much leans one way: many small signs weighed together.

People tell of danger in words nobody has listed together before. The signs are the sections the lists found (``s.*``
lean towards one flag, ``n.*`` start frames); whether the post speaks of kin or the body; their weights are
a logistic regression over our own posts and ordinary ones (``benchmarks/safety.py fit``), its margin set for one to two
ordinary posts in a hundred.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import Final

import msgspec

from rapport.understanding import lexicon
from rapport.understanding.lexicon import Found
from rapport.understanding.tokens import Tokens

NOUNS: Final = {
    "danger": ("wound", "sick", "found", "crash", "wet", "ate", "electric", "threat", "part", "hard", "care", "poison",
               "welfare", "lifeline", "fire", "guard", "minor", "breaks", "reacts", "cause"),
    "legal": ("lawyer", "demand"),
    "breach": ("saw", "others", "datum", "fakes", "tookover"),
    "bereavement": ("dead",),
    "illness": ("sickness", "hindered"),
    "hardship": ("broke", "tightness"),
}  # fmt: skip
"""Which flag a section that starts frames speaks for, where it stands without its frame."""
AGAINST: Final = ("guard", "i.joke", "i.thanks", "i.praise", "i.question", "i.news")
WHO: Final = ("w.kin", "w.body")
"""Not me, you, people and things: every letter speaks of those, and proves nothing by its length."""
STEPS: Final = (1, 2, 4)
"""How many words of one ``s.*`` list count as a further sign."""
_FEW: Final = 2
_LEANS: Final = 0.78


class Weights(msgspec.Struct, frozen=True):
    """``signs``: the weight of each, by name; ``bias`` is added; above 0 the post is flagged."""

    bias: float
    signs: dict[str, float]


@cache
def weights() -> Weights:
    """The weights as shipped, read once."""
    text = resources.files("rapport.understanding").joinpath("models/signs.json").read_bytes()
    return msgspec.json.decode(text, type=Weights)


def of(tokens: Tokens, found: Sequence[Found], language: str) -> dict[str, float]:
    """The signs of one post by name: 1.0 where there is one."""
    signs: dict[str, float] = {}
    leans: dict[str, int] = {}
    for section, _, _, _ in found:
        if section in _COUNTED:
            signs[section] = 1.0
        elif section in _LEANS_ON:
            leans[section] = leans.get(section, 0) + 1
    for section, many in leans.items():
        signs.update((f"{section}>={step}", 1.0) for step in STEPS if many >= step)
    if len(signs) < _FEW:
        return {}
    for who in WHO:
        if not lexicon.words(language, who).isdisjoint(tokens.words):
            signs[who] = 1.0
    return signs


def leaning(tokens: Tokens, found: Sequence[Found], language: str) -> list[Found]:
    """One finding ``f.<flag>`` where the signs weigh enough: the flag that most of them speak for, from first to last."""
    signs = of(tokens, found, language)
    if not signs:
        return []
    held = weights()
    if held.bias + sum(held.signs.get(name, 0.0) * value for name, value in signs.items()) <= 0:
        return []
    shares = {flag: _share(flag, signs, held) for flag in NOUNS}
    flag = max(shares, key=lambda name: shares[name])
    spans = [hit for hit in found if hit.section == f"s.{flag}" or hit.section[2:] in NOUNS[flag]]
    if len({hit.first for hit in spans}) + ("w.kin" in signs) < _FEW or not any(
        hit.section == f"s.{flag}" for hit in spans
    ):
        return []  # one word that leans is every letter's
    return [Found(f"f.{flag}", _LEANS, min(hit.first for hit in spans), max(hit.last for hit in spans))]


def _share(flag: str, signs: dict[str, float], held: Weights) -> float:
    names = [f"s.{flag}>={step}" for step in STEPS] + [f"n.{noun}" for noun in NOUNS[flag]]
    return sum(max(0.0, held.signs.get(name, 0.0)) for name in names if name in signs)


_LEANS_ON: Final = frozenset(f"s.{flag}" for flag in NOUNS)
_COUNTED: Final = frozenset([*(f"n.{noun}" for nouns in NOUNS.values() for noun in nouns), *AGAINST])
