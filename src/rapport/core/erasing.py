"""Erasing what deleted rows leave behind: in free pages, in the write-ahead log, in the search index.

SQLite: the search index is merged (a deleted word stands there until then), the file rewritten (VACUUM), the log cut to
nothing; afterwards the bytes can be searched. PostgreSQL: VACUUM frees dead rows for reuse; their bytes go when the
space is used again, and its own log and replicas keep them as long as they are kept.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db import DatabaseError, connection

MERGED_AT_ONCE = 500
"""Pages of the search index merged in one write, so that nobody waits long."""
PATIENCE = 5.0
"""Seconds to wait for readers of older pages before the log is cut."""
CHUNK = 4 * 1024 * 1024
_READER = "import shutil, sys; shutil.copyfileobj(open(sys.argv[1], 'rb'), sys.stdout.buffer, 1048576)"


def erase(tables: list[str]) -> str:
    """Do it for the whole database (PostgreSQL: for these tables). What was done, as a sentence."""
    if connection.in_atomic_block:
        return "Inside a transaction nothing can be rewritten."
    return _sqlite() if connection.vendor == "sqlite" else _postgresql(tables)


def files() -> list[Path]:
    """The files of the database whose bytes can be searched: SQLite's own and its log; PostgreSQL's are not ours."""
    if connection.vendor != "sqlite":
        return []
    main = Path(connection.settings_dict["NAME"])
    return [path for path in (main, main.with_name(main.name + "-wal")) if path.exists()]


def pieces(path: Path, overlap: int) -> Iterator[bytes]:
    """A file's bytes in pieces, each beginning with the last ``overlap`` bytes of the one before.

    Read by a process of its own: fcntl(2) gives up every lock that a process holds on a file as soon as it closes any
    descriptor of it, and without its locks SQLite would let another process remove the log from under us.
    """
    tail = b""
    reader = [sys.executable, "-I", "-c", _READER, str(path)]
    with subprocess.Popen(reader, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL) as child:  # noqa: S603
        assert child.stdout is not None  # noqa: S101 - asked for above
        while chunk := child.stdout.read(CHUNK):
            yield tail + chunk
            tail = (tail + chunk)[-overlap:]
    if child.returncode:
        raise OSError(f"{path.name} could not be read to its end.")


def _sqlite() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%%USING fts5%%'")
        for (index,) in cursor.fetchall():
            _merge(cursor, index)
        cursor.execute("PRAGMA temp_store")
        kept = cursor.fetchone()[0]
        cursor.execute("PRAGMA temp_store = FILE")  # the copy that VACUUM makes is as large as the database
        try:
            cursor.execute("VACUUM")
        finally:
            cursor.execute(f"PRAGMA temp_store = {int(kept)}")
        cut = _cut_log(cursor)
    log = "its log cut to nothing" if cut else "its log will be cut when the last reader of older pages has gone"
    return f"The search index was merged, the database file rewritten, {log}."


def _merge(cursor: Any, index: str) -> None:
    """All segments of a search index into one, step by step: what was deleted is in none of them any more."""
    step = f"INSERT INTO {index}({index}, rank) VALUES ('merge', %s)"  # noqa: S608 - a name from the schema
    cursor.execute(step, [-MERGED_AT_ONCE])
    while True:
        before = _changes(cursor)
        cursor.execute(step, [MERGED_AT_ONCE])
        if _changes(cursor) - before < 2:  # the documented sign that nothing is left to merge
            return


def _changes(cursor: Any) -> int:
    cursor.execute("SELECT total_changes()")
    return int(cursor.fetchone()[0])


def _cut_log(cursor: Any) -> bool:
    due = time.monotonic() + PATIENCE
    while True:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        if not cursor.fetchone()[0]:
            return True
        if time.monotonic() > due:
            return False
        time.sleep(0.1)


def _postgresql(tables: list[str]) -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("VACUUM " + ", ".join(f'"{table}"' for table in tables))
    except DatabaseError as error:
        return f"VACUUM was not allowed ({str(error).strip().splitlines()[0]}); PostgreSQL's own will do it."
    return (
        "VACUUM has run: dead rows are free for reuse. PostgreSQL's files, its log and its replicas may keep their bytes "
        "until they are written over; VACUUM FULL rewrites the tables, if you can stop for it."
    )
