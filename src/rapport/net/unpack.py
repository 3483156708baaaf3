"""Reading a body without being made to swallow more than was asked for, packed or not."""

from __future__ import annotations

import zlib
from collections.abc import Iterable


class Overflow(Exception):
    """More bytes than the limit."""


def read(chunks: Iterable[bytes], encoding: str, limit: int) -> bytes:
    """The body's own bytes; ``encoding`` is the Content-Encoding ("", identity, gzip or deflate).

    Raises :class:`Overflow` beyond ``limit`` bytes, and :class:`ValueError` for a packing we do not know or that broke.
    """
    if encoding in {"", "identity"}:
        return _gather(chunks, limit)
    if encoding not in {"gzip", "x-gzip", "deflate"}:
        raise ValueError(f"packed as {encoding[:20]!r}")
    try:
        return _gather(_inflate(chunks, limit), limit)
    except zlib.error as error:
        raise ValueError("its packing is broken") from error


def _gather(chunks: Iterable[bytes], limit: int) -> bytes:
    body = bytearray()
    for chunk in chunks:
        body += chunk
        if len(body) > limit:
            raise Overflow
    return bytes(body)


def _inflate(chunks: Iterable[bytes], limit: int) -> Iterable[bytes]:
    # max_length bounds what one chunk may swell to: 64 KB of gzip can hold 64 MB.
    engine = zlib.decompressobj(wbits=47)
    for chunk in chunks:
        piece = engine.decompress(chunk, limit + 1)
        yield piece
        if engine.unconsumed_tail:
            raise Overflow
    yield engine.flush()
