"""Short keys: 16 bytes that stand for a long name in a unique index (an 80-byte index entry becomes a 16-byte one)."""

from __future__ import annotations

from hashlib import blake2b


def key(*parts: str | int) -> bytes:
    """BLAKE2b-128 of the parts, each with its length, so that no two lists of parts meet."""
    digest = blake2b(digest_size=16)
    for part in parts:
        data = str(part).encode("utf-8", "surrogatepass")
        digest.update(len(data).to_bytes(4, "big") + data)
    return digest.digest()
