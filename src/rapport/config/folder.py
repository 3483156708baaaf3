"""The data folder is held by one process at a time: SQLite has one writer."""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LOCK = "rapport.lock"
PATIENCE = 1.0
"""Seconds that ``hold`` tries: ``holder`` takes the lock for a blink to see whether it is free."""


class Busy(Exception):
    """Another process works on this data folder. Stop it first, or give another folder by RAPPORT_DATA."""

    def __init__(self, data: Path, who: dict[str, Any] | None) -> None:
        self.who = who
        at = f", {who['url']}" if who and who.get("url") else ""
        by = f" (process {who['pid']}{at})" if who and who.get("pid") else ""
        super().__init__(f"Rapport already runs on {data}{by}. Stop it first, or give another folder by RAPPORT_DATA.")


@dataclass(frozen=True)
class Held:
    """The folder is ours. ``tell`` writes down where we answer, for whoever asks :func:`holder`."""

    descriptor: int

    def tell(self, url: str = "") -> None:
        said = json.dumps({"pid": os.getpid(), "url": url, "since": int(time.time())}).encode()
        os.ftruncate(self.descriptor, 0)
        os.pwrite(self.descriptor, said, 0)


@contextmanager
def hold(data: Path, url: str = "") -> Iterator[Held]:
    """Hold the data folder alone (made when missing). Raises Busy.

    flock(2) belongs to the open file: the system gives it back whatever way the process ends, ``kill -9`` included.
    The file itself stays: removing it would let two processes hold two files of one name.
    """
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(data / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        due = time.monotonic() + PATIENCE
        while not _lock(descriptor, fcntl.LOCK_EX):
            if time.monotonic() > due:
                raise Busy(data, _read(descriptor))
            time.sleep(0.02)
        held = Held(descriptor)
        held.tell(url)
        yield held
        os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)


def holder(data: Path) -> dict[str, Any] | None:
    """Who holds the folder: ``{"pid": int, "url": str, "since": int}``, with nothing in it for the first instant of a
    hold; None when it is free."""
    try:
        descriptor = os.open(data / LOCK, os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        return None if _lock(descriptor, fcntl.LOCK_SH) else _read(descriptor) or {}
    finally:
        os.close(descriptor)


def _lock(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _read(descriptor: int) -> dict[str, Any] | None:
    """What the holder told; None between its locking and its telling."""
    said = os.pread(descriptor, 4096, 0)
    try:
        told = json.loads(said)
    except ValueError:
        return None
    return told if isinstance(told, dict) else None
