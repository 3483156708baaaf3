"""Record keys (TIDs) made of an idempotency key, so that saying the same twice writes the same record.

A TID is 64 bits in 13 letters that sort like numbers: a 0, 53 bits of microseconds since 1970, 10 bits of a clock's name
(https://atproto.com/specs/tid). Ours hold a hash instead of a time, in a range of years that lie behind us: no server
minds, and readers order posts by ``createdAt`` (docs/decisions/0034).
"""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime

ALPHABET = "234567abcdefghijklmnopqrstuvwxyz"
SHAPE = re.compile(r"[234567abcdefghij][234567a-z]{12}")
FIRST = int(datetime(2010, 1, 1, tzinfo=UTC).timestamp()) * 1_000_000
SPAN = int(datetime(2022, 1, 1, tzinfo=UTC).timestamp()) * 1_000_000 - FIRST
"""Twelve years of microseconds and a clock's 10 bits: 58 bits, so two of a million answers meet once in 570,000 tries."""


def tid(key: str, part: int = 0) -> str:
    """The record key of one answer; ``part`` 1, 2, … are the further posts of a thread whose first has ``part`` 0."""
    name = key if part == 0 else f"{tid(key)}/{part}"
    return _of(name)


def further(first: str, part: int) -> str:
    """The record key of a thread's further post, from the record key of its first."""
    return _of(f"{first}/{part}")


def _of(name: str) -> str:
    digest = int.from_bytes(hashlib.sha256(name.encode("utf-8", "surrogatepass")).digest()[:16])
    value = (FIRST + (digest >> 10) % SPAN) << 10 | digest & 0x3FF
    return "".join(ALPHABET[value >> shift & 31] for shift in range(60, -1, -5))
