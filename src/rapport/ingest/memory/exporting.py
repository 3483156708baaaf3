"""Exporting: every row of a scope as a record, streamed in flat memory out of one moment of the database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

from django.db import models

from rapport.accounts.models import Workspace
from rapport.core.database import now, snapshot
from rapport.ingest.memory.lines import Writer
from rapport.ingest.memory.records import KINDS, Kind, Part
from rapport.ingest.memory.scope import Scope

BATCH = 500


def export(scope: Scope, stream: BinaryIO, count: Callable[[int], None] = lambda more: None) -> dict[str, int]:
    """Write the scope to ``stream`` as JSON Lines; how many records of each kind. ``count`` hears of each message."""
    with snapshot():
        writer = Writer(stream)
        writer.begin(exported_at=now(), scope=scope.words, workspace=_workspace(scope.workspace))
        for kind in KINDS:
            for row in rows(scope, kind):
                writer.put(row)
                count(kind.name == "message")
        writer.end()
    return dict(writer.counts)


def _workspace(workspace: Workspace) -> dict[str, Any]:
    names = ("slug", "name", "perspective", "zone", "languages", "demo", "created_at")
    return {"id": workspace.pk} | {name: getattr(workspace, name) for name in names}


def rows(scope: Scope, kind: Kind) -> Iterator[dict[str, Any]]:
    """The records of one kind, by id, in keyset batches."""
    binary = {name for name in kind.fields if isinstance(kind.model._meta.get_field(name), models.BinaryField)}
    columns = [*kind.fields, *(f"{name}_id" for name in kind.refs)]
    everything = scope.rows(kind.name).order_by("pk")
    last = 0
    while batch := list(everything.filter(pk__gt=last).values("pk", *columns)[:BATCH]):
        last = batch[-1]["pk"]
        parts = {part.name: _parts(part, [row["pk"] for row in batch]) for part in kind.parts}
        for row in batch:
            record = {"record": kind.name, "id": row["pk"]}
            record |= {name: row[f"{name}_id"] for name in kind.refs}
            record |= {name: bytes(row[name]).hex() if name in binary else row[name] for name in kind.fields}
            record |= {name: found[row["pk"]] for name, found in parts.items()}
            yield _narrowed(scope, kind, record)


def _parts(part: Part, ids: list[int]) -> dict[int, Any]:
    """What hangs on these messages, by message: a list where there may be many, else one object or null."""
    columns = [*part.fields, *(f"{name}_id" for name in part.refs)]
    found = part.model._default_manager.filter(message_id__in=ids).order_by("pk").values("message_id", *columns)
    by_message: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in found:
        made = {name: row[f"{name}_id"] for name in part.refs} | {name: row[name] for name in part.fields}
        by_message[row["message_id"]].append(made)
    if part.many:
        return {id: by_message.get(id, []) for id in ids}
    return {id: by_message[id][0] if by_message.get(id) else None for id in ids}


def _narrowed(scope: Scope, kind: Kind, record: dict[str, Any]) -> dict[str, Any]:
    """One person's export holds nobody else's words: what a stream shows of a conversation may be another's."""
    if scope.person is not None and kind.name == "conversation":
        return record | {"snippet": "", "subject": ""}
    return record
