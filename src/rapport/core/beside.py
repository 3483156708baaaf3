"""Telling how far a job is from beside it: for a job that reads one moment of the database and may not write itself."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import connection

from rapport.core import work

EVERY = 1.0
"""Seconds between two words."""


@contextmanager
def telling(row: work.Claimed, far: Callable[[], Mapping[str, Any]]) -> Iterator[Callable[[], None]]:
    """Write ``far()`` down as the row's progress from a thread of its own until the work inside is over.

    Yields what the work calls now and then: it raises Stopped when the row was stopped, or is another's by now.
    """
    over, lost = threading.Event(), threading.Event()

    def tell() -> None:
        try:
            while not over.wait(EVERY):
                if not row.extend(**far()):
                    lost.set()
        finally:
            connection.close()

    def mine() -> None:
        if lost.is_set():
            raise work.Stopped

    beside = threading.Thread(target=tell, name="telling", daemon=True)
    beside.start()
    try:
        yield mine
    finally:
        over.set()
        beside.join(5)
