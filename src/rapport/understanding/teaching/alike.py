"""Memory: which of the team's own answers a post is like, to say so in a reason. Sketches of hashes, not words.

A sketch adds a post's hashed features, each weighed by its rarity, into 256 signed places (feature hashing, Weinberger
et al. 2009): the angle between two sketches is nearly the one between the posts.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from rapport.understanding.linear import BUCKETS
from rapport.understanding.teaching.features import Floats, Hashes

PLACES: Final = 256
KEPT: Final = 2_000
"""So many of the latest answers are remembered."""
ALIKE: Final = 0.4
"""The cosine from which on two posts are alike: much the same words about the same thing."""


@dataclass(frozen=True)
class Memory:
    """``sketches`` (answers, PLACES) int8, the index of each one's label, and how rare each bucket was (0..255)."""

    sketches: NDArray[np.int8] = field(default_factory=lambda: np.zeros((0, PLACES), dtype=np.int8))
    labels: NDArray[np.int8] = field(default_factory=lambda: np.zeros(0, dtype=np.int8))
    rarity: NDArray[np.uint8] = field(default_factory=lambda: np.full(BUCKETS, 255, dtype=np.uint8))

    @classmethod
    def of(cls, hashes: Hashes, labels: NDArray[np.int8]) -> Memory:
        """The memory of these answers, the latest last."""
        seen = np.bincount(hashes.indices, minlength=BUCKETS)
        rare = np.log((1 + hashes.size) / (1 + seen)) / max(1e-9, np.log(1 + hashes.size))
        rarity = np.rint(np.clip(rare, 0, 1) * 255).astype(np.uint8)
        sketches = _sketched(hashes, rarity)[-KEPT:]
        return cls(np.rint(sketches * 127).astype(np.int8), labels[-KEPT:].astype(np.int8), rarity)

    def like(self, hashes: Hashes, labels: int) -> NDArray[np.int64]:
        """(posts, labels): how many of the remembered answers of each label every post is like."""
        near = _sketched(hashes, self.rarity) @ _unit(self.sketches.astype(np.float32)).T >= ALIKE
        counts = [(near & (self.labels == label)).sum(axis=1) for label in range(labels)]
        return np.stack(counts, axis=1).astype(np.int64)

    def packed(self) -> dict[str, Any]:
        used = np.flatnonzero(self.rarity < 255).astype(np.uint32)
        return {
            "sketches": self.sketches.tobytes(), "labels": self.labels.tobytes(), "used": used.tobytes(),
            "rarity": self.rarity[used].tobytes(),
        }  # fmt: skip

    @classmethod
    def unpacked(cls, stored: dict[str, Any]) -> Memory:
        rarity = np.full(BUCKETS, 255, dtype=np.uint8)
        rarity[np.frombuffer(stored["used"], dtype=np.uint32)] = np.frombuffer(stored["rarity"], dtype=np.uint8)
        sketches = np.frombuffer(stored["sketches"], dtype=np.int8).reshape(-1, PLACES)
        return cls(sketches, np.frombuffer(stored["labels"], dtype=np.int8), rarity)


def _sketched(hashes: Hashes, rarity: NDArray[np.uint8]) -> Floats:
    """(posts, PLACES), each of length one, or nothing where a post has no features."""
    owners = np.repeat(np.arange(hashes.size), np.diff(hashes.starts))
    mixed = (hashes.indices * 2654435761) & 0xFFFFFFFF
    signs = np.where((mixed >> 31) & 1, 1.0, -1.0)
    flat = owners * PLACES + (mixed >> 11) % PLACES
    weights = signs * hashes.shares * (rarity[hashes.indices] / 255.0)
    total = np.bincount(flat, weights=weights, minlength=hashes.size * PLACES)
    return _unit(total.reshape(hashes.size, PLACES).astype(np.float32))


def _unit(rows: Floats) -> Floats:
    length: Floats = np.sqrt((rows * rows).sum(axis=1, keepdims=True))
    return (rows / np.maximum(length, 1e-9)).astype(np.float32)
