"""Acts: what people did, found again in the rows and Events there are, each with the message it teaches about.

Nothing is kept twice: an example is looked up when it is needed, so that what is undone, forgotten or deleted teaches
nothing any more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import OuterRef, QuerySet, Subquery

from rapport.accounts.models import Workspace
from rapport.core.models import Event
from rapport.inbox import correcting
from rapport.inbox.models import Disposition, Feeling, Message, Outgoing
from rapport.learning.models import Label

MOST: Final = 20_000
"""So many of the latest acts of each kind are looked at: what a team did years ago is another team's."""
STOOD: Final = 2_000
"""Answers that count as a word for what a message was called: they are many, and say little."""
SKIPPED: Final = "skip"
_SENT = (Outgoing.State.QUEUED, Outgoing.State.SENDING, Outgoing.State.SENT, Outgoing.State.DELIVERED)
_OF_VERB: Final = {
    "conversation.quieted": ("dismissed", "no"),
    "conversation.reopened": ("reopened", "yes"),
    "conversation.assigned": ("assigned", "yes"),
    "conversation.answered_there": ("answered", "yes"),
}
_ABOUT_THE_TALK: Final = frozenset({"already_settled", "being_helped", "correction", "label"})
"""Why somebody decided for silence that says nothing of the words themselves; a correction counts by itself."""


@dataclass(frozen=True, slots=True)
class Act:
    """Somebody's word or deed about one message: what it teaches (``answer``), of which kind it is, and when."""

    message: int
    answer: str
    source: str
    at: datetime
    by: int | None


def of(workspace: Workspace, task: str) -> Iterator[Act]:
    """The acts that teach a task, of each kind the latest first."""
    if task == "row":
        yield from _called(workspace)
        yield from _stood(workspace)
        return
    yield from _labels(workspace, task)
    if task == "valence":
        yield from _feelings(workspace)
        return
    yield from _corrections(workspace)
    yield from _answers(workspace)
    yield from _events(workspace)


def counts(workspace: Workspace) -> dict[str, dict[str, int]]:
    """How many acts of each kind there are, by task; quick, and without looking at any message."""
    undone, rows = _undone(workspace), _decided(workspace).values_list("pk", "verb", "facts__code")[:MOST]
    verbs = Counter(_OF_VERB[verb][0] for id, verb, code in rows if id not in undone and code not in _ABOUT_THE_TALK)
    sent = _sent(workspace).count()
    labels: Counter[str] = Counter(_labels_of(workspace).values_list("task", flat=True))
    needs = {"correction": _corrected(workspace).count(), "label": labels["needs"]} | dict(verbs)
    needs["answered"] = needs.get("answered", 0) + sent
    return {
        "needs": needs,
        "valence": {"correction": _felt(workspace).count(), "label": labels["valence"]},
        "row": {"correction": sum(1 for _ in _called(workspace)), "stood": sent},
    }


def _labels_of(workspace: Workspace) -> QuerySet[Label]:
    return Label.objects.filter(message__workspace=workspace).exclude(answer=SKIPPED)


def _labels(workspace: Workspace, task: str) -> Iterator[Act]:
    rows = _labels_of(workspace).filter(task=task).order_by("-pk")
    for message, answer, at, by in rows.values_list("message", "answer", "at", "by")[:MOST]:
        yield Act(message, answer, "label", at, by)


def _felt(workspace: Workspace) -> QuerySet[Feeling]:
    return Feeling.objects.filter(message__workspace=workspace, withdrawn_at=None)


def _feelings(workspace: Workspace) -> Iterator[Act]:
    rows = _felt(workspace).order_by("-pk").values_list("message", "valence", "at", "by")
    for message, valence, at, by in rows[:MOST]:
        yield Act(message, valence, "correction", at, by)


def _corrected(workspace: Workspace) -> QuerySet[Disposition]:
    return Disposition.objects.filter(message__workspace=workspace, by__isnull=False)


def _corrections(workspace: Workspace) -> Iterator[Act]:
    rows = _corrected(workspace).order_by("-pk").values_list("message", "needs", "at", "by")
    for message, needs, at, by in rows[:MOST]:
        yield Act(message, needs, "correction", at, by)


def _called(workspace: Workspace) -> Iterator[Act]:
    """What people chose to call a message; not the row that a correction brings with it."""
    rows = _corrected(workspace).order_by("-pk").values_list("message", "row", "reasons", "at", "by")
    for message, row, reasons, at, by in rows[:MOST]:
        if any(reason.get("code") == correcting.CHOSEN for reason in reasons):
            yield Act(message, str(row), "correction", at, by)


def _stood(workspace: Workspace) -> Iterator[Act]:
    """Who answered saw what the message was called, and left it so: without these, all examples would be mistakes."""
    shown = Disposition.objects.filter(message=OuterRef("in_reply_to"), by=None).order_by("-pk").values("row")[:1]
    rows = _sent(workspace).annotate(row=Subquery(shown)).exclude(row=None).order_by("-pk")
    for message, row, at, by in rows.values_list("in_reply_to", "row", "created_at", "by")[:STOOD]:
        yield Act(message, str(row), "stood", at, by)


def _sent(workspace: Workspace) -> QuerySet[Outgoing]:
    return Outgoing.objects.filter(workspace=workspace, in_reply_to__isnull=False, state__in=_SENT)


def _answers(workspace: Workspace) -> Iterator[Act]:
    rows = _sent(workspace).order_by("-pk").values_list("in_reply_to", "created_at", "by")
    for message, at, by in rows[:MOST]:
        yield Act(message, "yes", "answered", at, by)


def _decided(workspace: Workspace) -> QuerySet[Event]:
    """The Events by which somebody decided about a conversation, the latest first."""
    mine = Event.objects.filter(workspace_id=workspace.pk, verb__in=_OF_VERB, subject="conversation")
    return mine.filter(by_id__isnull=False).order_by("-pk")


def _undone(workspace: Workspace) -> set[int]:
    """The ids of Events that were taken back."""
    told = Event.objects.filter(workspace_id=workspace.pk, verb="conversation.undone").order_by("-pk")
    return {int(id or 0) for id in told.values_list("facts__undoes", flat=True)[:MOST]}


def _events(workspace: Workspace) -> Iterator[Act]:
    """Each with the last of their messages that had come by then; what was undone is left out."""
    theirs = Message.objects.filter(conversation=OuterRef("subject_id"), ours=False, arrived_at__lte=OuterRef("at"))
    rows = _decided(workspace).annotate(last=Subquery(theirs.order_by("-said_at", "-pk").values("pk")[:1]))
    undone = _undone(workspace)
    for id, verb, code, at, by, last in rows.values_list("pk", "verb", "facts__code", "at", "by_id", "last")[:MOST]:
        if last is not None and id not in undone and code not in _ABOUT_THE_TALK:
            source, answer = _OF_VERB[verb]
            yield Act(last, answer, source, at, by)
