"""Watching: whoever speaks for a source counts what leaves, and says stop when its budget for the day is spent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Leaves = Callable[[str, str], None]
"""Told of each request before it leaves: method and address. May raise :class:`~rapport.net.errors.Refused`."""
_watch: ContextVar[Leaves | None] = ContextVar("watch", default=None)


@contextmanager
def watched(leaves: Leaves) -> Iterator[None]:
    """Every request that this thread sends inside is told to ``leaves`` first; so is every connection it opens."""
    token = _watch.set(leaves)
    try:
        yield
    finally:
        _watch.reset(token)


def tell(method: str, url: str) -> None:
    """Something is about to leave."""
    leaves = _watch.get()
    if leaves is not None:
        leaves(method, url)
