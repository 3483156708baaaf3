"""Trouble: is it the database itself that failed (no room, no connection), or what was being stored?

The first is nobody's fault here: it is waited for, and no message or job is blamed for it.
"""

from __future__ import annotations

import sqlite3

from django.db import InterfaceError, OperationalError

_SQLITE = {
    sqlite3.SQLITE_FULL: "The disk that holds the database is full.",
    sqlite3.SQLITE_IOERR: "The disk that holds the database cannot be read or written.",
    sqlite3.SQLITE_READONLY: "The database can only be read.",
    sqlite3.SQLITE_CORRUPT: "The database file is damaged. Put a copy of it back from a backup.",
    sqlite3.SQLITE_NOTADB: "The database file is damaged. Put a copy of it back from a backup.",
    sqlite3.SQLITE_CANTOPEN: "The database file cannot be opened.",
    sqlite3.SQLITE_BUSY: "Another process keeps the database to itself.",
}
_POSTGRESQL = {
    "08": "The connection to the database is gone.",
    "53": "The database has no room or no connection left.",
    "57": "The database is being stopped or started.",
    "58": "The database's own system failed.",
}
"""By the class of SQLSTATE (PostgreSQL's appendix A)."""


def trouble(error: BaseException) -> str:
    """The database's own trouble in a sentence; empty when it is none."""
    if isinstance(error, InterfaceError):
        return _POSTGRESQL["08"]
    cause = error.__cause__
    if not isinstance(error, OperationalError) or cause is None:
        return ""
    if isinstance(cause, sqlite3.Error):
        return _SQLITE.get(getattr(cause, "sqlite_errorcode", 0) & 0xFF, "")
    state = getattr(cause, "sqlstate", None)
    return _POSTGRESQL["08"] if state is None else _POSTGRESQL.get(state[:2], "")
