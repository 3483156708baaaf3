"""Returning: an export is taken back into a new workspace, equal to the one it came from. Never into another's.

The file is read twice: once to see that every line is as it should be, before anything is written, and once to write
it in batches. Killed half-way, the job begins again at its next run: what was written so far is cleared away first.
Nobody has a login there until a link is made, so that nobody sees a half of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from rapport.accounts.founding import RESERVED, found
from rapport.accounts.models import Member, Role, Workspace
from rapport.core import counters, work
from rapport.core.database import now, write
from rapport.core.events import record
from rapport.core.models import Work
from rapport.core.refusal import Refused
from rapport.ingest.memory import clearing, lines, understood, values
from rapport.ingest.memory.records import BY_NAME, Kind
from rapport.ingest.memory.writing import Returned, Row, insert
from rapport.people import merging, organising

BATCH = 500


def start(path: Path) -> int:
    """Put the job down; its number. Raises Refused when the first line is none that this Rapport reads."""
    lines.header(path)
    chosen = str(path.absolute())
    with write():
        stopped = Work.objects.filter(kind="return", done_at=None, dead_at=None, payload__path=chosen).first()
        return stopped.pk if stopped else work.put("return", {"path": chosen, "began": now().timestamp()})


@work.job("return")
def run(row: work.Claimed) -> None:
    """Look at the whole file, then write it into a new workspace; its short name stands in the progress."""
    path = Path(row.payload["path"])
    total = _size(path)
    _clear(row)
    try:
        told = understood.check(path, lambda read: row.extend(read=0, bytes=read // 2, total=total))
        made = _found(path, row)
        _write(path, told, made, lambda count, read: row.extend(read=count, bytes=(total + read) // 2, total=total))
    except Refused as error:
        _clear(row)
        raise work.Dead(str(error)) from error
    workspace = Workspace.objects.get(pk=made.workspace_id)
    counts = {kind: len(numbers) for kind, numbers in made.numbers.items() if len(numbers)}
    row.extend(read=sum(counts.values()), bytes=total, total=total, workspace=workspace.slug, counts=counts)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError as error:
        raise work.Dead(f"The file cannot be read: {error.strerror}.") from error


def _clear(row: work.Claimed) -> None:
    """Remove what this job has written so far: a run before it was killed, or this one cannot go on."""
    payload = Work.objects.values_list("payload", flat=True).get(pk=row.id)
    half = Workspace.objects.filter(pk=payload.get("workspace")).first()
    if half is not None:
        clearing.clear(half)


def _found(path: Path, row: work.Claimed) -> Returned:
    """A new workspace, and in the same transaction the job's note of it."""
    try:
        said = lines.header(path)["workspace"]
        name, zone, perspective = str(said["name"]), str(said["zone"]), str(said["perspective"])[:20]
        languages = [str(one)[:12] for one in said["languages"]][:50]
        slug = str(said.get("slug", ""))
    except (KeyError, TypeError, ValueError) as error:
        raise Refused(f"The first line of the export does not describe its workspace. {lines.NOTHING}") from error
    with write():
        owner = found(name, owner_name="Owner", zone=zone, perspective=perspective)
        workspace = owner.workspace
        owner.delete()  # its members stand in the file
        clearing.forget_founding(workspace.pk)
        free = slug not in RESERVED and not Workspace.objects.filter(slug=slug).exists()
        workspace.slug = slug if free and slug.isascii() and slug.replace("-", "a").isalnum() else workspace.slug
        workspace.languages, workspace.created_at = languages, _moment(said)
        workspace.save()
        Work.objects.filter(pk=row.id).update(payload=row.payload | {"workspace": workspace.pk})
    return Returned(workspace.pk)


def _moment(said: dict[str, Any]) -> Any:
    return values.column(Workspace._meta.get_field("created_at"), said.get("created_at"), 1)


def _write(path: Path, told: dict[str, Any], made: Returned, seen: Callable[[int, int], bool]) -> None:
    """The second reading: batches of one kind, each in its own transaction."""
    count = 0
    for kind, batch in _batches(lines.records(path)):
        with write():
            insert(kind, batch, made)
        count += len(batch)
        if not seen(count, batch[-1][2]):
            raise Refused("The job was stopped, or another worker has taken it.")
    workspace = Workspace.objects.get(pk=made.workspace_id)
    with write():
        merging.settle(workspace.pk)
        organising.name_all(workspace.pk)
        work.put("people.compare", {"workspace": workspace.pk}, workspace_id=workspace.pk)
        if not Member.objects.active().filter(workspace=workspace, role=Role.OWNER).exists():
            Member.objects.create(workspace=workspace, name="Owner", role=Role.OWNER)
        record("workspace.returned", workspace, workspace_id=workspace.pk, rows=count, format=told["format"])
        counters.bump([(workspace.pk, key, number) for key, number in made.counted.items()])


def _batches(rows: Iterator[Row]) -> Iterator[tuple[Kind, list[Row]]]:
    """Rows of one kind together, at most BATCH of them, and fewer where they are large."""
    batch: list[Row] = []
    size = 0
    for row in rows:
        weight = len(row[1].get("text") or "")
        if batch and (batch[0][1]["record"] != row[1]["record"] or len(batch) >= BATCH or size + weight > 4_000_000):
            yield BY_NAME[batch[0][1]["record"]], batch
            batch, size = [], 0
        batch.append(row)
        size += weight
    if batch:
        yield BY_NAME[batch[0][1]["record"]], batch
