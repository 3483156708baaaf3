"""Head: what was learned for one task of one workspace. Hashed eight-bit weights; no word can be read from them."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from rapport.understanding.linear import BUCKETS
from rapport.understanding.teaching.alike import Memory
from rapport.understanding.teaching.features import Floats, Hashes

FORM: Final = 1
"""Of the bytes. What another form wrote is not read, but learned anew."""


class Unreadable(ValueError):
    """These weights were written by another version of Rapport: train anew."""


@dataclass(frozen=True)
class Head:
    """``hashed`` (BUCKETS, labels) int8 by ``scale`` (labels,), ``dense`` (figures, labels), ``bias`` (labels,).

    ``heat`` divides the sum, so that its chances are calibrated; ``marks`` are thresholds that the course found.
    """

    task: str
    labels: tuple[str, ...]
    hashed: NDArray[np.int8]
    scale: Floats
    dense: Floats
    bias: Floats
    heat: float = 1.0
    marks: dict[str, float] = field(default_factory=dict)
    memory: Memory = field(default_factory=Memory)

    def chances(self, hashes: Hashes, dense: Floats, prior: Floats) -> Floats:
        """(posts, labels), rows adding up to 1. ``prior``: log-odds of what is said without this head."""
        logits = (prior + self.sums(hashes, dense)) / self.heat
        return softmax(logits)

    def sums(self, hashes: Hashes, dense: Floats) -> Floats:
        """What was learned adds to the prior: (posts, labels)."""
        answer: Floats = hashes.summed(self.hashed) * self.scale + dense @ self.dense + self.bias
        return answer

    def dumps(self) -> bytes:
        """The head as bytes: the same head gives the same bytes."""
        used = np.flatnonzero(self.hashed.any(axis=1)).astype(np.uint32)
        stored = {
            "form": FORM, "task": self.task, "labels": list(self.labels), "heat": self.heat, "buckets": BUCKETS,
            "marks": dict(sorted(self.marks.items())), "used": used.tobytes(),
            "hashed": self.hashed[used].tobytes(), "scale": self.scale.tobytes(),
            "dense": self.dense.tobytes(), "bias": self.bias.tobytes(), "memory": self.memory.packed(),
        }  # fmt: skip
        return zlib.compress(msgspec.msgpack.encode(stored), 6)


def softmax(logits: Floats) -> Floats:
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    answer: Floats = (raised / raised.sum(axis=1, keepdims=True)).astype(np.float32)
    return answer


def version(weights: bytes) -> str:
    """Eight signs that name these weights."""
    return hashlib.sha256(weights).hexdigest()[:8]


def loads(weights: bytes, *, figures: int) -> Head:
    """The head of these bytes, for posts with so many figures. Raises Unreadable."""
    try:
        stored: dict[str, Any] = msgspec.msgpack.decode(zlib.decompress(weights))
        if (stored["form"], stored["buckets"]) != (FORM, BUCKETS):
            raise Unreadable(Unreadable.__doc__)
        labels = tuple(stored["labels"])
        dense = _floats(stored["dense"]).reshape(-1, len(labels))
        if len(dense) != figures:
            raise Unreadable(Unreadable.__doc__)
        hashed = np.zeros((BUCKETS, len(labels)), dtype=np.int8)
        used = np.frombuffer(stored["used"], dtype=np.uint32)
        hashed[used] = np.frombuffer(stored["hashed"], dtype=np.int8).reshape(len(used), len(labels))
        return Head(
            task=stored["task"], labels=labels, hashed=hashed, scale=_floats(stored["scale"]), dense=dense,
            bias=_floats(stored["bias"]), heat=stored["heat"], marks=stored["marks"],
            memory=Memory.unpacked(stored["memory"]),
        )  # fmt: skip
    except (zlib.error, msgspec.DecodeError, KeyError, TypeError, IndexError, ValueError) as error:
        raise Unreadable(Unreadable.__doc__) from error


def _floats(raw: bytes) -> Floats:
    return np.frombuffer(raw, dtype=np.float32)


def quantised(weights: NDArray[np.float64]) -> tuple[NDArray[np.int8], Floats]:
    """(eight-bit weights, their scale by output)."""
    scale = np.maximum(np.abs(weights).max(axis=0, initial=0.0), 1e-9) / 127
    return np.rint(weights / scale).astype(np.int8), scale.astype(np.float32)


def empty(task: str, labels: Sequence[str], figures: int) -> Head:
    """A head that has learned nothing: it says what the prior says."""
    many = len(labels)
    return Head(
        task, tuple(labels), np.zeros((BUCKETS, many), dtype=np.int8), np.zeros(many, dtype=np.float32),
        np.zeros((figures, many), dtype=np.float32), np.zeros(many, dtype=np.float32),
    )  # fmt: skip
