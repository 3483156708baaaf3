"""What is written is found: every searched table still has its triggers after all migrations (a rebuilt one loses them)."""

from __future__ import annotations

import re

from django.db import connection
from django.db.migrations.loader import MigrationLoader

from rapport.core.search import AddSearch


def searched() -> set[str]:
    """The tables that some migration made searchable."""
    return {
        operation.table
        for migration in MigrationLoader(None).disk_migrations.values()
        for operation in migration.operations
        if isinstance(operation, AddSearch)
    }


def test_every_searched_table_is_still_indexed_after_all_migrations(store: str) -> None:
    tables = searched()
    assert {"people_person", "people_identity", "people_organisation", "inbox_message"} <= tables
    with connection.cursor() as cursor:
        if store == "sqlite":
            cursor.execute("SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'")
            found = {(name, on): sql for name, on, sql in cursor.fetchall()}
            for table in tables:
                for verb in ("insert", "update", "delete"):
                    sql = found.get((f"{table}_fts_{verb}", table), "")
                    assert re.search(rf"INSERT INTO {table}_fts\(", sql), f"{table} lost its trigger on {verb}"
        else:
            cursor.execute("SELECT indexname FROM pg_indexes WHERE schemaname = current_schema()")
            assert {f"{table}_search" for table in tables} <= {name for (name,) in cursor.fetchall()}
