"""How far an import, or the bringing along of what was said before, has come, as whoever started it sees it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from rapport.core.database import now
from rapport.core.models import Work


@dataclass(frozen=True)
class Progress:
    """How far an import has come. ``needs`` counts the workspace's conversations on the desk while it runs, at its end
    those of this file; ``seconds`` since it began. ``removed`` and ``kept`` count messages once it is cancelled.

    Of what is brought along from a network: ``total`` is the whole way and ``bytes`` what of it lies behind, ``past``
    counts conversations that are read and not owed an answer, ``waits`` says what it waits for until ``next_at``.
    """

    read: int = 0
    needs: int = 0
    unreadable: int = 0
    bytes: int = 0
    total: int = 0
    seconds: float = 0.0
    removed: int = 0
    kept: int = 0
    state: str = "waiting"
    """One of STATES."""
    error: str = ""
    source_id: int = 0
    name: str = ""
    unreadable_file: str = ""
    kind: str = "import"
    fresh: int = 0
    past: int = 0
    waits: str = ""
    next_at: datetime | None = None
    horizon: str = ""
    ended: bool = False

    @property
    def left(self) -> timedelta | None:
        """How long until the end, at the rate so far; None where that cannot be said yet."""
        if self.at_rest or self.waits or not 0 < self.bytes < self.total or self.seconds < 2:
            return None
        return timedelta(seconds=self.seconds * (self.total - self.bytes) / self.bytes)

    @property
    def rate(self) -> float:
        """Rows a second."""
        return self.read / self.seconds if self.seconds else 0.0

    @property
    def done(self) -> bool:
        """Nothing more will happen by itself, but for a pause."""
        return self.state in {"done", "failed", "cancelled"}

    @property
    def at_rest(self) -> bool:
        """Nothing moves: it is over, or paused."""
        return self.done or self.state == "paused"


STATES = ("waiting", "reading", "pausing", "paused", "cancelling", "cancelled", "failed", "done")


KINDS = ("import", "backfill")
"""Files, and what a network gives of the time before it was connected."""


def imports(workspace_id: int) -> QuerySet[Work]:
    """The workspace's imports, the newest first."""
    return all_of_them().filter(workspace_id=workspace_id).order_by("-pk")


def all_of_them() -> QuerySet[Work]:
    return Work.objects.filter(kind__in=KINDS)


def of(job_id: int) -> Progress | None:
    """How far the job has come; None when there is no such job."""
    row = all_of_them().filter(pk=job_id).first()
    if row is None:
        return None
    error = row.error if row.dead_at or (row.error and not row.done_at and row.attempts) else ""
    known = {name: value for name, value in row.progress.items() if name in Progress.__dataclass_fields__}
    said = {"source_id": row.payload["source"], "name": row.payload.get("name", ""), "error": error}
    said |= {"kind": row.kind, "horizon": row.payload.get("horizon", ""), "next_at": row.due_at}
    return Progress(**known | said | {"state": _state(row)})


def _state(row: Work) -> str:
    cancelled = "cancel" in row.payload
    if row.dead_at:
        return "failed"
    if row.done_at:
        return "cancelled" if cancelled else "done"
    held = row.lease_until is not None and row.lease_until > now()
    if row.stopped_at:
        return "pausing" if held else "paused"
    return "cancelling" if cancelled else "reading" if held or row.progress else "waiting"
