"""Exports asked for on a page: the same file as ``rapport export``, written by the worker, for who asked, for a day.

The file lies in the data folder under a name of chance; it is fetched through the page alone, by the member who asked
while they may still manage the workspace. Who forgets a person removes the workspace's waiting exports with them.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from gzip import GzipFile
from pathlib import Path
from typing import BinaryIO, cast

from django.conf import settings
from django.db.models import QuerySet

from rapport.accounts.models import Member, Workspace
from rapport.core import work
from rapport.core.beside import telling
from rapport.core.database import now, write
from rapport.core.events import record
from rapport.core.models import Work
from rapport.core.refusal import Refused
from rapport.core.whole import whole_file
from rapport.ingest.memory import exporting, spreadsheet
from rapport.ingest.memory.scope import STREAMS, Scope
from rapport.people.models import Person

KEPT = 24 * 3600
"""Seconds that a file waits to be fetched."""


@dataclass(frozen=True)
class Seen:
    """How far an export is, counted in messages. ``until`` is the moment (seconds since 1970) at which the file goes."""

    state: str
    """waiting, writing, done, gone (expired, or removed when somebody was forgotten) or failed."""
    name: str
    written: int = 0
    total: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    until: float = 0.0
    size: int = 0
    error: str = ""
    path: Path | None = None


def folder() -> Path:
    return Path(settings.DATA) / "exports"


def start(scope: Scope, *, csv: bool, by: Member) -> int:
    """Put the job down; its number. The same, asked for again while it is not over, is the same job. Raises Refused."""
    if not by.manages:
        raise Refused("Only an owner or a manager can export. Ask one of them.")
    if scope.stream and scope.stream not in STREAMS:
        raise Refused("There is no such stream.")
    person = scope.person.pk if scope.person else None
    payload = {"by": by.pk, "person": person, "stream": scope.stream, "csv": csv}
    with write():
        for row in of(by).filter(done_at=None, dead_at=None):
            if row.payload == payload:
                return row.pk
        kind = "person" if person else scope.stream or "workspace"
        record("export.started", scope.workspace, by=by, workspace_id=scope.workspace.pk, scope=kind, csv=csv)
        return work.put("export", payload, workspace_id=scope.workspace.pk)


def of(member: Member) -> QuerySet[Work]:
    """The exports this member asked for, the newest first."""
    rows = Work.objects.filter(kind="export", workspace_id=member.workspace_id, payload__by=member.pk)
    return rows.order_by("-pk")


def seen(row: Work, workspace: Workspace) -> Seen:
    """How far it is, and where its file lies if it can be fetched."""
    name, far = _name(row, workspace), row.progress
    if row.dead_at:
        return Seen("failed", name, error=row.error)
    if not row.done_at:
        begun = row.lease_until is not None and row.lease_until > now()
        return Seen("writing" if begun else "waiting", name, far.get("written", 0), far.get("total", 0))
    path, until = folder() / far["file"], far["until"]
    there = until > time.time() and path.is_file()
    state, size = ("done", path.stat().st_size) if there else ("gone", 0)
    return Seen(state, name, counts=far["counts"], until=until, size=size, path=path if there else None)


def _name(row: Work, workspace: Workspace) -> str:
    """What the file is called on the disk of who fetches it."""
    payload = row.payload
    part = f"-person-{payload['person']}" if payload["person"] else f"-{payload['stream']}" if payload["stream"] else ""
    return f"{workspace.slug}{part}.{'csv' if payload['csv'] else 'jsonl.gz'}"


@work.job("export")
def run(row: work.Claimed) -> None:
    """Write the file, whole or not at all."""
    by = Member.objects.active().select_related("workspace").filter(pk=row.payload["by"]).first()
    if by is None or not by.manages:
        raise work.Dead("Whoever asked for this export may not have it any more.")
    person = row.payload["person"]
    whom = Person.objects.filter(pk=person, workspace=by.workspace).first() if person else None
    if person and whom is None:
        raise work.Dead("The person of this export is gone.")
    scope = Scope(by.workspace, whom, row.payload["stream"])
    file = f"{by.workspace_id}-{secrets.token_urlsafe(24)}"
    total, written = scope.rows("message").count(), 0

    def far() -> dict[str, int]:
        return {"written": written, "total": total}

    with telling(row, far) as mine:

        def count(more: int) -> None:
            nonlocal written
            written += more
            mine()

        try:
            counts = _write(scope, file, count, csv=row.payload["csv"])
        except Refused as error:
            raise work.Again(str(error)) from error
    row.extend(written=total, total=total, counts=counts, file=file, until=time.time() + KEPT)


def _write(scope: Scope, file: str, count: Callable[[int], None], *, csv: bool) -> dict[str, int]:
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    with whole_file(folder() / file) as out:
        if csv:
            return {"message": spreadsheet.write(scope, out, count)}
        with GzipFile(filename="", fileobj=out, mode="wb", compresslevel=6, mtime=0) as packed:
            return exporting.export(scope, cast(BinaryIO, packed), count)


def sweep() -> None:
    """Remove what has expired, and what a killed worker left half-written."""
    if folder().is_dir():
        for old in folder().iterdir():
            if old.is_file() and time.time() - old.stat().st_mtime > KEPT:
                old.unlink(missing_ok=True)
