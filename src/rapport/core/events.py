"""Events: ``record`` what a verb did, and let readers act on it later, each with a due row of its own.

Readers never run inside the verb, never block each other, and may run twice: make them idempotent.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any

from rapport.core import work
from rapport.core.database import now
from rapport.core.models import Event

Reader = Callable[[Event], None]
_readers: dict[str, dict[str, Reader]] = defaultdict(dict)


def on(verb: str) -> Callable[[Reader], Reader]:
    """Subscribe a reader to a verb. Its name in the table of due rows is ``module.function``."""

    def subscribe(reader: Reader) -> Reader:
        _readers[verb][f"{reader.__module__}.{reader.__qualname__}"] = reader
        return reader

    return subscribe


def record(verb: str, subject: Any, *, by: Any = None, workspace_id: int | None = None, **facts: Any) -> Event:
    """Write one Event in the caller's transaction, and one due row for each reader of its verb."""
    event = Event.objects.create(
        workspace_id=subject.workspace_id if workspace_id is None else workspace_id,
        verb=verb,
        subject=subject._meta.model_name,
        subject_id=subject.pk,
        by_id=by.pk if by is not None else None,
        at=now(),
        facts=facts,
    )
    for name in _readers[verb]:
        work.put("event.read", {"event": event.pk, "reader": name}, workspace_id=event.workspace_id)
    return event


def record_each(verb: str, subject: str, workspace_id: int, facts: Mapping[int, dict[str, Any]]) -> None:
    """The same verb for many subjects (id → facts) in one statement. Only for verbs that nobody reads."""
    if _readers[verb]:
        raise ValueError(f"{verb} has readers: record it one by one.")
    moment = now()
    Event.objects.bulk_create(
        Event(workspace_id=workspace_id, verb=verb, subject=subject, subject_id=id, by_id=None, at=moment, facts=one)
        for id, one in facts.items()
    )


@work.job("event.read")
def read_event(row: work.Claimed) -> None:
    """Run one reader on one Event."""
    event = Event.objects.get(pk=row.payload["event"])
    _readers[event.verb][row.payload["reader"]](event)
