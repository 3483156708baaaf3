"""A small linear model over hashed words, word pairs and letter runs, and the lists' own findings; numpy alone.

Its weights are whole numbers of eight bits with one scale an output, trained only on openly licensed sets (the model
card says which, ``benchmarks/train_reading.py`` how). A batch is one concatenation of bytes, so that hashing, looking
up and adding are each one call for all its posts.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from rapport.understanding.lexicon import Found
from rapport.understanding.tokens import Tokens

VALENCES: Final = 3
BITS: Final = 17
BUCKETS: Final = 1 << BITS
RUNS: Final = (3, 4, 5)
"""Lengths of the letter runs, in bytes of UTF-8, within the words between single spaces."""
OUTPUTS: Final = (
    "negative", "neutral", "positive",
    "joy", "gratitude", "admiration", "optimism", "surprise", "confusion", "worry", "sadness", "disappointment",
    "frustration", "anger", "disgust", "unmoved",
)  # fmt: skip
_BYTES_AT_MOST: Final = 1_200
_MIX: Final = 0x9E3779B97F4A7C15
_SECTIONS: Final = (
    "e.joy", "e.gratitude", "e.admiration", "e.optimism", "e.surprise", "e.confusion", "e.worry", "e.sadness",
    "e.disappointment", "e.frustration", "e.anger", "e.disgust", "i.complaint", "i.praise", "i.question", "i.request",
    "i.thanks", "i.joke", "i.spam", "i.news", "neg", "but", "p.first", "p.second",
)  # fmt: skip
DENSE: Final = len(_SECTIONS) + 8

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Weights:
    """What was learned: ``hashed`` (BUCKETS, outputs) int8 with ``scale`` (outputs,), ``dense`` (DENSE, outputs)."""

    hashed: NDArray[np.int8]
    scale: Floats
    dense: Floats
    bias: Floats
    version: str


def score(posts: Sequence[Tokens], dense: Floats) -> Floats:
    """(posts, outputs) in the order of OUTPUTS: margins of the three valences, then chances 0..1 of each emotion."""
    weights = load()
    words, letters = hashes(posts)
    total = _summed(weights.hashed, *words) + _summed(weights.hashed, *letters)
    answer: Floats = total * weights.scale + dense @ weights.dense + weights.bias
    answer[:, VALENCES:] = 1 / (1 + np.exp(-np.clip(answer[:, VALENCES:], -30, 30)))
    return answer


def features(tokens: Tokens, found: Sequence[Found], scores: dict[str, float], felt: float) -> list[float]:
    """The DENSE figures of one post beside its hashes: the lists' findings, and the shape of the text."""
    good = sum(hit.weight for hit in found if hit.section == "v" and hit.weight > 0)
    bad = sum(hit.weight for hit in found if hit.section == "v" and hit.weight < 0)
    shape = [
        felt, abs(felt), min(good, 12.0) / 6, max(bad, -12.0) / 6, min(tokens.exclaimed, 4) / 4, float(tokens.asked),
        min(tokens.shouted, 6) / 6, float(tokens.links > 0),
    ]  # fmt: skip
    return [*shape, *(scores.get(section, 0.0) for section in _SECTIONS)]


Hashed = tuple[NDArray[np.int64], NDArray[np.int64]]


def hashes(posts: Sequence[Tokens]) -> tuple[Hashed, Hashed]:
    """((buckets, starts) of words and word pairs, the same of letter runs); post *i* owns starts[i]..starts[i+1]."""
    return _words(posts), _letters(posts)


def _words(posts: Sequence[Tokens]) -> Hashed:
    buckets: list[int] = []
    starts = [0]
    known = _known()
    for tokens in posts:
        own = [known.get(word) or _word(word) for word in tokens.words[:240]]
        buckets += [code & (BUCKETS - 1) for code in own]
        buckets += [(one * 31 + other * 7 + 3) >> 5 & (BUCKETS - 1) for one, other in pairwise(own)]
        starts.append(len(buckets))
    return np.array(buckets, dtype=np.int64), np.array(starts, dtype=np.int64)


@cache
def _known() -> dict[str, int]:
    return {}


def _word(word: str) -> int:
    known = _known()
    code = known.get(word)
    if code is None:
        code = zlib.crc32(word.encode("utf-8", "replace"))
        if len(known) < 50_000:
            known[word] = code
    return code


def _letters(posts: Sequence[Tokens]) -> Hashed:
    lines = [tokens.line.encode("utf-8", "replace")[:_BYTES_AT_MOST] for tokens in posts]
    sizes = np.array([len(line) for line in lines], dtype=np.int64)
    letters = np.frombuffer(b"".join(lines), dtype=np.uint8).astype(np.uint64)
    ends = np.cumsum(sizes)
    owner_end = np.repeat(ends, sizes)
    place = np.arange(len(letters), dtype=np.int64)
    buckets = np.zeros((len(letters), len(RUNS)), dtype=np.int64)
    code = np.zeros(len(letters), dtype=np.uint64)
    for reach in range(max(RUNS)):
        shifted = np.zeros_like(letters)
        shifted[: max(0, len(letters) - reach)] = letters[reach:]
        code = code * np.uint64(257) + shifted + np.uint64(1)
        if reach + 1 in RUNS:
            mixed = (code * np.uint64(_MIX)) >> np.uint64(64 - BITS)
            inside = place + reach < owner_end
            buckets[:, RUNS.index(reach + 1)] = np.where(inside, mixed.astype(np.int64), -1)
    flat = buckets.ravel()
    kept = flat >= 0
    counts = np.concatenate(([0], np.cumsum(kept)))
    starts = counts[np.concatenate(([0], ends)) * len(RUNS)]
    return flat[kept], starts


def _summed(hashed: NDArray[np.int8], buckets: NDArray[np.int64], starts: NDArray[np.int64]) -> Floats:
    """Each post's weights added up, over the square root of how many there are (the length must not decide)."""
    sizes = np.diff(starts)
    total = np.zeros((len(sizes), hashed.shape[1]), dtype=np.float32)
    full = sizes > 0
    if full.any():
        rows = np.take(hashed, buckets, axis=0)
        total[full] = np.add.reduceat(rows, starts[:-1][full], axis=0, dtype=np.int32)
        total[full] /= np.sqrt(sizes[full])[:, None]
    return total


@cache
def load() -> Weights:
    """The shipped weights, read once. Raises ValueError where they were trained on other figures than we count now."""
    with resources.files("rapport.understanding").joinpath("models/reading.npz").open("rb") as file:
        stored: Any = np.load(file, allow_pickle=False)
        if stored["dense"].shape != (DENSE, len(OUTPUTS)):
            raise ValueError("models/reading.npz was trained on other features: run benchmarks/train_reading.py again.")
        return Weights(
            hashed=stored["hashed"],
            scale=stored["scale"],
            dense=stored["dense"],
            bias=stored["bias"],
            version=str(stored["version"]),
        )
