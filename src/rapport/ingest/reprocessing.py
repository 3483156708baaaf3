"""Reprocessing: what would today's reading and rules decide about the messages we have? Then, if asked, so be it.

Upward only: a conversation is lifted to the desk, never closed, and what a person touched or corrected stays as it is.
Applying is a due row of work with its place in its progress, so that it goes on where it was killed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

import msgspec
from django.conf import settings

from rapport.accounts.models import Workspace
from rapport.core import counters, work
from rapport.core.database import locked, now, write
from rapport.core.events import record
from rapport.core.hints import hint
from rapport.core.models import Work
from rapport.inbox import turning
from rapport.inbox.models import Conversation, Disposition, Message, Reading
from rapport.inbox.triage import clocks
from rapport.inbox.triage.words import headline
from rapport.ingest import sql
from rapport.ingest.replaying import Place, Replay, Replayed, Scope

LEFT = "left as a person has it"
SAME = "the same"


@dataclass
class Found:
    """What a pass found so far: messages ``read``, how many of each kind of change, examples of them."""

    read: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    lifted: int = 0
    examples: list[Replayed] = field(default_factory=list)


@dataclass(frozen=True)
class Progress:
    """How far the job of applying has come: messages read of all, of each kind how many, ``seconds`` since it began."""

    read: int
    total: int
    lifted: int
    seconds: float
    kinds: dict[str, int]
    done: bool
    error: str

    @property
    def rate(self) -> float:
        """Messages a second."""
        return self.read / self.seconds if self.seconds else 0.0


def kind(one: Replayed, touched: bool = False) -> str:
    """What would change, in words: ``needs no → yes``, ``row 3 → 4``, ``urgency 1 → 2``, or that nothing does."""
    if one.corrected or touched:
        return LEFT
    was, is_now = one.was, one.decided
    if is_now is None or (was and (was.needs, was.row, was.urgency) == (is_now.needs, is_now.row, is_now.urgency)):
        return SAME
    if was is None:
        return f"never decided → {is_now.needs}"
    if was.needs != is_now.needs:
        return f"needs {was.needs} → {is_now.needs}"
    return f"row {was.row} → {is_now.row}" if was.row != is_now.row else f"urgency {was.urgency} → {is_now.urgency}"


def try_out(scope: Scope, examples: int) -> Iterator[Found]:
    """The dry run: after each batch what was found so far. Nothing is written. Examples of every kind come in turn."""
    found, shown = Found(), Counter[str]()
    for batch, _ in Replay(scope):
        touched = _touched(batch)
        for one in batch:
            name = kind(one, one.message.conversation_id in touched)
            found.read += 1
            found.kinds[name] += 1
            if name not in {SAME, LEFT} and shown[name] < examples:
                shown[name] += 1
                found.examples.append(one)
        yield found


def _touched(batch: list[Replayed]) -> set[int]:
    rows = Conversation.objects.filter(pk__in={one.message.conversation_id for one in batch}, touched_at__isnull=False)
    return set(rows.values_list("pk", flat=True))


def start(scope: Scope) -> int:
    """Put the job of applying down, or find the one that was stopped half-way. Returns its number."""
    payload = {
        "workspace": scope.workspace.pk,
        "source": scope.source_id,
        "since": scope.since.isoformat() if scope.since else None,
    }
    standing = Work.objects.filter(kind="reprocess", workspace_id=scope.workspace.pk, done_at=None, dead_at=None)
    with write():
        for row in standing:
            if payload.items() <= row.payload.items():
                return row.pk
        began = {"began": now().timestamp()}
        return work.put("reprocess", payload | began, workspace_id=scope.workspace.pk)


def progress(job: int) -> Progress | None:
    """How far the job has come; None when there is no such job."""
    row = Work.objects.filter(pk=job, kind="reprocess").first()
    if row is None:
        return None
    far = row.progress
    total = counters.read(row.workspace_id or 0, ["messages"])["messages"]
    return Progress(
        read=far.get("read", 0),
        total=max(total, far.get("read", 0)),
        lifted=far.get("lifted", 0),
        seconds=far.get("seconds", 0.0),
        kinds=far.get("kinds", {}),
        done=row.done_at is not None or row.dead_at is not None,
        error=row.error if row.dead_at or row.attempts else "",
    )


@work.job("reprocess")
def run(row: work.Claimed) -> None:
    """Read on from the place in its progress; each batch and the place after it in one transaction."""
    workspace = Workspace.objects.get(pk=row.payload["workspace"])
    since = datetime.fromisoformat(row.payload["since"]) if row.payload["since"] else None
    scope = Scope(workspace, row.payload["source"], since)
    found = Found(row.progress.get("read", 0), Counter(row.progress.get("kinds", {})), row.progress.get("lifted", 0))
    for batch, place in Replay(scope, Place.of(row.progress.get("place"))):
        with write():
            apply(workspace, batch, found)
            far = {"read": found.read, "kinds": dict(found.kinds), "lifted": found.lifted, "place": place.written()}
            if not row.extend(**far, seconds=round(now().timestamp() - row.payload["began"], 2)):
                raise work.Stopped


def apply(workspace: Workspace, batch: list[Replayed], found: Found) -> None:
    """Store what is new about these messages, lift what needs somebody; the caller holds the transaction."""
    ids = {one.message.conversation_id for one in batch}
    rows = {row.pk: row for row in locked(Conversation.objects.filter(pk__in=ids)).order_by("pk")}
    fresh, changed = [], []
    for one in batch:
        row = rows.get(one.message.conversation_id)
        name = kind(one, row is None or row.touched_at is not None)
        found.read += 1
        found.kinds[name] += 1
        if name != LEFT and (name != SAME or one.was_model != one.reading.model):
            fresh.append(one)
        if name not in {LEFT, SAME}:
            changed.append(one)
    _store(fresh, changed)
    bumps = _lift(changed, rows)
    found.lifted += len(bumps) // 2
    if fresh:
        facts = {"count": len(fresh), "changed": len(changed), "lifted": len(bumps) // 2}
        record("messages.reprocessed", workspace, workspace_id=workspace.pk, **facts)
        hint(workspace.pk, "messages", 0)
    counters.bump(bumps)


def _store(fresh: list[Replayed], changed: list[Replayed]) -> None:
    """The new readings in the place of the old, and a further disposition where the decision is another."""
    readings = [
        Reading(
            message=one.message, model=one.reading.model, language=one.reading.language,
            valence=one.reading.valence_score, data=msgspec.to_builtins(one.reading),
        )
        for one in fresh
    ]  # fmt: skip
    names = ["model", "language", "valence", "data"]
    Reading.objects.bulk_create(readings, update_conflicts=True, unique_fields=["message"], update_fields=names)
    sql.update(Message, ("addressed",), sorted((one.message.pk, one.reading.addressed) for one in fresh))
    Disposition.objects.bulk_create(
        Disposition(
            message=one.message, row=d.row, needs=d.needs, urgency=d.urgency, confidence=d.confidence,
            reasons=msgspec.to_builtins(d.reasons),
        )
        for one in changed
        if (d := one.decided)
    )  # fmt: skip


def _lift(changed: list[Replayed], rows: dict[int, Conversation]) -> list[counters.Bump]:
    """Quiet conversations come to the desk; what lies there may become more urgent by its last message."""
    bumps: list[counters.Bump] = []
    for one in changed:
        row, decided = rows[one.message.conversation_id], one.decided
        if decided is None or decided.needs == "no":
            continue
        said = one.message
        if not clocks.owed(said.said_at, said.arrived_at, decided.urgency, history=said.history):
            continue
        clock = clocks.start(said.said_at, now(), decided.urgency, settings.RAPPORT_DUE_HOURS, history=said.history)
        if row.state == turning.QUIET:
            bumps += [(row.workspace_id, name, -1) for name in row.counter_keys()]
            row.state, row.urgency, row.headline = turning.NEEDS_ANSWER, decided.urgency, headline(decided)
            row.due_at, row.position = clock.due_at, clock.position
            bumps += [(row.workspace_id, name, 1) for name in row.counter_keys()]
        elif row.state == turning.NEEDS_ANSWER and one.message.said_at >= row.last_message_at:
            if decided.urgency <= row.urgency:
                continue
            earlier = clocks.earlier(clock, clocks.Clock(row.due_at, row.position))
            row.urgency, row.headline = decided.urgency, headline(decided)
            row.due_at, row.position = earlier.due_at, earlier.position
    names = ["state", "urgency", "headline", "due_at", "position"]
    Conversation.objects.bulk_update([rows[id] for id in {one.message.conversation_id for one in changed}], names)
    return bumps
