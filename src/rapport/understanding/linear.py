"""A small linear model over hashed words, word pairs and letter runs, and the lists' own findings; numpy alone.

Its weights are whole numbers of eight bits with one scale an output, trained only on openly licensed sets (the model
card says which, ``training/clean.py`` how).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from rapport.understanding.hashing import BUCKETS as BUCKETS
from rapport.understanding.hashing import Floats, summed
from rapport.understanding.hashing import hashes as hashes
from rapport.understanding.lexicon import Found
from rapport.understanding.tokens import Tokens

VALENCES: Final = 3
EKMAN: Final = ("anger", "disgust", "fear", "joy", "sadness", "surprise", "neutral")
MOODS: Final = ("anger", "joy", "optimism", "sadness")
OUTPUTS: Final = (
    "negative", "neutral", "positive",
    "joy", "gratitude", "admiration", "optimism", "surprise", "confusion", "worry", "sadness", "disappointment",
    "frustration", "anger", "disgust", "unmoved",
    *(f"ekman.{name}" for name in EKMAN), *(f"mood.{name}" for name in MOODS), "complaint", "rude", "spam",
)  # fmt: skip
"""Margins of three valences; chances of twelve emotions and of none; then chances whose bar is one half: Ekman's six
feelings and none, the mood that prevails, whether it complains, is rude, or advertises."""
_SECTIONS: Final = (
    "e.joy", "e.gratitude", "e.admiration", "e.optimism", "e.surprise", "e.confusion", "e.worry", "e.sadness",
    "e.disappointment", "e.frustration", "e.anger", "e.disgust", "i.complaint", "i.praise", "i.question", "i.request",
    "i.thanks", "i.joke", "i.spam", "i.news", "neg", "but", "p.first", "p.second",
    "m.anger", "m.joy", "m.optimism", "m.sadness", "o.slur", "o.curse", "o.insult",
)  # fmt: skip
DENSE: Final = len(_SECTIONS) + 8
_PLACES: Final = {section: place for place, section in enumerate(_SECTIONS, 8)}
_NO_SECTIONS: Final = (0.0,) * len(_SECTIONS)


@dataclass(frozen=True)
class Weights:
    """What was learned: ``hashed`` (BUCKETS, outputs) int8 with ``scale`` (outputs,), ``dense`` (DENSE, outputs).

    ``lists`` (DENSE + 1, valences), its last row the bias, weighs the figures alone, without any word.
    """

    hashed: NDArray[np.int8]
    scale: Floats
    dense: Floats
    bias: Floats
    lists: Floats
    version: str


def score(posts: Sequence[Tokens], dense: Floats) -> Floats:
    """(posts, outputs) in the order of OUTPUTS: margins of the three valences, then chances 0..1."""
    weights = load()
    words, letters = hashes(posts)
    total = summed(weights.hashed, *words) + summed(weights.hashed, *letters)
    answer: Floats = total * weights.scale + dense @ weights.dense + weights.bias
    answer[:, VALENCES:] = 1 / (1 + np.exp(-np.clip(answer[:, VALENCES:], -30, 30)))
    return answer


def by_lists(dense: Floats) -> Floats:
    """(posts, valences) margins from the figures alone: what the lists found and how a post is shaped, which mean the
    same in every language that has lists."""
    held = load().lists
    answer: Floats = dense @ held[:-1] + held[-1]
    return answer


def features(tokens: Tokens, found: Sequence[Found], scores: dict[str, float], felt: float) -> list[float]:
    """The DENSE figures of one post beside its hashes: the lists' findings, and the shape of the text."""
    good = bad = 0.0
    for section, weight, _, _ in found:
        if section == "v":
            if weight > 0:
                good += weight
            else:
                bad += weight
    row = [
        felt, abs(felt), min(good, 12.0) / 6, max(bad, -12.0) / 6, min(tokens.exclaimed, 4) / 4, float(tokens.asked),
        min(tokens.shouted, 6) / 6, float(tokens.links > 0), *_NO_SECTIONS,
    ]  # fmt: skip
    for section, score in scores.items():
        if section in _PLACES:
            row[_PLACES[section]] = score
    return row


def place(section: str) -> int:
    """Where a section of the lists stands among the DENSE figures."""
    return _PLACES[section]


@cache
def load() -> Weights:
    """The shipped weights, read once. Raises ValueError where they were trained on other figures than we count now."""
    with resources.files("rapport.understanding").joinpath("models/reading.npz").open("rb") as file:
        stored: Any = np.load(file, allow_pickle=False)
        if "lists" not in stored or stored["dense"].shape != (DENSE, len(OUTPUTS)):
            raise ValueError(
                "models/reading.npz was trained on other features: train them again (rapport.understanding.training)."
            )
        return Weights(
            hashed=stored["hashed"],
            scale=stored["scale"],
            dense=stored["dense"],
            bias=stored["bias"],
            lists=stored["lists"],
            version=str(stored["version"]),
        )
