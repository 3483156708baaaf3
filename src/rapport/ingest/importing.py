"""Importing a history from a file: one job, whoever started it (the command, the upload page), seen by its progress.

The job reads batches, accepts each (its place in the file goes into the source's cursor in the same transaction) and
lets them take the line. Killed at any moment it goes on from its cursor; started again it finds everything known.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from rapport.accounts.models import Member, Workspace
from rapport.channels.base import ChannelError, Unreadable
from rapport.channels.files import FilesChannel, Guess, guess, parse_map, write_map
from rapport.channels.text import one_line
from rapport.core import counters, work
from rapport.core.database import now, write
from rapport.core.events import record
from rapport.core.models import Work
from rapport.core.refusal import Refused
from rapport.inbox.models import Arrival, Conversation, Source, Term
from rapport.ingest import accepting, pipeline
from rapport.ingest.memory.lines import is_export


@dataclass(frozen=True)
class Progress:
    """How far an import has come. ``needs`` counts the workspace's conversations on the desk while it runs, at its end
    those of this file; ``seconds`` since it began."""

    read: int = 0
    needs: int = 0
    unreadable: int = 0
    bytes: int = 0
    total: int = 0
    seconds: float = 0.0
    done: bool = False
    error: str = ""
    source_id: int = 0
    unreadable_file: str = ""

    @property
    def rate(self) -> float:
        """Rows a second."""
        return self.read / self.seconds if self.seconds else 0.0


def look(path: Path, name: str) -> Guess:
    """What the file seems to be, with three sample rows. Raises Refused with a sentence."""
    if is_export(path):
        raise Refused(
            "This is an export of Rapport. It is never mixed into a workspace that is there: whoever runs the server "
            "takes it back into a new one with rapport import."
        )
    try:
        return guess(path, name)
    except ChannelError as error:
        raise Refused(error.message) from error


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
    if by is not None and not by.manages:
        raise Refused("Only an owner or a manager can import a file.")
    with write():
        know(workspace, us, rivals)
        source, _ = Source.objects.get_or_create(workspace=workspace, kind="files", name=name[:120])
        chosen = {"source": source.pk, "path": str(path.absolute()), "map": write_map(mapping)}
        if (stopped := _unfinished(chosen)) is not None:
            return stopped
        Source.objects.filter(pk=source.pk).update(cursor="", unreadable=0)
        record("import.started", source, by=by)
        payload = chosen | {"keep": keep, "name": name, "began": now().timestamp()}
        return work.put("import", payload, workspace_id=workspace.pk)


def _unfinished(chosen: dict[str, Any]) -> int | None:
    """The job that was stopped half-way through this very file, if there is one: it goes on where it stopped."""
    wanted = {f"payload__{name}": value for name, value in chosen.items()}
    standing = Work.objects.filter(kind="import", done_at=None, dead_at=None, **wanted)
    return standing.values_list("pk", flat=True).first()


def progress(job_id: int) -> Progress | None:
    """How far the job has come; None when there is no such job."""
    row = Work.objects.filter(pk=job_id, kind="import").first()
    if row is None:
        return None
    error = row.error if row.dead_at or (row.error and not row.done_at and row.attempts) else ""
    known = {name: value for name, value in row.progress.items() if name in Progress.__dataclass_fields__}
    return Progress(
        **{
            **known,
            "source_id": row.payload["source"],
            "error": error,
            "done": row.done_at is not None or row.dead_at is not None,
        }
    )


@work.job("import")
def run(row: work.Claimed) -> None:
    """Read on from the source's cursor to the end of the file."""
    source = Source.objects.select_related("workspace").get(pk=row.payload["source"])
    path = Path(row.payload["path"])
    try:
        total = size(path)
        with nullcontext(path) if path.is_dir() else path.open("rb") as stream:
            so_far = _read(row, source, stream, total)
    except OSError as error:
        raise work.Dead(f"The file cannot be read: {error.strerror}.") from error
    except ChannelError as error:
        raise work.Dead(error.message) from error
    row.extend(**so_far | {"bytes": total, "total": total})
    with write():
        record("import.ended", source, read=so_far["read"], unreadable=so_far["unreadable"], needs=so_far["needs"])
    if not row.payload["keep"]:
        with suppress(FileNotFoundError):
            path.unlink()


def size(path: Path) -> int:
    """The bytes of a file, or of all files in a folder."""
    if path.is_dir():
        return sum(inside.stat().st_size for inside in path.rglob("*") if inside.is_file())
    return path.stat().st_size


def _read(row: work.Claimed, source: Source, stream: Any, total: int) -> dict[str, Any]:
    asides = Asides(unreadable_file(source), fresh=not source.cursor)
    reading = FilesChannel().read(stream, {"map": row.payload["map"]}, cursor=source.cursor, name=row.payload["name"])
    so_far = _so_far(row, source, reading.position.pieces, asides)
    for batch in reading:
        asides.keep(batch.unreadable)  # first: a row kept twice is found out, one never kept is not
        accepting.accept(source, batch)
        while pipeline.run(source_id=source.pk):
            pass
        so_far = _so_far(row, source, reading.position.pieces, asides)
        if not row.extend(**so_far, bytes=reading.position.consumed, total=total):
            raise work.Dead("The import was stopped.")
    while Arrival.objects.filter(source=source, done_at=None, poison_at=None, due_at__lte=now()).exists():
        if not pipeline.run(source_id=source.pk):  # another worker holds the rest, or died with it: its lease will end
            time.sleep(0.2)
            row.extend(**so_far)
    refused = Arrival.objects.filter(source=source).exclude(poison_at=None).order_by("id")
    asides.keep(Unreadable(f"arrival {row.pk}", row.error, bytes(row.raw)) for row in refused.iterator())
    Source.objects.filter(pk=source.pk).update(unreadable=asides.count)
    needs = Conversation.objects.filter(source=source, state="needs_answer").count()
    return _so_far(row, source, reading.position.pieces, asides) | {"needs": needs}


def _so_far(row: work.Claimed, source: Source, pieces: int, asides: Asides) -> dict[str, Any]:
    return {
        "read": max(0, pieces - asides.count),
        "needs": counters.read(source.workspace_id, ["state:needs_answer"])["state:needs_answer"],
        "unreadable": asides.count,
        "seconds": round(now().timestamp() - row.payload["began"], 2),
        "unreadable_file": str(asides.path) if asides.count else "",
    }


def unreadable_file(source: Source) -> Path:
    """Where the rows lie that could not be read."""
    return Path(settings.DATA) / "unreadable" / f"{source.token}.jsonl"


class Asides:
    """The rows of one file that could not be read: JSON Lines of position, reason and the row's own bytes as text."""

    def __init__(self, path: Path, *, fresh: bool) -> None:
        self.path = path
        self._positions: set[str] = set()
        if fresh:
            path.unlink(missing_ok=True)
        elif path.exists():
            with path.open(encoding="utf-8") as file:
                self._positions = {str(json.loads(line)["position"]) for line in file if line.endswith("}\n")}

    @property
    def count(self) -> int:
        return len(self._positions)

    def keep(self, rows: Iterable[Unreadable]) -> None:
        """Write down what was not written down before."""
        fresh = [row for row in rows if row.position not in self._positions]
        if not fresh:
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a", encoding="utf-8") as file:
            for row in fresh:
                words = {"position": row.position, "reason": row.reason, "row": row.raw.decode("utf-8", "replace")}
                file.write(json.dumps(words, ensure_ascii=False) + "\n")
                self._positions.add(row.position)
