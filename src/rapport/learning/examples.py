"""Examples: what people's acts teach, as lessons with the post's words and what the program had said of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rapport.accounts.models import Workspace
from rapport.inbox.models import Disposition, Message, Reading
from rapport.inbox.triage.table import NEEDS
from rapport.learning import acts
from rapport.learning.course import features
from rapport.learning.course.lessons import Lesson
from rapport.learning.weighing import Weighed, weigh

BATCH = 500


def gather(workspace: Workspace, task: str) -> list[Lesson]:
    """Every example of a task there is, by message; of messages without words (deleted, forgotten) none."""
    weighed = weigh(acts.of(workspace, task))
    lessons: list[Lesson] = []
    for start in range(0, len(weighed), BATCH):
        lessons += _lessons(workspace, weighed[start : start + BATCH])
    return lessons[-acts.MOST :]


def _lessons(workspace: Workspace, some: list[Weighed]) -> Iterator[Lesson]:
    ids = [one.message for one in some]
    there = Message.objects.filter(workspace=workspace, pk__in=ids, ours=False, deleted_at=None).exclude(text="")
    texts = {id: (text, public) for id, text, public in there.values_list("pk", "text", "public")}
    said = _said(ids)
    direct = dict(Reading.objects.filter(message__in=ids).values_list("message", "data__addressed"))
    for one in some:
        if one.message in texts:
            text, public = texts[one.message]
            yield Lesson(
                id=one.message, text=text[:4_000], answer=one.answer, weight=one.weight, source=one.source,
                at=one.at.timestamp(), direct=not public and direct.get(one.message) == "to_us",
                **said.get(one.message, {}),
            )  # fmt: skip


def _said(ids: list[int]) -> dict[int, dict[str, Any]]:
    """What the table had said of each message, before any model of the workspace's own was asked."""
    rows = Disposition.objects.filter(message__in=ids, by=None).order_by("pk")
    found: dict[int, dict[str, Any]] = {}
    for message, row, needs, confidence, reasons in rows.values_list(
        "message", "row", "needs", "confidence", "reasons"
    ):
        codes = [str(reason.get("code", "")) for reason in reasons]
        if any(code.startswith("second.") for code in codes):
            continue
        taught = any(code.startswith("taught.") for code in codes)
        held, bearing = features.read(codes)
        row = held[0] if "taught.row" in codes and held else row
        found[message] = {
            "row": row, "needs": NEEDS[row] if taught else needs, "rows": tuple(held), "codes": tuple(bearing),
            "confidence": 0.5 if taught else confidence,
        }  # fmt: skip
    return found
