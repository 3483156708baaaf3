"""Lifting: what a second look found, written down. Upward only; what a person said or touched stays as it is."""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings

from rapport.core.database import locked, now, write
from rapport.inbox import turning, working
from rapport.inbox.models import Conversation, Disposition, Message
from rapport.inbox.triage import clocks
from rapport.inbox.triage.words import explain

RANK: Final = {"no": 0, "unsure": 1, "yes": 2}


def lift(message: Message, needs: str, reasons: list[dict[str, Any]]) -> bool:
    """Whether it raised what stands. A quiet conversation comes to the desk; one that is there keeps its place."""
    with write():
        row = locked(Conversation.objects).filter(pk=message.conversation_id).first()
        stands = message.decision
        if row is None or stands is None or stands.by_id is not None or RANK[needs] <= RANK[stands.needs]:
            return False
        if Message.objects.filter(pk=message.pk, deleted_at=None).exclude(text="").first() is None:
            return False
        urgency = max(1, stands.urgency)
        Disposition.objects.create(
            message=message, row=stands.row, needs=needs, urgency=urgency, confidence=0.6,
            reasons=[*reasons, *stands.reasons],
        )  # fmt: skip
        later = row.messages.filter(said_at__gt=message.said_at).exists()
        if row.state == turning.QUIET and row.touched_at is None and not later:
            clock = clocks.start(message.said_at, now(), urgency, settings.RAPPORT_DUE_HOURS, history=message.history)
            working.change(
                row, "conversation.reopened", by=None, state="needs_answer", urgency=urgency, due_at=clock.due_at,
                position=clock.position, headline=explain(reasons[0]["code"])[:60], code="second_look",
            )  # fmt: skip
    return True


def reason(code: str, weight: float = 1.0, evidence: str = "", start: int = -1, end: int = -1) -> dict[str, Any]:
    return {"code": code, "weight": weight, "evidence": evidence, "start": start, "end": end}
