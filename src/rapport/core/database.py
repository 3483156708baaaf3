"""Writing: one door for every transaction, so that the one-writer rule and the checks on it have one place."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction


def now() -> datetime:
    """The present moment, aware, UTC: the only clock that verbs read (deciders get theirs passed in)."""
    return datetime.now(UTC)


@contextmanager
def write() -> Iterator[None]:
    """A transaction. On SQLite it waits in the one fair queue and begins IMMEDIATE; on PostgreSQL it just begins."""
    with transaction.atomic():
        yield


def locked(rows: Any) -> Any:
    """The queryset with its rows locked until the transaction ends (SQLite's one writer needs no row locks)."""
    return rows.select_for_update() if connection.features.has_select_for_update else rows
