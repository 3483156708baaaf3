"""Due rows: put work down in the caller's transaction, claim it in batches with a lease, run it, try again on failure.

A claim is a compare-and-swap, so a row is run by one worker at a time. While a worker lives it renews the leases of all
it has claimed, however slow the job; when it dies they run out in ``LEASE`` and the rows are free again. A row that
failed ``ATTEMPTS`` times is dead: it stays, with its error, to be seen. A row that somebody stopped waits, as far as it
has come, until somebody lets it go on: its job hears of it when it next extends its lease.

Rows of one ``queue`` are claimed strictly in the order in which they were put: none while an earlier one is unfinished,
however long that is tried again. Rows of one ``lane`` are run one at a time (see ``lanes``).
"""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from django.db import DatabaseError, connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from rapport.core.database import now, write
from rapport.core.models import Work
from rapport.core.trouble import trouble

LEASE = timedelta(seconds=15)
ATTEMPTS = 8
_FRESH: Mapping[str, Any] = MappingProxyType(
    {
        "attempts": 0,
        "error": "",
        "lease": "",
        "lease_until": None,
        "stopped_at": None,
        "done_at": None,
        "dead_at": None,
    }
)
log = logging.getLogger(__name__)


class Again(Exception):
    """A job failed in a way that may pass: try again, after ``after`` if the other side said when."""

    def __init__(self, message: str, after: timedelta | None = None) -> None:
        super().__init__(message)
        self.after = after


class NotYet(Exception):
    """A job's time has not come. It is run again after ``after``, and nothing has failed."""

    def __init__(self, after: timedelta) -> None:
        super().__init__(f"not before {after}")
        self.after = after


class Dead(Exception):
    """A job failed in a way that trying again cannot help; the message is a sentence for whoever sees the row."""


class Stopped(Exception):
    """Somebody asked this job to stop, or took it away: what is done is done, and the row waits or is another's."""


@dataclass(frozen=True)
class Claimed:
    """A row in the hands of one worker until ``lease_until``; ``extend`` keeps a long job's hold on it.

    ``progress`` is what an earlier run of this row wrote down, empty at first.
    """

    id: int
    kind: str
    payload: dict[str, Any]
    attempts: int
    lease: str
    progress: dict[str, Any] = field(default_factory=dict)
    lane: str | None = None

    def extend(self, **progress: Any) -> bool:
        """Renew the lease and write down progress. False: somebody else holds the row, or it was stopped.

        In a transaction with what the job writes, it makes sure that nothing is written for a row that was taken away.
        """
        changes: dict[str, Any] = {"lease_until": now() + LEASE}
        if progress:
            changes["progress"] = progress
        mine = Work.objects.filter(pk=self.id, lease=self.lease, dead_at__isnull=True)
        return bool(mine.update(**changes)) and not mine.filter(stopped_at__isnull=False).exists()


Job = Callable[[Claimed], None]
_jobs: dict[str, Job] = {}


def job(kind: str) -> Callable[[Job], Job]:
    """Name the function that runs rows of this kind."""

    def register(run: Job) -> Job:
        _jobs[kind] = run
        return run

    return register


def put(
    kind: str,
    payload: dict[str, Any],
    *,
    workspace_id: int | None = None,
    due_at: datetime | None = None,
    key: str | None = None,
    lane: str | None = None,
    queue: str | None = None,
) -> int:
    """Write a due row in the caller's transaction and return its id. With a key, only once: then the id of the first."""
    how = {"workspace_id": workspace_id, "kind": kind, "payload": payload, "key": key, "lane": lane, "queue": queue}
    row = Work(due_at=due_at or now(), **how)
    Work.objects.bulk_create([row], ignore_conflicts=key is not None)
    return row.pk if key is None else Work.objects.values_list("pk", flat=True).get(key=key)


def put_again(
    kind: str,
    payload: dict[str, Any],
    *,
    key: str,
    workspace_id: int | None = None,
    lane: str | None = None,
    queue: str | None = None,
) -> None:
    """Make the row of this key due now, from its first attempt: the one that waits or gave up, else a new one.

    Whoever still holds it loses it. Call it only where the job's own state says that its deed is over.
    """
    with write():
        if not Work.objects.filter(key=key).update(due_at=now(), lane=lane, queue=queue, **_FRESH):
            put(kind, payload, workspace_id=workspace_id, key=key, lane=lane, queue=queue)


def stop(id: int) -> bool:
    """Ask an unfinished row to wait. Its job hears of it at its next ``extend``. False: there is nothing to stop."""
    return bool(_unfinished(id).filter(stopped_at__isnull=True).update(stopped_at=now()))


def go_on(id: int) -> bool:
    """Let a stopped row go on from where it is. False: it was not stopped."""
    return bool(_unfinished(id).filter(stopped_at__isnull=False).update(stopped_at=None, due_at=now()))


def again(id: int, **changes: Any) -> bool:
    """Begin a row anew from its first attempt, with ``changes`` (a new payload), whatever became of it before.

    Whoever still holds it loses it and hears of it at the next ``extend``.
    """
    return bool(Work.objects.filter(pk=id).update(due_at=now(), **_FRESH, **changes))


def later(row: Claimed, after: timedelta, **payload: Any) -> None:
    """A job gives its own row back, to be run again after ``after`` with a new payload, as a clock ticks.

    Whether somebody stopped the row meanwhile stays as it is.
    """
    mine = Work.objects.filter(pk=row.id, lease=row.lease)
    mine.update(due_at=now() + after, payload=payload, attempts=0, error="", lease="", lease_until=None)


def _unfinished(id: int) -> QuerySet[Work]:
    return Work.objects.filter(pk=id, done_at__isnull=True, dead_at__isnull=True)


def due(moment: datetime) -> QuerySet[Work]:
    """The rows that may be run at this moment: nobody holds them, and nothing of their queue stands before them."""
    rows = Work.objects.filter(Q(lease_until__isnull=True) | Q(lease_until__lt=moment), due_at__lte=moment)
    rows = rows.filter(done_at__isnull=True, dead_at__isnull=True, stopped_at__isnull=True)
    earlier = Work.objects.filter(queue=OuterRef("queue"), pk__lt=OuterRef("pk"), done_at=None, dead_at=None)
    return rows.filter(Q(queue__isnull=True) | ~Exists(earlier))


def claim(
    limit: int = 50, *, only: tuple[str, ...] = (), but: tuple[str, ...] = (), lanes: bool = True
) -> list[Claimed]:
    """Take up to ``limit`` due rows nobody holds, oldest first: ``only`` these kinds, or all ``but`` those; without
    ``lanes`` none that bears one."""
    rows = due(now())
    rows = rows.filter(kind__in=only) if only else rows.exclude(kind__in=but)
    return take(rows if lanes else rows.filter(lane__isnull=True), limit)


def take(rows: QuerySet[Work], limit: int) -> list[Claimed]:
    """Take up to ``limit`` of these, oldest first (a part of :func:`due`)."""
    token, moment = secrets.token_hex(8), now()
    if not rows.exists():
        return []
    with write():
        if connection.features.has_select_for_update_skip_locked:
            rows = rows.select_for_update(skip_locked=True, of=("self",))
        ids = list(rows.order_by("due_at", "id").values_list("pk", flat=True)[:limit])
        Work.objects.filter(pk__in=ids).update(lease=token, lease_until=moment + LEASE)
    mine = Work.objects.filter(pk__in=ids, lease=token).order_by("due_at", "id")
    return [Claimed(row.pk, row.kind, row.payload, row.attempts, token, row.progress, row.lane) for row in mine]


def run(row: Claimed) -> bool:
    """Run one claimed row to its end: done and gone, later, or tried again with growing distance, then dead.

    False: it failed.
    """
    mine = Work.objects.filter(pk=row.id, lease=row.lease)
    try:
        _jobs[row.kind](row)
    except Stopped:
        mine.update(lease="", lease_until=None)
    except NotYet as wait:
        mine.update(due_at=now() + wait.after, lease="", lease_until=None)
    except Exception as error:  # the boundary of the worker: whatever a job raises is kept with its row
        if trouble(error):  # not the job's fault, and there is nowhere to write it down: its lease runs out
            raise
        _failed(row, error)
        return False
    else:
        mine.filter(progress={}).delete()
        mine.update(done_at=now(), lease="", lease_until=None)
    return True


def _failed(row: Claimed, error: Exception) -> None:
    """Try again with growing distance (or after the other side's own wish), or give up and keep the error."""
    expected = isinstance(error, Again | Dead)
    log.warning("work %s (%s) failed: %s", row.id, row.kind, error, exc_info=not expected)
    final = isinstance(error, Dead) or row.attempts + 1 >= ATTEMPTS
    wished = error.after if isinstance(error, Again) else None
    Work.objects.filter(pk=row.id, lease=row.lease).update(
        attempts=row.attempts + 1,
        error=str(error) if expected else f"{type(error).__name__}: {error}"[:2000],
        due_at=now() + (wished or timedelta(seconds=min(3600, 2 ** (row.attempts + 1)))),
        dead_at=now() if final else None,
        lease="",
        lease_until=None,
    )


def run_due(limit: int = 50, *, only: tuple[str, ...] = (), but: tuple[str, ...] = (), lanes: bool = True) -> int:
    """Claim and run what is due; how many rows were run."""
    rows = claim(limit, only=only, but=but, lanes=lanes)
    if rows:
        with _held(rows):
            for row in rows:
                if row.extend():  # not so after a long sleep of the machine: then it is somebody else's by now
                    run(row)
    return len(rows)


@contextmanager
def _held(rows: list[Claimed]) -> Iterator[None]:
    """Renew the leases of these rows, in a thread beside, until they have been run.

    Without it the last rows of a claim would be free while the first still wait for a slow network, and run twice.
    """
    over = threading.Event()
    renewer = threading.Thread(target=_renew, args=(rows, over), name="lease", daemon=True)
    renewer.start()
    try:
        yield
    finally:
        over.set()


def _renew(rows: list[Claimed], over: threading.Event) -> None:
    mine = Work.objects.filter(pk__in=[row.id for row in rows], lease=rows[0].lease, dead_at=None)
    try:
        while not over.wait(LEASE.total_seconds() / 3):
            try:
                mine.update(lease_until=now() + LEASE)
            except DatabaseError as error:
                log.warning("The leases of %s rows of work could not be renewed: %s", len(rows), error)
    finally:
        connection.close()
