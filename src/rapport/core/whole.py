"""Whole files: what is written appears under its name complete and on the disk, or not at all."""

from __future__ import annotations

import errno
import os
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
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
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


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


_EXISTS = "{} exists already. Give another name, or move it away first."
