"""SQLite: a copy of one moment while others write, and whether a copy is whole."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from rapport.core.refusal import Refused


def copy(database: Path, target: Path) -> dict[str, int]:
    """Copy the database as it is at this moment; how many rows each table has in it, counted in the original.

    The counting and SQLite's own backup share one read transaction, so that both see the same moment.
    """
    with closing(_reading(database)) as source, closing(sqlite3.connect(target)) as copied:
        source.execute("BEGIN")
        counted = counts(source)
        source.backup(copied)
        source.execute("ROLLBACK")
        copied.execute("PRAGMA journal_mode = DELETE")  # one file, without a log beside it
    return counted


def look(database: Path) -> dict[str, int]:
    """The rows of each table. Raises Refused unless SQLite finds the file whole."""
    try:
        with closing(_reading(database)) as found:
            told = [str(row[0]) for row in found.execute("PRAGMA integrity_check(5)")]
            if told != ["ok"]:
                raise Refused(f"SQLite finds the copy damaged: {told[0]}.")
            return counts(found)
    except sqlite3.DatabaseError as error:
        raise Refused(f"The copy of the database cannot be read: {error}.") from error


def migrations(database: Path) -> list[list[str]]:
    with closing(_reading(database)) as found:
        return [list(row) for row in found.execute("SELECT app, name FROM django_migrations ORDER BY id")]


def counts(connection: sqlite3.Connection) -> dict[str, int]:
    """Rows by table; those of the search index's own tables are its own business."""
    listed = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    names = [row[0] for row in listed if not row[0].startswith("sqlite_") and "_fts" not in row[0]]
    return {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in sorted(names)}  # noqa: S608


def _reading(database: Path) -> sqlite3.Connection:
    if not database.exists():
        raise Refused(f"There is no database at {database}.")
    return sqlite3.connect(database, isolation_level=None, timeout=20)
