"""Opening a stranger's file: packed or not, in whatever encoding, read once from front to back in flat memory.

Nothing here seeks and nothing believes the file's name.
"""

from __future__ import annotations

import codecs
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from rapport.channels.base import ChannelError
from rapport.net.sentence import Sentence

CHUNK = 64 * 1024
HEAD = 256 * 1024
LONGEST_LINE = 1_000_000
KEPT = 64 * 1024
GZIP = b"\x1f\x8b"
RAW = "raw"
"""In place of an encoding: the bytes as they are, for what is no text."""
BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class EndsEarly(Exception):
    """The packed file is cut off or broken: ``str()`` is the sentence; what came before it was good."""


@dataclass(frozen=True)
class Allowance:
    """How much a packed file may hold: past ``free`` bytes at most ``ratio`` times its size, and never ``most``."""

    ratio: int = 250
    free: int = 32 * 1024 * 1024
    most: int = 16 * 1024 * 1024 * 1024


@dataclass(frozen=True)
class Line:
    """One line without its end. ``number`` counts from 1; ``problem`` is a sentence where the bytes cannot be used."""

    number: int
    raw: bytes
    problem: str = ""


class Opened:
    """A file being read: ``head`` is its beginning as UTF-8, ``consumed`` counts the bytes of the file itself."""

    def __init__(self, stream: BinaryIO, *, encoding: str = "", allowance: Allowance = Allowance()) -> None:
        self.consumed = 0
        self.packed = False
        self._stream = stream
        self._allowance = allowance
        self._broken: EndsEarly | None = None
        self._rest = self._in_utf8(self._unpacked(), encoding)
        self.head = self._peek()

    def chunks(self) -> Iterator[bytes]:
        """Everything, once. Raises :class:`EndsEarly` after the last good byte of a broken file."""
        yield self.head
        if self._broken is None:
            yield from self._rest
        else:
            raise self._broken

    @property
    def broken(self) -> str:
        """Why there is nothing, where a file is damaged from its beginning; else ""."""
        return str(self._broken) if self._broken is not None and not self.head else ""

    def lines(self) -> Iterator[Line]:
        """The file's lines; one longer than 1 MB and a file that ends early are lines with a problem."""
        return number_lines(self.chunks())

    def _peek(self) -> bytes:
        head = bytearray()
        try:
            for chunk in self._rest:
                head += chunk
                # One whole line at least, where it is one that will be read: it tells the columns.
                if len(head) >= HEAD and (b"\n" in head or len(head) > LONGEST_LINE):
                    break
        except EndsEarly as error:
            self._broken = error
        return bytes(head)

    def _read(self) -> bytes:
        chunk = self._stream.read(CHUNK)
        self.consumed += len(chunk)
        return chunk

    def _unpacked(self) -> Iterator[bytes]:
        chunk = self._read()
        self.packed = chunk.startswith(GZIP)
        if self.packed:
            yield from self._gunzip(chunk)
            return
        while chunk:
            yield chunk
            chunk = self._read()

    def _gunzip(self, chunk: bytes) -> Iterator[bytes]:
        engine = zlib.decompressobj(wbits=31)
        produced = 0
        while chunk:
            try:
                piece = engine.decompress(chunk, CHUNK * 4)
            except zlib.error as error:
                raise EndsEarly("The packed file is damaged here: what comes after cannot be read.") from error
            produced += len(piece)
            self._must_be_plausible(produced)
            if piece:
                yield piece
            chunk = engine.unconsumed_tail
            if engine.eof:
                chunk = engine.unused_data.lstrip(b"\x00") or self._read().lstrip(b"\x00")
                if chunk and not chunk.startswith(GZIP[: len(chunk)]):
                    raise EndsEarly("Behind the packed file stands something that is not gzip; it was not read.")
                engine = zlib.decompressobj(wbits=31)
                if not chunk:
                    return
            chunk = chunk or self._read()
        # The last output buffer was full: a few bytes, and perhaps the end mark, are still inside.
        yield engine.flush()
        if not engine.eof:
            raise EndsEarly("The file ends early: the gzip data is cut off.")

    def _must_be_plausible(self, produced: int) -> None:
        allowance = self._allowance
        if produced > allowance.most:
            raise ChannelError(
                Sentence("The file unpacks to more than %(n)s bytes; Rapport stops.", n=allowance.most), permanent=True
            )
        if produced > allowance.free and produced > allowance.ratio * self.consumed:
            raise ChannelError(
                Sentence(
                    "The file unpacks to more than %(n)s times its size, as only a trap does; Rapport stops.",
                    n=allowance.ratio,
                ),
                permanent=True,
            )

    @staticmethod
    def _in_utf8(chunks: Iterator[bytes], encoding: str) -> Iterator[bytes]:
        if encoding == RAW:
            yield from chunks
            return
        first = next(chunks, b"")
        encoding = encoding or sniff(first)
        if encoding == "utf-8":
            first = first.removeprefix(codecs.BOM_UTF8)
            # Files from very old machines end their lines with a carriage return alone.
            lone_returns = b"\r" in first and b"\n" not in first
            yield first.replace(b"\r", b"\n") if lone_returns else first
            for chunk in chunks:
                yield chunk.replace(b"\r", b"\n") if lone_returns else chunk
            return
        decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
        yield decoder.decode(first).encode("utf-8", "replace")
        for chunk in chunks:
            yield decoder.decode(chunk).encode("utf-8", "replace")
        yield decoder.decode(b"", final=True).encode("utf-8", "replace")


def sniff(first: bytes) -> str:
    """The encoding by its byte order mark, or by the zero bytes that UTF-16 leaves between Latin letters."""
    for mark, name in BOMS:
        if first.startswith(mark):
            return name
    sample = first[:4096]
    if len(sample) >= 8:
        even, odd = sample[0::2].count(0), sample[1::2].count(0)
        if odd > len(sample) * 0.3 and even < len(sample) * 0.05:
            return "utf-16-le"
        if even > len(sample) * 0.3 and odd < len(sample) * 0.05:
            return "utf-16-be"
    return "utf-8"


def number_lines(chunks: Iterable[bytes], longest: int = LONGEST_LINE) -> Iterator[Line]:
    """Lines by ``\\n``; at most ``longest`` bytes and a chunk are ever held."""
    number, rest, skipped = 1, b"", b""
    try:
        for chunk in chunks:
            *whole, rest = (rest + chunk).split(b"\n")
            for raw in whole:
                yield _line(number, skipped or raw, skipped != b"" or len(raw) > longest)
                number, skipped = number + 1, b""
            if skipped or len(rest) > longest:
                skipped, rest = skipped or rest[:KEPT], b""
    except EndsEarly as error:
        yield Line(number, skipped or rest[:KEPT], str(error))
        return
    if rest or skipped:
        yield _line(number, skipped or rest, skipped != b"" or len(rest) > longest)


def _line(number: int, raw: bytes, too_long: bool) -> Line:
    if too_long:
        return Line(number, raw[:KEPT], "the line is longer than 1 MB")
    return Line(number, raw.removesuffix(b"\r"))
