"""ZIP, tar and folders, opened safely: nothing is written, nothing is held, and what leads out or swells is refused.

A tar is read from front to back, a ZIP by its own list of files. One budget counts all that comes out of an archive.
"""

from __future__ import annotations

import os
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol, cast

from rapport.channels.base import ChannelError
from rapport.channels.files.opening import RAW, Allowance, EndsEarly, Opened

LONGEST_LIST = 16 * 1024 * 1024
"""Bytes of a ZIP's list of files: about 200,000 of them."""
LONGEST_NAME = 4_096
USUAL = Allowance()
BLOCK = 512
LINKS = "it is a link to somewhere else, which is not followed"
PACKED = "it is an archive inside the archive: unpack that one and import it by itself"
STORED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
# What the standard library raises on broken archives, besides its own errors.
BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OSError,
    OverflowError,
)


class Trap(ChannelError):
    """The archive is made to do harm: nothing of it is read any further."""

    def __init__(self, message: str) -> None:
        super().__init__(message, permanent=True)


class Readable(Protocol):
    """All that reading needs of a file."""

    def read(self, size: int = -1, /) -> bytes: ...


@dataclass(frozen=True)
class Member:
    """One file of an archive. ``stream`` is good until the next one is asked for; ``problem``: why it is not read."""

    name: str
    stream: Readable
    problem: str = ""

    def open(self, encoding: str = "") -> Opened:
        return Opened(cast("BinaryIO", self.stream), encoding=encoding)


class Archive(Protocol):
    """Can be gone through more than once. ``consumed`` counts bytes of the archive itself, as far as one can say."""

    consumed: int

    def members(self) -> Iterator[Member]: ...


def opened(source: BinaryIO | Path, form: str, allowance: Allowance = USUAL) -> Archive:
    """The archive in ``source``; raises a permanent :class:`ChannelError` where it cannot be one."""
    if isinstance(source, Path):
        return Folder(source)
    if not source.seekable():
        raise ChannelError("An archive can only be read from a file, not from a stream.", permanent=True)
    return Zip(source, allowance) if form == "zip" else Tar(source, allowance)


def must_stay_inside(name: str) -> None:
    """Raises :class:`Trap` for a name that leads out of the archive's own folder."""
    plain = name.replace("\\", "/")
    if plain.startswith("/") or re.match(r"[A-Za-z]:", plain) or ".." in plain.split("/"):
        shown = re.sub(r"[^\x20-\x7e]", "?", name)[:80]
        raise Trap(f"The archive holds a file that leads out of it ({shown}): Rapport does not open it.")


@dataclass
class Budget:
    """How much has come out of an archive of ``size`` bytes."""

    size: int
    allowance: Allowance
    produced: int = 0

    def spend(self, count: int) -> None:
        self.produced += count
        if self.produced > self.allowance.most:
            raise Trap(f"The archive unpacks to more than {self.allowance.most:,} bytes; Rapport stops.")
        if self.produced > max(self.allowance.free, self.allowance.ratio * self.size):
            ratio = self.allowance.ratio
            raise Trap(f"The archive unpacks to more than {ratio} times its size, as only a trap does; Rapport stops.")


class Metered:
    """A file inside an archive: what is read is counted, and what breaks is an early end."""

    def __init__(self, inner: Readable, budget: Budget) -> None:
        self._inner = inner
        self._budget = budget

    def read(self, size: int = -1, /) -> bytes:
        try:
            piece = self._inner.read(size)
        except BROKEN as error:
            raise EndsEarly("The file is damaged inside the archive: what comes after cannot be read.") from error
        self._budget.spend(len(piece))
        return piece


class Nothing:
    """The stream of what is not read."""

    def read(self, size: int = -1, /) -> bytes:
        return b""


class Zip:
    """A ZIP archive, by its own list of files."""

    def __init__(self, source: BinaryIO, allowance: Allowance) -> None:
        self.consumed = 0
        size = source.seek(0, os.SEEK_END)
        _must_list_few(source, size)
        source.seek(0)
        self._budget = Budget(size, allowance)
        try:
            self._file = zipfile.ZipFile(source)
        except BROKEN as error:
            message = "The ZIP archive is damaged: its list of files cannot be read."
            raise ChannelError(message, permanent=True) from error

    def members(self) -> Iterator[Member]:
        self.consumed = self._budget.produced = 0
        for info in self._file.infolist():
            must_stay_inside(info.orig_filename or info.filename)
            self.consumed += info.compress_size
            if info.is_dir():
                continue
            if problem := _why_not(info):
                yield Member(info.filename, Nothing(), problem)
                continue
            try:
                with self._file.open(info) as inner:
                    yield Member(info.filename, Metered(inner, self._budget))
            except BROKEN:
                yield Member(info.filename, Nothing(), "it is damaged: its beginning cannot be read")


def _why_not(info: zipfile.ZipInfo) -> str:
    if stat.S_ISLNK(info.external_attr >> 16):
        return LINKS
    if info.flag_bits & 0x1:
        return "it is locked with a password: unpack the archive and import what is inside"
    return "" if info.compress_type in STORED else "it is packed in a way that Rapport does not read"


def _must_list_few(source: BinaryIO, size: int) -> None:
    """The standard library holds the whole list of files: look how long it says it is, before it is read."""
    tail = min(size, 66_000)
    source.seek(size - tail)
    end = source.read(tail)
    at = end.rfind(b"PK\x05\x06")
    length = int.from_bytes(end[at + 12 : at + 16], "little") if at >= 0 else 0
    longer = end.rfind(b"PK\x06\x06")
    if longer >= 0:
        length = max(length if length != 0xFFFFFFFF else 0, int.from_bytes(end[longer + 40 : longer + 48], "little"))
    if length > LONGEST_LIST:
        raise Trap("The archive lists more files than Rapport opens (about 200,000): cut it into several.")


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


class Folder:
    """A folder on this machine, as a Maildir is; links in it are not followed."""

    def __init__(self, path: Path) -> None:
        self.consumed = 0
        self._path = path

    def members(self) -> Iterator[Member]:
        self.consumed = 0
        for place, folders, files in os.walk(self._path):
            folders.sort()
            for file in sorted(files):
                path = Path(place) / file
                name = str(path.relative_to(self._path))
                if path.is_symlink() or not path.is_file():
                    yield Member(name, Nothing(), LINKS)
                    continue
                try:
                    with path.open("rb") as stream:
                        yield Member(name, stream)
                    self.consumed += path.stat().st_size
                except OSError as error:
                    yield Member(name, Nothing(), f"it cannot be opened: {error.strerror}")
