"""What a taught head looks at: a post's hashed words and letter runs, and some figures of its reading."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from rapport.understanding import linear
from rapport.understanding.emotions import EMOTIONS
from rapport.understanding.intents import INTENTS
from rapport.understanding.reading import Reading
from rapport.understanding.tokens import cut

Floats = NDArray[np.float32]
VALENCES: Final = ("negative", "neutral", "positive")
ADDRESSED: Final = ("to_us", "about_us", "rival", "nearby")
_INTENTS: Final = (*sorted(set(INTENTS.values())), "thanks_closing")
SHIPPED: Final = {"en": 1.0}
"""The shipped head has learned English; elsewhere its lists speak alone, and a team's word weighs more."""


def figures(reading: Reading) -> list[float]:
    """The figures of one reading, each roughly -1..1; their number is ``FIGURES``."""
    felt = [float(reading.valence == name) for name in VALENCES]
    whom = [float(reading.addressed == name) for name in ADDRESSED]
    return [
        reading.valence_score, abs(reading.valence_score), SHIPPED.get(reading.language, 0.0), float(bool(reading.flags)),
        *felt, *whom,
        *(reading.emotions.get(name, 0.0) for name in EMOTIONS),
        *(reading.intents.get(name, 0.0) for name in _INTENTS),
    ]  # fmt: skip


FIGURES: Final = 4 + len(VALENCES) + len(ADDRESSED) + len(EMOTIONS) + len(_INTENTS)


class Hashes:
    """The hashed features of some posts as rows of buckets: ``indices``, ``starts`` (posts + 1) and a share for each."""

    def __init__(self, texts: Sequence[str]) -> None:
        words, letters = linear.hashes([cut(text) for text in texts])
        sizes = np.diff(words[1]), np.diff(letters[1])
        self.size = len(texts)
        self.starts: NDArray[np.int64] = np.concatenate(([0], np.cumsum(sizes[0] + sizes[1]))).astype(np.int64)
        self.indices: NDArray[np.int64] = np.zeros(self.starts[-1], dtype=np.int64)
        self.shares: Floats = np.zeros(self.starts[-1], dtype=np.float32)
        begins = self.starts[:-1], self.starts[:-1] + sizes[0]
        for (buckets, starts), size, begin in zip((words, letters), sizes, begins, strict=True):
            places = np.arange(len(buckets)) + np.repeat(begin - starts[:-1], size)
            self.indices[places] = buckets
            # 1 / √n: the length of a post must not decide
            self.shares[places] = np.repeat(1 / np.sqrt(np.maximum(size, 1)), size)

    def only(self, some: NDArray[np.int64]) -> Hashes:
        """Those of some posts alone, in that order."""
        made = object.__new__(Hashes)
        sizes = np.diff(self.starts)[some]
        made.size = len(some)
        made.starts = np.concatenate(([0], np.cumsum(sizes))).astype(np.int64)
        places = np.repeat(self.starts[:-1][some] - made.starts[:-1], sizes) + np.arange(made.starts[-1])
        made.indices, made.shares = self.indices[places], self.shares[places]
        return made

    def summed(self, table: NDArray[Any]) -> Floats:
        """(posts, columns): the rows of ``table`` (buckets, columns) that each post has, added by their shares."""
        total = np.zeros((self.size, table.shape[1]), dtype=np.float32)
        full = np.diff(self.starts) > 0
        if full.any():
            rows = table[self.indices].astype(np.float32) * self.shares[:, None]
            total[full] = np.add.reduceat(rows, self.starts[:-1][full], axis=0)
        return total
