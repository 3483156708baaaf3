"""G1: the whole line against the raw bulk-insert limit of the same tables at the same durability, in one run.

The limit is what the database takes when every row is already resolved: the rows that the line itself wrote, inserted
again into emptied tables, in the same batches and transactions. Rounds are interleaved; medians are given.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable
from typing import Any
from unittest import mock

import ground
from django.db import connection, models

from rapport.channels.base import Batch, Item
from rapport.core.database import write
from rapport.inbox.models import Arrival, Conversation, Disposition, Message, Reading
from rapport.ingest import accepting, pipeline, sql, storing
from rapport.people.models import Identity, Person
from rapport.understanding import Us, read
from rapport.understanding.reading import Post

BATCH = 500
TABLES: tuple[type[models.Model], ...] = (Arrival, Person, Identity, Conversation, Message, Reading, Disposition)


def line(items: list[Item]) -> float:
    """Messages a second through the whole line, from acceptance to the desk."""
    at = ground.source()
    began = time.perf_counter()
    for start in range(0, len(items), BATCH):
        accepting.accept(at, Batch(items=tuple(items[start : start + BATCH])))
        while pipeline.run():
            pass
    return len(items) / (time.perf_counter() - began)


def line_without_reading(items: list[Item]) -> float:
    """The same with one ready reading for every post, so that only the plumbing is measured."""
    ready = read([Post(text="@acme where is it?")], Us(handles=("@acme",)))[0]
    with mock.patch.object(storing, "read", lambda posts, us: [ready] * len(posts)):
        return line(items)


Rows = dict[type[models.Model], list[tuple[Any, ...]]]


def written() -> Rows:
    """Every row that the line wrote, table by table, as the engine holds it."""
    found: Rows = {}
    for model in TABLES:
        columns = ", ".join(f'"{field.column}"' for field in model._meta.concrete_fields)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {columns} FROM {model._meta.db_table} ORDER BY 1")
            found[model] = [tuple(_plain(value) for value in row) for row in cursor.fetchall()]
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, memoryview):
        return bytes(value)
    return json.dumps(value) if isinstance(value, dict | list) else value


def _column(model: type[models.Model], name: str) -> int:
    return [field.name for field in model._meta.concrete_fields].index(name)


def batches(rows: Rows) -> list[Rows]:
    """The rows in batches as the line would write them: what a message points to stands in its batch or before."""
    by_id = {model: {row[0]: row for row in rows[model]} for model in (Person, Identity, Conversation)}
    hanging = {model: {row[_column(model, "message")]: row for row in rows[model]} for model in (Reading, Disposition)}
    conversation, identity = _column(Message, "conversation"), _column(Message, "identity")
    person, other = _column(Identity, "person"), _column(Conversation, "identity")
    found = []
    for start in range(0, len(rows[Message]), BATCH):
        messages = rows[Message][start : start + BATCH]
        batch: Rows = {model: [] for model in TABLES}
        batch[Arrival], batch[Message] = rows[Arrival][start : start + BATCH], messages
        for message in messages:
            if thread := by_id[Conversation].pop(message[conversation], None):
                batch[Conversation].append(thread)
            for one in filter(None, (message[identity], thread and thread[other])):
                if who := by_id[Identity].pop(one, None):
                    batch[Identity].append(who)
                    batch[Person].append(by_id[Person].pop(who[person]))
            for model, kept in hanging.items():
                batch[model] += [kept[message[0]]] if message[0] in kept else []
        found.append(batch)
    return found


def limit(rows: Rows) -> float:
    """Messages a second when all rows are known: the same rows, batches and transactions, nothing else."""
    for model in reversed(TABLES):
        model.objects.all().delete()
    ready = batches(rows)
    names = {model: [field.name for field in model._meta.concrete_fields] for model in TABLES}
    began = time.perf_counter()
    for batch in ready:
        with write():
            for model in TABLES:
                sql.insert(model, names[model], batch[model])
    return len(rows[Message]) / (time.perf_counter() - began)


def measure(count: int, rounds: int) -> dict[str, Any]:
    """The medians of one engine."""
    items = list(ground.invented(count))
    line(items[:200])  # models and word lists are loaded once, before the clock runs
    figures: dict[str, list[float]] = {"line": [], "line_without_reading": [], "limit": []}
    for _ in range(rounds):
        figures["line_without_reading"].append(line_without_reading(items))
        figures["line"].append(line(items))
        figures["limit"].append(limit(written()))
    medians = {name: statistics.median(values) for name, values in figures.items()}
    return {
        "ratio": round(medians["line"] / medians["limit"], 3),
        "ratio_without_reading": round(medians["line_without_reading"] / medians["limit"], 3),
        "per_second": {name: round(value) for name, value in medians.items()},
        "messages": count,
        "rounds": rounds,
    }


def main(report: Callable[[str], object] = print) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    figures = {}
    for name in ground.ENGINES:
        with ground.engine(name):
            figures[name] = measure(asked.messages, asked.rounds)
    if asked.json:
        report(json.dumps({"G1": figures}))
    else:
        for name, row in figures.items():
            report(
                f"{name}: {row['ratio']} of the limit ({row['ratio_without_reading']} without reading), {row['per_second']}"
            )


if __name__ == "__main__":
    main()
