"""Set-based SQL for the line, two dialects behind a few functions: ``insert``, ``ids``, ``update``, ``move``, ``hold``.

PostgreSQL takes a batch as arrays (``unnest``), SQLite as ``executemany`` inside the one writer's transaction. Never a
query per message, and never RETURNING through ``executemany``, which silently returns nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import connection, models

Model = type[models.Model]


def _columns(model: Model, names: Sequence[str]) -> list[Any]:
    return [model._meta.get_field(name) for name in names]


def _types(model: Model, names: Sequence[str]) -> list[str]:
    """PostgreSQL's array types of these columns; a foreign key has its target's type."""
    found = []
    for field in _columns(model, names):
        kind = (field.rel_db_type if field.primary_key else field.db_type)(connection) or "bigint"
        found.append(kind.split(" ")[0].split("(")[0] if not kind.startswith(("timestamp", "double")) else kind)
    return found


def _sqlite_value(value: Any) -> Any:
    """SQLite keeps times as Django writes them: naive UTC text."""
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ") if isinstance(value, datetime) else value


def _rows(model: Model, names: Sequence[str], rows: Iterable[Sequence[Any]], offset: int = 0) -> list[tuple[Any, ...]]:
    """The rows as the engine wants them. Only the columns that hold times are touched."""
    if connection.vendor != "sqlite":
        return [tuple(row) for row in rows]
    times = {
        place + offset for place, field in enumerate(_columns(model, names)) if isinstance(field, models.DateTimeField)
    }
    if not times:
        return [tuple(row) for row in rows]
    return [tuple(_sqlite_value(v) if place in times else v for place, v in enumerate(row)) for row in rows]


def insert(model: Model, names: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Insert rows (values as the engine wants them), passing over those that are already there. How many were new."""
    table = model._meta.db_table
    fields = _columns(model, names)
    columns = ", ".join(f'"{field.column}"' for field in fields)
    values = _rows(model, names, rows)
    if not values:
        return 0
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            marks = ", ".join(["%s"] * len(fields))
            cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks}) ON CONFLICT DO NOTHING", values)
        else:
            arrays = ", ".join(f"%s::{kind}[]" for kind in _types(model, names))
            query = f"INSERT INTO {table} ({columns}) SELECT * FROM unnest({arrays}) ON CONFLICT DO NOTHING"
            cursor.execute(query, [list(column) for column in zip(*values, strict=True)])
        return int(cursor.rowcount)


def ids(model: Model, workspace_id: int, keys: Iterable[bytes]) -> dict[bytes, int]:
    """The id of each key that stands in this workspace."""
    wanted = list(set(keys))
    if not wanted:
        return {}
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            marks = ", ".join(["%s"] * len(wanted))
            cursor.execute(
                f"SELECT key, id FROM {table} WHERE workspace_id = %s AND key IN ({marks})", [workspace_id, *wanted]
            )
        else:
            cursor.execute(
                f"SELECT key, id FROM {table} WHERE workspace_id = %s AND key = ANY(%s::bytea[])",
                [workspace_id, wanted],
            )
        return {bytes(key): id for key, id in cursor.fetchall()}


def update(model: Model, names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Update rows by id: each row is ``(id, *values)`` for the named fields."""
    table = model._meta.db_table
    fields = _columns(model, names)
    values = _rows(model, names, rows, offset=1)
    if not values:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            sets = ", ".join(f'"{field.column}" = %s' for field in fields)
            cursor.executemany(f"UPDATE {table} SET {sets} WHERE id = %s", [(*row[1:], row[0]) for row in values])
        else:
            sets = ", ".join(f'"{field.column}" = new."{field.column}"' for field in fields)
            named = ", ".join(["id", *(f'"{field.column}"' for field in fields)])
            arrays = ", ".join(f"%s::{kind}[]" for kind in ["bigint", *_types(model, names)])
            cursor.execute(
                f"UPDATE {table} SET {sets} FROM unnest({arrays}) AS new({named}) WHERE {table}.id = new.id",
                [list(column) for column in zip(*values, strict=True)],
            )


def next_ids(model: Model, count: int) -> range | list[int]:
    """Ids for ``count`` new rows, taken before they are written (inside the transaction that writes them)."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":  # one writer: nobody else can take them meanwhile
            cursor.execute(f"SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = '{table}'), 0)")
            first = int(cursor.fetchone()[0]) + 1
            return range(first, first + count)
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count])
        return [int(row[0]) for row in cursor.fetchall()]


def move(model: Model, name: str, pairs: Sequence[tuple[int, int]]) -> None:
    """Let all rows whose foreign key ``name`` is the first of a pair point to the second."""
    table, column = model._meta.db_table, model._meta.get_field(name).column  # type: ignore[union-attr]
    if not pairs:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.executemany(f"UPDATE {table} SET {column} = %s WHERE {column} = %s", [(to, at) for at, to in pairs])
        else:
            cursor.execute(
                f"UPDATE {table} SET {column} = new.went FROM unnest(%s::bigint[], %s::bigint[]) AS new(was, went)"
                f" WHERE {table}.{column} = new.was",
                [list(column) for column in zip(*pairs, strict=True)],
            )


BUCKETS = 256


def hold(workspace_id: int, keys: Iterable[bytes]) -> None:
    """Wait for whoever works on one of these keys in this workspace, until the transaction ends. One writer: nobody.

    Keys share 256 locks each workspace, taken in order, so that nobody waits crosswise and the lock table stays small.
    """
    buckets = sorted({workspace_id * BUCKETS + key[0] for key in keys})
    if buckets and connection.vendor != "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(pg_advisory_xact_lock(bucket)) FROM unnest(%s::bigint[]) AS bucket", [buckets])
