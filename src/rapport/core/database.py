"""Writing: one door for every transaction, so that the one-writer rule and the checks on it have one place."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction

_ROOMS = 0x5A99
"""Our own class of PostgreSQL's advisory locks."""


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


def enter(room: int, *, alone: bool = False) -> None:
    """Be in a numbered room until the transaction ends: with others, or alone, while they wait at the door.

    Whoever crossed with another goes in alone the second time. (On SQLite's one writer everybody is alone.)
    """
    if connection.vendor == "postgresql":
        lock = "pg_advisory_xact_lock" if alone else "pg_advisory_xact_lock_shared"
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {lock}(%s, %s)", [_ROOMS, room % 2**31])


@contextmanager
def snapshot() -> Iterator[None]:
    """Many reads of one moment, whatever others write meanwhile; nothing may be written inside.

    SQLite reads inside a plain BEGIN (its own transactions begin IMMEDIATE and would keep writers waiting), PostgreSQL
    at REPEATABLE READ. Inside somebody's transaction it is that transaction.
    """
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("BEGIN")
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("ROLLBACK")
    else:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
