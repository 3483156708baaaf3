"""Writing records into a new workspace: one batch of one kind, with new ids, in the caller's transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from rapport.channels import registry
from rapport.core.refusal import Refused
from rapport.inbox.models import Act, Conversation, Outgoing
from rapport.inbox.models.outgoing import new_key
from rapport.inbox.models.source import new_token
from rapport.ingest import sql
from rapport.ingest.memory import lines, understood
from rapport.ingest.memory.numbers import Numbers
from rapport.ingest.memory.records import BY_MODEL, FACTS, KINDS, Kind

ON_ITS_WAY = "It was still on its way when this was exported. Look whether it left before you send it again."
_DOING = {Act.State.HELD, Act.State.QUEUED, Act.State.DOING}
_FLYING = {Outgoing.State.HELD, Outgoing.State.QUEUED, Outgoing.State.SENDING}
Row = tuple[int, dict[str, Any], int]
"""The line, the record, and how many bytes of the file were read with it."""


@dataclass
class Returned:
    """What has been written so far: new ids by kind, and how the new workspace is counted."""

    workspace_id: int = 0
    numbers: dict[str, Numbers] = field(default_factory=lambda: {kind.name: Numbers() for kind in KINDS})
    counted: Counter[str] = field(default_factory=Counter)


def insert(kind: Kind, batch: list[Row], made: Returned) -> None:
    """Write the batch with what hangs on it, and remember the ids it got."""
    ids = list(sql.next_ids(kind.model, len(batch)))
    made.numbers[kind.name].extend((said["id"], id) for id, (_, said, _) in zip(ids, batch, strict=True))
    names, rows = _rows(kind, batch, ids, made)
    if sql.insert(kind.model, names, rows) != len(rows):
        raise Refused(
            f"Two records {kind.name} of the export have the same key, near line {batch[0][0]}. {lines.NOTHING}"
        )
    for part in kind.parts:
        hanging = (
            (id, *row)
            for id, (line, said, _) in zip(ids, batch, strict=True)
            for row in understood.part_rows(part, said[part.name], line, made.numbers)
        )
        sql.insert(part.model, ["message", *part.refs, *part.fields], hanging)


def _rows(kind: Kind, batch: list[Row], ids: list[int], made: Returned) -> tuple[list[str], list[tuple[Any, ...]]]:
    """The names of the columns, and the rows; with what is made anew here: keys, tokens, the workspace."""
    refs = [f"{name}_id" if kind.name == "event" else name for name in kind.refs]
    extra, make = _EXTRA.get(kind.name, ((), tuple))
    workspace = _workspace_column(kind)
    rows: list[tuple[Any, ...]] = []
    for id, (line, said, _) in zip(ids, batch, strict=True):
        said = _as_it_is_now(kind, said, made)
        own = (made.workspace_id,) if workspace else ()
        rows.append((id, *own, *understood.row(kind, said, line, made.numbers), *make()))
        made.counted.update(_counts(kind, said, made.numbers))
    return ["id", *workspace, *refs, *kind.fields, *extra], rows


_EXTRA: dict[str, tuple[tuple[str, ...], Callable[[], tuple[Any, ...]]]] = {
    "answer": (("key",), lambda: (new_key(),)),  # the key goes with every attempt of one answer, and is nobody else's
    "source": (
        ("token", "sealed", "cursor", "stream_cursor", "error", "lease", "failures", "vouched"),
        lambda: (new_token(), "", "", "", "", "", 0, "{}"),
    ),
}


def _workspace_column(kind: Kind) -> list[str]:
    columns = {column.name for column in kind.model._meta.get_fields()}
    return [str(name) for name in ("workspace", "workspace_id") if name in columns][:1]


def _as_it_is_now(kind: Kind, said: dict[str, Any], made: Returned) -> dict[str, Any]:
    """What is another here than there: an answer in flight is no longer known, and ids inside JSON are the new ones."""
    if kind.name == "answer":
        flying = {"state": str(Outgoing.State.UNKNOWN), "error": ON_ITS_WAY} if said["state"] in _FLYING else {}
        return said | flying | {"was": _facts(said["was"], made.numbers)}
    if kind.name == "act" and said["state"] in _DOING:
        return said | {"state": str(Act.State.UNKNOWN), "error": ON_ITS_WAY}
    if kind.name == "merge":
        return said | {"evidence": _facts(said["evidence"], made.numbers)}
    if kind.name == "source":  # a channel that this Rapport does not have: its history is as if from a file
        known = {channel.kind for channel in registry.all()}
        return said if said["kind"] in known else said | {"kind": "files"}
    if kind.name != "event":
        return said
    to = BY_MODEL.get(str(said["subject"]))
    subject = made.workspace_id if said["subject"] == "workspace" else 0
    if to is not None and type(said["subject_id"]) is int:
        subject = made.numbers[to.name].get(said["subject_id"]) or 0
    return said | {"subject_id": subject, "facts": _facts(said["facts"], made.numbers)}


def _facts(value: Any, numbers: dict[str, Numbers]) -> Any:
    """Facts with the new ids, at whatever depth."""
    if isinstance(value, list):
        return [_facts(inner, numbers) for inner in value]
    if not isinstance(value, dict):
        return value
    return {
        name: numbers[FACTS[name]].get(inner)
        if name in FACTS and type(inner) is int and inner
        else _facts(inner, numbers)
        for name, inner in value.items()
    }


def _counts(kind: Kind, said: dict[str, Any], numbers: dict[str, Numbers]) -> set[str]:
    """The keys under which this record is counted."""
    if kind.name == "message":
        return {"messages"}
    if kind.name != "conversation":
        return set()
    assignee = numbers["member"].get(said["assignee"]) if type(said["assignee"]) is int else None
    return Conversation(state=said["state"], assignee_id=assignee).counter_keys()
