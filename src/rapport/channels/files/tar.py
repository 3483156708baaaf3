"""Tar archives, read from front to back in flat memory; every header is a stranger's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from rapport.channels.files.member import LINKS, Member, Nothing, must_stay_inside
from rapport.channels.files.opening import RAW, Allowance, EndsEarly, Opened

BLOCK = 512
LONGEST_NAME = 4_096


class Tar:
    """A tar archive, packed with gzip or not, from front to back."""

    def __init__(self, source: BinaryIO, allowance: Allowance) -> None:
        self.consumed = 0
        self._source = source
        self._allowance = allowance

    def members(self) -> Iterator[Member]:
        self._source.seek(0)
        whole = Opened(self._source, encoding=RAW, allowance=self._allowance)
        flow = Flow(whole.chunks())
        long_name = ""
        try:
            while (header := flow.read(BLOCK)) and header.strip(b"\x00"):
                kind, name, size = _header(header)
                self.consumed = whole.consumed
                content = Bounded(flow, size)
                if kind in b"Lxg":
                    long_name = _long_name(kind, content, long_name)
                else:
                    name, long_name = long_name or name, ""
                    must_stay_inside(name)
                    problem = "" if kind in b"0\x007" else LINKS if kind in b"12" else "it is no plain file"
                    if kind != b"5":
                        yield Member(name, content if not problem else Nothing(), problem)
                content.skip()
                flow.skip(-size % BLOCK)
        except EndsEarly as error:
            yield Member("the archive", Nothing(), str(error).rstrip(".").lower())


def _header(block: bytes) -> tuple[bytes, str, int]:
    """Kind, name and size of the file behind this block; raises EndsEarly where it is no header."""
    if len(block) < BLOCK:
        raise EndsEarly("It ends early.")
    told = block[148:156].strip(b" \x00")
    summed = sum(block[:148]) + 8 * 32 + sum(block[156:])
    if not re.fullmatch(rb"[0-7]{1,7}", told) or int(told, 8) != summed:
        raise EndsEarly("It is damaged here.")
    raw = block[124:136]
    digits = raw.strip(b" \x00")
    if raw[0] & 0x80:
        size = int.from_bytes(raw, "big") & ~(1 << 95)
    elif re.fullmatch(rb"[0-7]*", digits):
        size = int(digits or b"0", 8)
    else:
        raise EndsEarly("It is damaged here.")
    name, prefix = (block[start:end].partition(b"\x00")[0] for start, end in ((0, 100), (345, 500)))
    has_prefix = prefix and block[257:263] == b"ustar\x00"
    return block[156:157], (prefix + b"/" + name if has_prefix else name).decode("utf-8", "replace"), size


def _long_name(kind: bytes, content: Bounded, before: str) -> str:
    """The name of the next file where it does not fit its header: GNU's, or ``path`` of POSIX."""
    raw = content.read(LONGEST_NAME * 2)
    if kind == b"L":
        return raw.partition(b"\x00")[0][:LONGEST_NAME].decode("utf-8", "replace")
    path = re.search(rb"(?:^|\n)\d+ path=([^\n]{1,4096})\n", raw)
    return path[1].decode("utf-8", "replace") if path and kind == b"x" else before


class Flow:
    """Chunks as a stream of which any number of bytes can be taken."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._rest = b""

    def read(self, size: int) -> bytes:
        """At most ``size`` bytes; fewer only at the end."""
        while len(self._rest) < size and (chunk := next(self._chunks, b"")):
            self._rest += chunk
        piece, self._rest = self._rest[:size], self._rest[size:]
        return piece

    def skip(self, size: int) -> None:
        while size > 0:
            piece = self.read(min(size, 1 << 16))
            if not piece:
                raise EndsEarly("It ends early.")
            size -= len(piece)


class Bounded:
    """The next ``size`` bytes of a flow."""

    def __init__(self, flow: Flow, size: int) -> None:
        self._flow = flow
        self._left = size

    def read(self, size: int = -1, /) -> bytes:
        wanted = min(self._left, 1 << 16 if size < 0 else size)
        piece = self._flow.read(wanted)
        if wanted and not piece:
            self._left = 0
            raise EndsEarly("It ends early.")
        self._left -= len(piece)
        return piece

    def skip(self) -> None:
        self._flow.skip(self._left)
        self._left = 0
