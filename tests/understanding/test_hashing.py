"""Buckets of a batch, and the adding up of their weights: as if each post were counted by hand."""

from __future__ import annotations

import zlib
from itertools import pairwise

import numpy as np

from rapport.understanding.hashing import BUCKETS, hashes, summed
from rapport.understanding.tokens import cut

TEXTS = ["", "my saw broke", " ", "hello", "my saw broke again and again", "ﷺ", "word " * 600]


def test_a_post_owns_its_words_and_then_its_pairs() -> None:
    (buckets, starts), _ = hashes([cut(text) for text in TEXTS])
    codes = [zlib.crc32(word.encode()) for word in ("my", "saw", "broke")]
    pairs = [(one * 31 + other * 7 + 3) >> 5 & (BUCKETS - 1) for one, other in pairwise(codes)]
    assert buckets[starts[1] : starts[2]].tolist() == [code & (BUCKETS - 1) for code in codes] + pairs
    assert starts.tolist()[:6] == [0, 0, 5, 5, 6, 17]


def test_alone_or_among_others_a_post_has_the_same_buckets() -> None:
    together = hashes([cut(text) for text in TEXTS])
    for place, text in enumerate(TEXTS):
        for (buckets, starts), (own, _) in zip(together, hashes([cut(text)]), strict=True):
            assert (buckets[starts[place] : starts[place + 1]] == own).all()


def test_weights_are_added_exactly_and_a_post_of_nothing_has_nothing() -> None:
    table = np.random.default_rng(3).integers(-127, 128, (BUCKETS, 5), dtype=np.int8)
    for buckets, starts in hashes([cut(text) for text in TEXTS]):
        said = summed(table, buckets, starts)
        for place in range(len(TEXTS)):
            own = table[buckets[starts[place] : starts[place + 1]]].astype(int)
            root = np.sqrt(np.float64(max(1, len(own))))
            assert (said[place] == (own.sum(axis=0).astype(np.float32) / root).astype(np.float32)).all()
    assert summed(table, np.zeros(0, dtype=np.int64), np.zeros(1, dtype=np.int64)).shape == (0, 5)
