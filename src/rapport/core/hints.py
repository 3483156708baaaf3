"""Hints: after a commit, say *what changed* (never what it says) to whoever listens in this process: the live hub."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction

Sink = Callable[[int, str, int], None]
_sinks: list[Sink] = []


def send_to(sink: Sink) -> None:
    """Let a sink (the live hub's publish) hear every hint from now on."""
    _sinks.append(sink)


def hint(workspace_id: int, name: str, id: int) -> None:
    """When the caller's transaction has committed, tell that ``name`` ``id`` of this workspace changed."""
    if _sinks:
        transaction.on_commit(lambda: [sink(workspace_id, name, id) for sink in _sinks] and None)
