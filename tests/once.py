"""What is made once in a run of the tests, for all its processes: a migrated database, a planted demo world."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

import pytest


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """The file or folder that ``make`` was told to make, by whichever process asked first. Copy it: it is not yours."""
    base = factory.getbasetemp()
    shared = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    there = shared / name
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not there.exists():
            part = shared / f"part-of-{name}"
            make(part)
            part.rename(there)
    return there
