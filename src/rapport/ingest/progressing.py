"""How far an import has come, as whoever started it sees it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from rapport.core.database import now
from rapport.core.models import Work


@dataclass(frozen=True)
class Progress:
    """How far an import has come. ``needs`` counts the workspace's conversations on the desk while it runs, at its end
    those of this file; ``seconds`` since it began. ``removed`` and ``kept`` count messages once it is cancelled."""

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


def imports(workspace_id: int) -> QuerySet[Work]:
    """The workspace's imports, the newest first."""
    return Work.objects.filter(kind="import", workspace_id=workspace_id).order_by("-pk")


def of(job_id: int) -> Progress | None:
    """How far the job has come; None when there is no such job."""
    row = Work.objects.filter(pk=job_id, kind="import").first()
    if row is None:
        return None
    error = row.error if row.dead_at or (row.error and not row.done_at and row.attempts) else ""
    known = {name: value for name, value in row.progress.items() if name in Progress.__dataclass_fields__}
    said = {"source_id": row.payload["source"], "name": row.payload.get("name", ""), "error": error}
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
