"""Words, word pairs and letter runs of posts as numbers of buckets: what every learned head looks its weights up by.

A batch is one concatenation of bytes, so that hashing, looking up and adding are each one call for all its posts.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from functools import cache
from itertools import pairwise
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

Floats = NDArray[np.float32]
Hashed = tuple[NDArray[np.int64], NDArray[np.int64]]
"""(buckets, starts): post *i* owns buckets[starts[i]:starts[i + 1]]."""


def hashes(posts: Sequence[Tokens]) -> tuple[Hashed, Hashed]:
    """(words and word pairs, letter runs) of the posts, each as Hashed."""
    return _words(posts), _letters(posts)


def _words(posts: Sequence[Tokens]) -> Hashed:
    buckets: list[int] = []
    starts = [0]
    known = _known()
    for tokens in posts:
        own = [known.get(word) or _word(word) for word in tokens.words[:_WORDS_AT_MOST]]
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
    """Each post's rows of ``weights`` added up, over the square root of how many: the length must not decide."""
    sizes = np.diff(starts)
    total = np.zeros((len(sizes), weights.shape[1]), dtype=np.float32)
    full = sizes > 0
    if full.any():
        rows = np.take(weights, buckets, axis=0)
        total[full] = np.add.reduceat(rows, starts[:-1][full], axis=0, dtype=np.int32)
        total[full] /= np.sqrt(sizes[full])[:, None]
    return total
