"""Training: the job that learns from a workspace's examples, and puts what is better in use. Also: going back.

The learning itself runs in a process of its own (``course``); here stands what is written: one row a task, in use or
refused with its figures. One job a workspace: who asks while it runs is shown that one. Killed, it begins again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rapport.accounts.models import Member, Workspace
from rapport.core import work
from rapport.core.database import locked, now, write
from rapport.core.events import on, record
from rapport.core.hints import hint
from rapport.core.models import Event, Work
from rapport.core.refusal import Refused
from rapport.inbox.ourselves import us_of
from rapport.learning import errands, examples
from rapport.learning.course.lessons import Errand, Lesson, Outcome
from rapport.learning.models import Task, Training

KIND = "train"
KEPT = 5
"""Weights of so many earlier trainings of a task are kept, to go back to."""


@dataclass(frozen=True)
class Progress:
    """How far a job is: ``share`` 0..1 of it, which ``task`` it is at, with how many examples; ``verdicts`` by task."""

    share: float
    task: str
    examples: int
    verdicts: dict[str, str]
    state: str
    """``waiting``, ``learning``, ``failed`` or ``done``."""
    error: str = ""

    @property
    def done(self) -> bool:
        return self.state in {"failed", "done"}


def start(workspace: Workspace, *, by: Member | None = None, forgetting: bool = False) -> int:
    """Put the job down, or find the one that is not over. Its number. ``forgetting``: what was learned before goes."""
    if by is not None and not by.manages:
        raise Refused("Only an owner or a manager can train. Ask one of them.")
    key, payload = f"{KIND}:{workspace.pk}", {"workspace": workspace.pk, "by": by.pk if by else None}
    with write():
        row = locked(Work.objects.filter(key=key)).first()
        if row is None:
            return work.put(KIND, payload | {"forgetting": forgetting}, workspace_id=workspace.pk, key=key)
        broken = row.attempts > 0 and not row.lease  # it would be tried again by itself, later
        over = row.done_at is not None or row.dead_at is not None or broken
        forgets = forgetting or (row.done_at is None and bool(row.payload.get("forgetting")))
        if over or forgetting:
            work.again(row.pk, payload=payload | {"forgetting": forgets}, progress={})
        return int(row.pk)


def progress(job: int, workspace: Workspace) -> Progress | None:
    """How far this workspace's job is; None where there is none of that number."""
    row = Work.objects.filter(pk=job, kind=KIND, workspace_id=workspace.pk).first()
    if row is None:
        return None
    far = row.progress
    held = row.lease_until is not None and row.lease_until > now()
    state = "failed" if row.dead_at else "done" if row.done_at else "learning" if held else "waiting"
    share = 1.0 if row.done_at else float(far.get("share", 0.0))
    error = row.error if row.dead_at or row.attempts else ""
    return Progress(share, far.get("task", ""), far.get("examples", 0), far.get("verdicts", {}), state, error)


def latest(workspace: Workspace) -> Work | None:
    """The workspace's job, whatever became of it."""
    return Work.objects.filter(key=f"{KIND}:{workspace.pk}").first()


@work.job(KIND)
def run(row: work.Claimed) -> None:
    """One task after the other; what is learned of each is written at once, with the progress."""
    workspace = Workspace.objects.get(pk=row.payload["workspace"])
    by = Member.objects.filter(pk=row.payload.get("by") or 0).first()
    verdicts: dict[str, str] = dict(row.progress.get("verdicts", {}))
    tasks = [task for task in Task.values if task not in verdicts]
    for task in tasks:
        begun = len(verdicts) / len(Task.values)
        lessons = examples.gather(workspace, task)
        told = {"task": task, "examples": len(lessons), "verdicts": verdicts}

        def seen(share: float, told: dict[str, Any] = told, begun: float = begun) -> None:
            if not row.extend(share=round(begun + share / len(Task.values), 3), **told):
                raise work.Stopped
            hint(workspace.pk, "training", row.id)

        seen(0.0)
        forgetting = bool(row.payload.get("forgetting"))
        current = None if forgetting else in_use(workspace, task)
        outcome = errands.send(_errand(workspace, task, lessons, current), seen)
        verdicts[task] = outcome.verdict
        with write():
            if not row.extend(share=(len(verdicts)) / len(Task.values), **told | {"verdicts": verdicts}):
                raise work.Stopped
            _keep(workspace, task, outcome, by=by, forgetting=forgetting)


def _errand(workspace: Workspace, task: str, lessons: list[Lesson], current: Training | None) -> Errand:
    return Errand(
        task=task, lessons=lessons, us=us_of(workspace),
        in_use=bytes(current.weights or b"") if current else b"", since=current.at.timestamp() if current else 0.0,
    )  # fmt: skip


def _keep(workspace: Workspace, task: str, outcome: Outcome, *, by: Member | None, forgetting: bool) -> None:
    """Write down how it went; put it in use where it is better; drop weights that are too old, or must be forgotten."""
    mine = Training.objects.filter(workspace=workspace, task=task)
    if forgetting:
        mine.update(weights=None, in_use=False, retired_at=now())
    used = outcome.verdict == "used"
    if used:
        mine.filter(in_use=True).update(in_use=False, retired_at=now())
    made = Training.objects.create(
        workspace=workspace, task=task, verdict=outcome.verdict, version=outcome.version,
        weights=outcome.weights or None, examples=outcome.figures.get("examples", 0), figures=outcome.figures, by=by,
        in_use=used,
    )  # fmt: skip
    old = mine.exclude(weights=None).filter(in_use=False).order_by("-pk").values_list("pk", flat=True)[KEPT:]
    mine.filter(pk__in=list(old)).update(weights=None)
    record("model.trained", made, by=by, task=task, code=outcome.verdict, examples=made.examples)
    hint(workspace.pk, "training", 0)


def in_use(workspace: Workspace, task: str) -> Training | None:
    """The training whose weights are in use for a task."""
    return Training.objects.filter(workspace=workspace, task=task, in_use=True).first()


def roll_back(workspace: Workspace, task: str, *, by: Member) -> Training | None:
    """Put in use what was in use before; nothing (the shipped model alone) where there was none. What is used now.

    Raises Refused where no model of one's own is in use.
    """
    if not by.manages:
        raise Refused("Only an owner or a manager can go back to an earlier model. Ask one of them.")
    with write():
        rows = locked(Training.objects.filter(workspace=workspace, task=task))
        current = rows.filter(in_use=True).first()
        if current is None:
            raise Refused("No model of your own is in use here: there is nothing to go back from.")
        before: Training | None = (
            rows.exclude(weights=None).filter(pk__lt=current.pk, verdict="used").order_by("-pk").first()
        )
        Training.objects.filter(pk=current.pk).update(in_use=False, retired_at=now())
        if before is not None:
            Training.objects.filter(pk=before.pk).update(in_use=True, retired_at=None)
        record("model.rolled_back", current, by=by, task=task, to=before.pk if before else None)
        hint(workspace.pk, "training", 0)
    return before


@on("person.forgotten")
def unlearn(event: Event) -> None:
    """Somebody was forgotten: what was learned from their words, too, is learned anew without them."""
    workspace = Workspace.objects.get(pk=event.workspace_id)
    if Training.objects.filter(workspace=workspace).exclude(weights=None).exists():
        start(workspace, forgetting=True)
