"""SQLite with one writer: every transaction and every lone writing statement takes the same fair lock.

It is a database backend, and not a rule for callers, because sessions, logins and migrations write too: what is not in
our hands still has to wait in our queue. Django's default let 87 % of concurrent writes fail; SQLite's own busy
handler polls without fairness and starved one writer for eight seconds.
"""

from __future__ import annotations

import re
import sqlite3
from typing import Any

from django.db.backends.sqlite3 import base

from rapport.core.folding import fold
from rapport.core.sqlite.queue import WRITES

_READS = ("select", "pragma", "explain", "begin", "savepoint", "release", "rollback", "commit")
_CHANGES = re.compile(r"\b(?:insert|update|delete|replace)\b")


def _writes(sql: str) -> bool:
    """Must this statement wait for its turn? In doubt it does: a needless wait is short."""
    words = sql.lstrip().lower()
    return bool(_CHANGES.search(words)) if words.startswith("with") else not words.startswith(_READS)


class Cursor(base.SQLiteCursorWrapper):
    """A cursor whose writing statements outside a transaction wait for their turn."""

    wrapper: DatabaseWrapper

    def execute(self, query: str, params: Any = None) -> Any:
        if self.wrapper.in_atomic_block or not _writes(query):
            return super().execute(query, params)
        with WRITES:
            return super().execute(query, params)

    def executemany(self, query: str, param_list: Any) -> Any:
        if self.wrapper.in_atomic_block:
            return super().executemany(query, param_list)
        with WRITES:
            return super().executemany(query, param_list)


class DatabaseWrapper(base.DatabaseWrapper):
    """The backend. A transaction begins IMMEDIATE and holds the lock from BEGIN to COMMIT or ROLLBACK."""

    _holds_turn = False

    def get_new_connection(self, conn_params: dict[str, Any]) -> sqlite3.Connection:
        connection: sqlite3.Connection = super().get_new_connection(conn_params)
        connection.create_function("rapport_fold", 1, fold, deterministic=True)
        return connection

    def create_cursor(self, name: str | None = None) -> Cursor:
        cursor: Cursor = self.connection.cursor(factory=Cursor)
        cursor.wrapper = self
        return cursor

    def _start_transaction_under_autocommit(self) -> None:
        WRITES.acquire()
        self._holds_turn = True
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._give_turn_back()
            raise

    def _commit(self) -> None:
        try:
            super()._commit()  # type: ignore[misc]
        finally:
            # A failed COMMIT is rolled back by Django's atomic(), which ends the turn there.
            if self.connection is None or not self.connection.in_transaction:
                self._give_turn_back()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            self._give_turn_back()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            self._give_turn_back()

    def _give_turn_back(self) -> None:
        if self._holds_turn:
            self._holds_turn = False
            WRITES.release()
