"""ZIP, tar and folders, opened safely: nothing is written, nothing is held, and what leads out or swells is refused.

A tar is read from front to back, a ZIP by its own list of files. One budget counts all that comes out of an archive.
"""

from __future__ import annotations

import os
import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from rapport.channels.base import ChannelError
from rapport.channels.files.member import LINKS, Member, Nothing, Readable, Trap, must_stay_inside
from rapport.channels.files.opening import Allowance, EndsEarly
from rapport.channels.files.tar import Tar

LONGEST_LIST = 16 * 1024 * 1024
"""Bytes of a ZIP's list of files: about 200,000 of them."""
USUAL = Allowance()
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
