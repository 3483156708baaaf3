"""Importing a history from a file: one job, whoever started it (the command, the upload page), seen by its progress.

The job reads batches, accepts each (its place in the file goes into the source's cursor in the same transaction) and
lets them take the line. Killed or paused at any moment it goes on from its cursor; started again it finds everything
known; cancelled, it takes out again what it brought (``removing``).
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from contextlib import nullcontext, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rapport.accounts.models import Member, Workspace
from rapport.channels.base import ChannelError
from rapport.channels.files import FilesChannel, Guess, Reading, guess, parse_map, write_map
from rapport.channels.text import one_line
from rapport.core import counters, work
from rapport.core.database import locked, now, write
from rapport.core.events import record
from rapport.core.models import Work
from rapport.core.refusal import Refused
from rapport.inbox.models import Arrival, Conversation, Source, Term
from rapport.ingest import accepting, pipeline, progressing, removing
from rapport.ingest.asides import Asides, unreadable_file
from rapport.ingest.memory.lines import is_export


def look(path: Path, name: str, *, mapped: bool = False) -> Guess:
    """What the file seems to be, with three sample rows. Raises Refused with a sentence.

    ``mapped``: somebody says which column is what, so that a file whose first rows cannot be read may pass.
    """
    if is_export(path):
        raise Refused(
            "This is an export of Rapport. It is never mixed into a workspace that is there: whoever runs the server "
            "takes it back into a new one with rapport import."
        )
    try:
        found = guess(path, name)
    except ChannelError as error:
        raise Refused(error.message) from error
    if not found.fixed and not found.columns and not mapped:
        raise Refused(
            "The file begins with nothing that can be read as a row (a line may have 1 MB at most), so its columns are "
            "not known. Take that out; or name the columns: rapport import FILE --map text=body,author=user."
        )
    return found


def checked(mapping: str | Mapping[str, str], found: Guess) -> dict[str, str]:
    """A person's own mapping, checked against the columns there are. Raises Refused."""
    try:
        return parse_map(mapping if isinstance(mapping, str) else write_map(mapping), found.columns or None)
    except ChannelError as error:
        raise Refused(error.message) from error


def know(workspace: Workspace, us: Iterable[str], rivals: Iterable[str]) -> None:
    """Write down who we are and who our rivals are: with an @ a handle, without it a name."""
    for kind, words in ((None, us), (Term.Kind.RIVAL, rivals)):
        for word in filter(None, (one_line(word, 120) for word in words)):
            one = kind or (Term.Kind.HANDLE if word.startswith("@") else Term.Kind.NAME)
            Term.objects.get_or_create(workspace=workspace, kind=one, text=word)


def start(
    workspace: Workspace,
    path: Path,
    name: str,
    mapping: Mapping[str, str],
    *,
    by: Member | None,
    us: Iterable[str] = (),
    rivals: Iterable[str] = (),
    keep: bool = True,
) -> int:
    """Put the job down; returns its number. ``keep``: leave the file where it is when all is done."""
    _may(by)
    with write():
        know(workspace, us, rivals)
        source, _ = Source.objects.get_or_create(workspace=workspace, kind="files", name=name[:120])
        chosen = {"source": source.pk, "path": str(path.absolute()), "map": write_map(mapping)}
        if (standing := _standing(source, chosen)) is not None:
            work.go_on(standing)
            return standing
        Source.objects.filter(pk=source.pk).update(cursor="", unreadable=0)
        record("import.started", source, by=by)
        payload = chosen | {"keep": keep, "name": name, "began": now().timestamp()}
        return work.put("import", payload, workspace_id=workspace.pk)


def _standing(source: Source, chosen: dict[str, Any]) -> int | None:
    """The job that was stopped half-way through this very file, if there is one: it goes on where it stopped.

    Raises Refused where another import into the same source is not over: both would write down their place there.
    """
    for row in progressing.imports(source.workspace_id).filter(
        kind="import", payload__source=source.pk, done_at=None, dead_at=None
    ):
        if row.payload.get("cancel"):
            raise Refused(
                "Import %(n)s of %(file)s is being taken out. Wait until it is gone.", n=str(row.pk), file=source.name
            )
        if chosen.items() <= row.payload.items():
            return row.pk
        raise Refused(
            "Import %(n)s of %(file)s is not over. Let it end, or cancel it first.", n=str(row.pk), file=source.name
        )
    return None


def pause(job: Work, *, by: Member | None) -> None:
    """Let it wait after the batch it is at. Raises Refused."""
    _may(by)
    if job.payload.get("cancel") or not work.stop(job.pk):
        raise Refused("This import is not running: it cannot be paused.")


def resume(job: Work, *, by: Member | None) -> None:
    """Go on where it was paused, or where it failed. Raises Refused."""
    _may(by)
    if not work.go_on(job.pk) and not (job.dead_at and work.again(job.pk)):
        raise Refused("This import is not paused: it cannot go on.")


def cancel(job: Work, *, by: Member | None) -> None:
    """Stop it, and take out again what it brought and nobody touched. Raises Refused."""
    _may(by)
    with write():
        row = locked(Work.objects).get(pk=job.pk)
        if row.payload.get("cancel") and not row.dead_at:
            raise Refused("This import has been cancelled already.")
        ended = {"until": row.done_at.timestamp()} if row.done_at else {}
        work.again(row.pk, payload=row.payload | ended | {"cancel": True})
        if source := Source.objects.filter(pk=row.payload["source"]).first():
            record(f"{row.kind}.cancelled", source, by=by)


def _may(by: Member | None) -> None:
    if by is not None and not by.manages:
        raise Refused("Only an owner or a manager can import a file.")


@work.job("import")
def run(row: work.Claimed) -> None:
    """Read on from the source's cursor to the end of the file; or take out what a cancelled import brought."""
    source = Source.objects.select_related("workspace").filter(pk=row.payload["source"]).first()
    if row.payload.get("cancel"):
        _cancel(row, source)
        return
    if source is None:
        raise work.Dead("The source of this import is gone: somebody removed it.")
    if (
        progressing.imports(source.workspace_id)
        .filter(kind="import", payload__source=source.pk, pk__gt=row.id)
        .exists()
    ):
        raise work.Dead("The same file was imported again since. Start it anew if rows are missing.")
    path = Path(row.payload["path"])
    try:
        total = size(path)
        with nullcontext(path) if path.is_dir() else path.open("rb") as stream:
            so_far = _read(row, source, stream, total)
    except OSError as error:
        raise work.Dead(f"The file cannot be read: {error.strerror}.") from error
    except ChannelError as error:
        raise work.Dead(error.message) from error
    _hold_on(row, so_far | {"bytes": total, "total": total})
    with write():
        record("import.ended", source, read=so_far["read"], unreadable=so_far["unreadable"], needs=so_far["needs"])
    _forget_upload(row)


def _cancel(row: work.Claimed, source: Source | None) -> None:
    """Take out what came since this import began (and before it ended, where it had)."""
    if source is not None:
        began, until = row.payload["began"], row.payload.get("until")
        ended = datetime.fromtimestamp(until, UTC) if until else None
        removing.take_out(row, source, datetime.fromtimestamp(began, UTC), ended)
    _forget_upload(row)


def _forget_upload(row: work.Claimed) -> None:
    if not row.payload["keep"]:
        with suppress(FileNotFoundError):
            Path(row.payload["path"]).unlink()


def _hold_on(row: work.Claimed, so_far: Mapping[str, Any]) -> None:
    """Renew the hold and write down progress. Raises Stopped when somebody paused or cancelled it."""
    if not row.extend(**so_far):
        raise work.Stopped


def size(path: Path) -> int:
    """The bytes of a file, or of all files in a folder."""
    if path.is_dir():
        return sum(inside.stat().st_size for inside in path.rglob("*") if inside.is_file())
    return path.stat().st_size


def _read(row: work.Claimed, source: Source, stream: Any, total: int) -> dict[str, Any]:
    asides = Asides(unreadable_file(source), fresh=not source.cursor)
    reading = FilesChannel().read(stream, {"map": row.payload["map"]}, cursor=source.cursor, name=row.payload["name"])
    for batch in reading:
        asides.keep(batch.unreadable)  # first: a row kept twice is found out, one never kept is not
        with write():  # nothing is accepted for an import that was cancelled a moment ago
            _hold_on(row, _so_far(row, source, reading, asides, total))
            accepting.accept(source, batch)
        while pipeline.run(source_id=source.pk):
            pass
        _hold_on(row, _so_far(row, source, reading, asides, total))
    so_far = _so_far(row, source, reading, asides, total)
    waiting = Arrival.objects.filter(workspace_id=source.workspace_id, source=source, done_at=None, poison_at=None)
    while waiting.filter(due_at__lte=now()).exists():
        if not pipeline.run(source_id=source.pk):  # another worker holds the rest, or died with it: its lease will end
            time.sleep(0.2)
            _hold_on(row, so_far)
    refused = Arrival.objects.filter(source=source, pk__gt=asides.last_arrival).exclude(poison_at=None).order_by("id")
    for arrival in refused.iterator():
        asides.keep_refused(arrival.pk, arrival.error, bytes(arrival.raw))
    Source.objects.filter(pk=source.pk).update(unreadable=asides.count)
    needs = Conversation.objects.filter(source=source, state="needs_answer").count()
    return _so_far(row, source, reading, asides, total) | {"needs": needs}


def _so_far(row: work.Claimed, source: Source, reading: Reading, asides: Asides, total: int) -> dict[str, Any]:
    return {
        "read": max(0, reading.position.pieces - asides.count),
        "needs": counters.read(source.workspace_id, ["state:needs_answer"])["state:needs_answer"],
        "unreadable": asides.count,
        "seconds": round(now().timestamp() - row.payload["began"], 2),
        "unreadable_file": str(asides.path) if asides.count else "",
        "bytes": reading.position.consumed,
        "total": total,
    }
