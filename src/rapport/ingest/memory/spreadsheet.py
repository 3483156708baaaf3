"""Messages as CSV for a spreadsheet: with a byte order mark, and safe from cells that a spreadsheet would calculate."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

from rapport.core.database import snapshot
from rapport.inbox.models import Disposition, Reading
from rapport.ingest.memory.scope import Scope

COLUMNS = (
    "id", "conversation", "state", "assignee", "network", "external_id", "said_at", "address", "name", "ours", "by",
    "public", "addressed", "needs", "row", "urgency", "language", "valence", "deleted_at", "subject", "text", "url",
)  # fmt: skip
BATCH = 500
_CALCULATES = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def safe(cell: Any) -> Any:
    """A cell that a spreadsheet shows and never calculates: a stranger's words get an apostrophe before them.

    A formula begins with one of ``= + - @``, after a tab or a line end as well, or in their wide forms. Numbers stay.
    """
    if not isinstance(cell, str):
        return "" if cell is None else cell
    return f"'{cell}" if cell.lstrip(" ").startswith(_CALCULATES) else cell


def write(scope: Scope, stream: BinaryIO, count: Callable[[int], None] = lambda more: None) -> int:
    """The scope's messages, one a row, oldest id first; how many. ``count`` hears of each."""
    written = 0
    with snapshot():
        stream.write(b"\xef\xbb\xbf")
        text = io.TextIOWrapper(stream, encoding="utf-8", newline="", write_through=True)
        try:
            table = csv.writer(text, quoting=csv.QUOTE_MINIMAL)
            table.writerow(COLUMNS)
            for row in _rows(scope):
                table.writerow([safe(row[name]) for name in COLUMNS])
                written += 1
                count(1)
        finally:
            text.detach()
    return written


def _rows(scope: Scope) -> Iterator[dict[str, Any]]:
    plain = (
        "id",
        "network",
        "external_id",
        "said_at",
        "ours",
        "public",
        "addressed",
        "deleted_at",
        "subject",
        "text",
        "url",
    )
    far = {"conversation": "conversation_id", "state": "conversation__state", "assignee": "conversation__assignee__name",
           "address": "identity__address", "name": "identity__name", "by": "by__name"}  # fmt: skip
    messages = scope.rows("message").order_by("pk")
    last = 0
    while batch := list(messages.filter(pk__gt=last).values(*plain, *far.values())[:BATCH]):
        last = batch[-1]["id"]
        ids = [row["id"] for row in batch]
        readings: dict[int, Any] = {row["message_id"]: row for row in Reading.objects.filter(message__in=ids).values()}
        decisions = Disposition.objects.filter(message__in=ids).order_by("pk").values()
        standing: dict[int, Any] = {row["message_id"]: row for row in decisions}  # the last one said stands
        for row in batch:
            read, decided = readings.get(row["id"], {}), standing.get(row["id"], {})
            made = {name: row[name] for name in plain} | {name: row[column] for name, column in far.items()}
            made |= {name: read.get(name) for name in ("language", "valence")}
            made |= {name: decided.get(name) for name in ("needs", "row", "urgency")}
            for name in ("said_at", "deleted_at"):
                made[name] = made[name].isoformat() if made[name] else None
            yield made
