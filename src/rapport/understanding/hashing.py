"""Words, word pairs and letter runs of posts as numbers of buckets: what every learned head looks its weights up by.

A batch is one concatenation of bytes, so that hashing, looking up and adding are each one call for all its posts.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rapport.understanding.tokens import Tokens

BITS: Final = 17
BUCKETS: Final = 1 << BITS
RUNS: Final = (3, 4, 5)
"""Lengths of the letter runs, in bytes of UTF-8, within the words between single spaces."""
_WORDS_AT_MOST: Final = 240
_BYTES_AT_MOST: Final = 1_200
_MIX: Final = 0x9E3779B97F4A7C15
_KEPT: Final = 50_000
_NEAR: Final = 512
"""So many weights of a bucket times posts are added at once."""

Floats = NDArray[np.float32]
Hashed = tuple[NDArray[np.int64], NDArray[np.int64]]
"""(buckets, starts): post *i* owns buckets[starts[i]:starts[i + 1]]."""


def hashes(posts: Sequence[Tokens]) -> tuple[Hashed, Hashed]:
    """(words and word pairs, letter runs) of the posts, each as Hashed."""
    return _words(posts), _letters(posts)


def _words(posts: Sequence[Tokens]) -> Hashed:
    get = _known().get
    listed = [tokens.words[:_WORDS_AT_MOST] for tokens in posts]
    many = np.array([len(words) for words in listed], dtype=np.int64)
    pairs = np.maximum(many - 1, 0)
    starts = np.concatenate(([0], np.cumsum(many + pairs)))
    codes = np.array([get(word) or _word(word) for words in listed for word in words], dtype=np.int64)
    place = np.arange(len(codes)) + np.repeat(starts[:-1] - np.cumsum(many) + many, many)
    buckets = np.zeros(starts[-1], dtype=np.int64)
    buckets[place] = codes & (BUCKETS - 1)
    last = np.zeros(len(codes), dtype=bool)
    last[(np.cumsum(many) - 1)[many > 0]] = True
    first = np.flatnonzero(~last)
    after = place + np.repeat(many, many)
    buckets[after[first]] = (codes[first] * 31 + codes[first + 1] * 7 + 3) >> 5 & (BUCKETS - 1)
    return buckets, starts


@cache
def _known() -> dict[str, int]:
    return {}


def _word(word: str) -> int:
    known = _known()
    code = known.get(word)
    if code is None:
        code = zlib.crc32(word.encode("utf-8", "replace"))
        if len(known) < _KEPT:
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


def summed(weights: NDArray[np.int8], buckets: NDArray[np.int64], starts: NDArray[np.int64]) -> Floats:
    """Each post's rows of ``weights`` added up, over the square root of how many: the length must not decide.

    A few posts at a time, so that their rows stay near; a product with ones adds them, exactly, for whole numbers below
    2^24 have no rounding in single precision.
    """
    sizes = np.diff(starts)
    total = np.zeros((len(sizes), weights.shape[1]), dtype=np.float32)
    ones = np.ones(int(sizes.max(initial=0)), dtype=np.float32)
    step = max(1, _NEAR // max(1, weights.shape[1]))
    places = starts.tolist()
    for begin in range(0, len(sizes), step):
        end = min(begin + step, len(sizes))
        first = places[begin]
        rows = np.take(weights, buckets[first : places[end]], axis=0).astype(np.float32)
        for post in range(begin, end):
            np.dot(ones[: sizes[post]], rows[places[post] - first : places[post + 1] - first], out=total[post])
    total /= np.sqrt(np.maximum(sizes, 1))[:, None]
    return total
