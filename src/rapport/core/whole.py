"""Whole files: what is written appears under its name complete and on the disk, or not at all."""

from __future__ import annotations

import errno
import glob
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from rapport.core.refusal import Refused


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """A file to write, readable by its owner only, that takes its name when all is on the disk. It may not exist yet.

    Killed half-way, at most ``.NAME.PID.part`` beside it remains, which nothing reads.
    """
    refuse_existing(path)
    sweep(path.parent, f".{path.name}.", ".part")
    part = part_of(path)
    try:
        descriptor = os.open(part, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
    except OSError as error:
        raise Refused(f"{path} cannot be written: {error.strerror}.") from error
    try:
        with os.fdopen(descriptor, "w+b") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        _name(part, path)
        sync_folder(path.parent)
    except FileExistsError as error:
        raise Refused(_EXISTS.format(path)) from error
    except OSError as error:
        raise Refused(f"{path} cannot be written: {error.strerror}.") from error
    finally:
        part.unlink(missing_ok=True)


def part_of(path: Path) -> Path:
    """Where this process writes the file until it is whole."""
    return path.with_name(f".{path.name}.{os.getpid()}.part")


def _name(part: Path, path: Path) -> None:
    try:
        os.link(part, path)  # link, not rename: whoever made a file of this name meanwhile keeps it
    except OSError as error:
        if error.errno not in {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS}:
            raise
        refuse_existing(path)  # a disk that knows no second name for a file (FAT, some shares)
        part.rename(path)


def refuse_existing(path: Path) -> None:
    if path.exists():
        raise Refused(_EXISTS.format(path))


def sweep(folder: Path, before: str, after: str = "") -> None:
    """Remove what killed processes left: ``BEFORE<pid>AFTER`` of a process that is no more."""
    for path in folder.glob(f"{glob.escape(before)}*{glob.escape(after)}"):
        pid = path.name[len(before) : len(path.name) - len(after)]
        if pid.isascii() and pid.isdecimal() and not _lives(int(pid)):
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:  # somebody else's process
        return True
    return True


@contextmanager
def room(place: Path, before: str) -> Iterator[Path]:
    """A folder of our own in ``place``, called ``BEFORE<pid>``, that only its owner can look into; removed at the end."""
    place = place.absolute()
    try:
        place.mkdir(parents=True, exist_ok=True)
        sweep(place, before)
        made = place / f"{before}{os.getpid()}"
        made.mkdir(mode=0o700)
    except OSError as error:
        raise Refused(f"{place} cannot be written: {error.strerror}.") from error
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


_EXISTS = "{} exists already. Give another name, or move it away first."
