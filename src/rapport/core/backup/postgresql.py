"""PostgreSQL: every table by COPY out of one moment, and back. No program beside Rapport is needed, nor any extension."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

from rapport.core.backup.archive import TABLES
from rapport.core.database import snapshot
from rapport.core.refusal import Refused

Columns = dict[str, list[str]]
KEPT = "django_migrations"
"""The one table that is not copied: it says which migrations made the others, and those are applied first."""


def copy(folder: Path) -> tuple[dict[str, int], Columns]:
    """Write each table to ``folder/tables/NAME``; how many rows, and which columns, each has."""
    (folder / TABLES).mkdir(parents=True)
    counts: dict[str, int] = {}
    columns: Columns = {}
    with snapshot(), connection.cursor() as cursor:
        for table in tables():
            columns[table] = [column.name for column in connection.introspection.get_table_description(cursor, table)]
            cursor.execute(f'SELECT count(*) FROM "{table}"')  # noqa: S608 - a name from the catalogue
            counts[table] = cursor.fetchone()[0]
            with (folder / TABLES / table).open("wb") as file, cursor.copy(_out(table, columns[table])) as data:
                for piece in data:
                    file.write(piece)
    return counts, columns


def tables() -> list[str]:
    """Django's tables that exist, but for the one of migrations."""
    return sorted(set(connection.introspection.django_table_names(only_existing=True, include_views=False)) - {KEPT})


def migrations() -> list[list[str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations ORDER BY id")
        return [list(row) for row in cursor.fetchall()]


def check(folder: Path, columns: Columns) -> dict[str, int]:
    """Read every table into a temporary one of the same columns; how many rows arrived. Nothing is left behind."""
    counts = {}
    with transaction.atomic(), connection.cursor() as cursor:
        for table, names in sorted(columns.items()):
            cursor.execute(f'CREATE TEMP TABLE rapport_check (LIKE "{table}") ON COMMIT DROP')
            _in(cursor, folder / TABLES / table, "rapport_check", names)
            cursor.execute("SELECT count(*) FROM rapport_check")
            counts[table] = cursor.fetchone()[0]
            cursor.execute("DROP TABLE rapport_check")
    return counts


def refuse_filled() -> None:
    """Only an empty database takes a backup back: nothing there may be lost or mixed."""
    with connection.cursor() as cursor:
        for table in {"accounts_workspace", "accounts_user"} & set(connection.introspection.table_names(cursor)):
            cursor.execute(f'SELECT count(*) FROM "{table}"')  # noqa: S608
            if cursor.fetchone()[0]:
                raise Refused(
                    "The database of RAPPORT_DATABASE_URL holds workspaces already. Name an empty one; keep this one until "
                    "you have seen the other work."
                )


def load(folder: Path, columns: Columns, applied: list[list[str]]) -> dict[str, int]:
    """Make the tables as they were and fill them, all in one transaction; how many rows each has."""
    _migrate_to(applied)
    counts = {}
    with transaction.atomic(), connection.cursor() as cursor:
        listed = ", ".join(f'"{table}"' for table in sorted({*columns, *tables()}))
        cursor.execute(f"TRUNCATE {listed} RESTART IDENTITY")
        for table, names in sorted(columns.items()):  # foreign keys are looked at when the transaction ends
            _in(cursor, folder / TABLES / table, table, names)
            cursor.execute(f'SELECT count(*) FROM "{table}"')  # noqa: S608
            counts[table] = cursor.fetchone()[0]
            _go_on_counting(cursor, table, names)
    return counts


def _migrate_to(applied: list[list[str]]) -> None:
    """Apply just the migrations that had been applied then; what is newer comes with the next start."""
    executor = MigrationExecutor(connection)
    leaves: dict[str, str] = {}
    for app, name in applied:
        if (app, name) in executor.loader.graph.nodes:
            leaves[app] = max(leaves.get(app, ""), name)
    executor.migrate([(app, name) for app, name in leaves.items() if app in {c.label for c in apps.get_app_configs()}])


def _go_on_counting(cursor: Any, table: str, names: list[str]) -> None:
    if "id" not in names:
        return
    cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [f'"{table}"'])
    if sequence := cursor.fetchone()[0]:
        cursor.execute(f'SELECT setval(%s, greatest((SELECT max(id) FROM "{table}"), 1))', [sequence])  # noqa: S608


def _out(table: str, names: list[str]) -> str:
    return f'COPY "{table}" ({_listed(names)}) TO STDOUT'


def _in(cursor: Any, path: Path, table: str, names: list[str]) -> None:
    with path.open("rb") as file, cursor.copy(f'COPY "{table}" ({_listed(names)}) FROM STDIN') as data:
        while piece := file.read(1024 * 1024):
            data.write(piece)


def _listed(names: list[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)
