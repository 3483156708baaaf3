"""Search over a model's text columns in either engine: a migration operation, and a queryset that knows ``search``.

Texts are not copied: SQLite keeps a contentless FTS5 index fed by triggers, PostgreSQL a GIN index over an expression.
"""

from __future__ import annotations

import re
from typing import Any, Self, TypeVar, cast

from django.db import connection, connections, models
from django.db.migrations.operations.base import Operation
from django.db.models.expressions import F, Func, RawSQL

from rapport.core.folding import POSTGRESQL_FOLD, fold

_PARTS = re.compile(r'"([^"]*)"|(\S+)')
M = TypeVar("M", bound=models.Model, covariant=True)


def phrases(words: str) -> list[list[str]]:
    """The folded phrases of what somebody typed: ``lost "two bags"`` is ``[["lost"], ["two", "bags"]]``."""
    found = (fold(quoted or single).split() for quoted, single in _PARTS.findall(words))
    return [phrase for phrase in found if phrase]


def matching(model: type[models.Model], words: str, *columns: str, starts: bool = False) -> RawSQL:
    """The ids of the rows that ``AddSearch`` indexed by these columns and that hold every word, for ``pk__in=``.

    With ``starts``, each word need only begin like it: ``ann`` finds Annabel.
    """
    table, wanted = model._meta.db_table, phrases(words)
    if not wanted:
        return RawSQL("SELECT 0 WHERE 1 = 0", ())
    if connection.vendor == "sqlite":
        sql = f"SELECT rowid FROM {table}_fts WHERE {table}_fts MATCH %s"
        return RawSQL(sql, [_fts5(wanted, starts)])  # noqa: S611 - the words are a parameter
    sql = f'SELECT id FROM "{table}" WHERE {_vector(table, columns)} @@ %s::tsquery'
    return RawSQL(sql, [_tsquery(wanted, starts)])  # noqa: S611


class Holds(Func):
    """Does the row with this id hold every word? Asked row by row, where few rows are looked at and many would match.

    SQLite looks the row up in its index; PostgreSQL takes the ids from its own (``matching``), which it keeps at hand.
    """

    output_field = models.BooleanField()

    def __init__(self, model: type[models.Model], words: str, *columns: str) -> None:
        super().__init__(F("pk"))
        self.sought = (model, words, columns)

    def as_sql(self, compiler: Any, connection: Any, **options: Any) -> Any:  # type: ignore[override]
        model, words, columns = self.sought
        row, _ = compiler.compile(self.source_expressions[0])
        ids = matching(model, words, *columns)
        if connection.vendor != "sqlite" or not ids.params:
            return f"{row} IN ({ids.sql})", tuple(ids.params)
        table = model._meta.db_table
        return f"EXISTS (SELECT 1 FROM {table}_fts WHERE {table}_fts MATCH %s AND rowid = {row})", tuple(ids.params)


def _fts5(wanted: list[list[str]], starts: bool = False) -> str:
    return " ".join('"' + " ".join(phrase) + '"' + "*" * starts for phrase in wanted)


def _tsquery(wanted: list[list[str]], starts: bool = False) -> str:
    ending = ":*" if starts else ""
    return " & ".join("(" + " <-> ".join(f"'{word}'" for word in phrase) + ending + ")" for phrase in wanted)


def _vector(table: str, columns: tuple[str, ...]) -> str:
    """What PostgreSQL's index is made of; a query finds the index by the same words."""
    texts = " || ' ' || ".join(f'"{table}"."{column}"' for column in columns)
    return f"to_tsvector('simple', rapport_fold({texts}))"


class SearchableQuerySet(models.QuerySet[M]):
    """``.search("lost bag")``: rows whose text holds every word (and every quoted phrase), newest first."""

    search_column = "text"

    def search(self, words: str) -> Self:
        wanted = phrases(words)
        if not wanted:
            return self.none()
        table = self.model._meta.db_table
        if connections[self.db].vendor == "sqlite":
            # Joined, and ordered by the index's own rowid: FTS5 walks it backwards and stops at the page's end.
            found = self.extra(
                tables=[f"{table}_fts"],
                where=[f"{table}_fts.rowid = {table}.id", f"{table}_fts MATCH %s"],
                params=[_fts5(wanted)],
                order_by=[f"-{table}_fts.rowid"],
            )
        else:
            where = f"{_vector(table, (self.search_column,))} @@ %s::tsquery"
            found = self.extra(where=[where], params=[_tsquery(wanted)]).order_by("-id")
        return cast(Self, found)


class AddSearch(Operation):
    """Index text columns of one table as one text for search, in whichever engine runs the migration."""

    reduces_to_sql = True
    reversible = True

    def __init__(self, table: str, *columns: str) -> None:
        self.table = table
        self.columns = columns

    def state_forwards(self, app_label: str, state: Any) -> None:
        """The search index is no part of the models' state."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        statements = self._sqlite() if schema_editor.connection.vendor == "sqlite" else self._postgresql()
        for statement in statements:
            schema_editor.execute(statement, params=None)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if schema_editor.connection.vendor == "sqlite":
            for statement in self._dropped():
                schema_editor.execute(statement, params=None)
        else:
            schema_editor.execute(f"DROP INDEX {self.table}_search", params=None)

    def describe(self) -> str:
        return f"Index {self.table}.{'+'.join(self.columns)} for search"

    def _dropped(self) -> list[str]:
        triggers = [f"DROP TRIGGER IF EXISTS {self.table}_fts_{suffix}" for suffix in ("insert", "update", "delete")]
        return [*triggers, f"DROP TABLE IF EXISTS {self.table}_fts"]

    def _sqlite(self) -> list[str]:
        t, c = self.table, ", ".join(self.columns)
        new, old, there = (
            " || ' ' || ".join(f"{row}.{column}" for column in self.columns) for row in ("new", "old", t)
        )
        add = f"INSERT INTO {t}_fts(rowid, words) VALUES (new.id, rapport_fold({new}));"
        drop = f"INSERT INTO {t}_fts({t}_fts, rowid, words) VALUES ('delete', old.id, rapport_fold({old}));"
        return [
            f"CREATE VIRTUAL TABLE {t}_fts USING fts5(words, content='', tokenize='unicode61 remove_diacritics 0')",
            f"CREATE TRIGGER {t}_fts_insert AFTER INSERT ON {t} BEGIN {add} END",
            f"CREATE TRIGGER {t}_fts_delete AFTER DELETE ON {t} BEGIN {drop} END",
            f"CREATE TRIGGER {t}_fts_update AFTER UPDATE OF {c} ON {t} BEGIN {drop} {add} END",
            f"INSERT INTO {t}_fts(rowid, words) SELECT id, rapport_fold({there}) FROM {t}",
        ]

    def _postgresql(self) -> list[str]:
        vector = _vector(self.table, self.columns).replace(f'"{self.table}".', "")
        return [POSTGRESQL_FOLD, f"CREATE INDEX {self.table}_search ON {self.table} USING gin ({vector})"]


class SearchAgain(AddSearch):
    """Index anew on SQLite, after an operation for which Django made the table anew: its triggers went with the old one."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if schema_editor.connection.vendor == "sqlite":
            for statement in (*self._dropped(), *self._sqlite()):
                schema_editor.execute(statement, params=None)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """The index stays: it is that of ``AddSearch``."""

    def describe(self) -> str:
        return f"Index {self.table}.{'+'.join(self.columns)} anew"
