"""Correcting: a person says what a message needs. It holds at once, and is kept as an example to learn from."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from rapport.accounts.models import Member
from rapport.core.database import write
from rapport.core.events import record
from rapport.core.models import Event
from rapport.core.refusal import Refused
from rapport.inbox import working
from rapport.inbox.models import Disposition, Message
from rapport.inbox.triage import clocks

KEPT = "Changed for this message, and kept as an example for training."
CHOSEN = "person.row"
"""The reason of a correction whose row a person chose: it teaches what such posts are called here."""
_ROW_OF_A_CORRECTION = {"yes": 3, "no": 14}


def correct(message: Message, *, needs: str, by: Member, row: int | None = None, urgency: int | None = None) -> Event:
    """Put a person's disposition on top of the program's and turn the conversation with it; the Event undoes both.

    The row stays the program's own when it agrees with ``needs``; else the person's choice, else an ordinary one.
    """
    if needs not in {"yes", "no"}:
        raise Refused("Say whether it needs an answer: yes or no.")
    if row is not None and not 1 <= row <= 16:
        raise Refused("The decision table has rows 1 to 16.")
    if message.ours:
        raise Refused("This is our own message: it needs no answer from us.")
    was = message.decision
    kept_row = was.row if was and was.needs == needs else _ROW_OF_A_CORRECTION[needs]
    level = urgency if urgency is not None else (was.urgency if was else 0)
    level = max(1, min(3, level)) if needs == "yes" else 0
    with write():
        made = Disposition.objects.create(
            message=message,
            row=row or kept_row,
            needs=needs,
            urgency=level,
            confidence=1.0,
            by=by,
            reasons=[_said(f"person.{needs}"), *([_said(CHOSEN)] if row else [])],
        )
        record("message.corrected", message, by=by, row=made.row, needs=needs, was_row=was.row if was else None)
        verb, changes = _turned(message, level) if needs == "yes" else _QUIETED
        return working.change(
            message.conversation, verb, by=by, code="correction", facts={"message": message.pk}, **changes
        )


def _said(code: str) -> dict[str, Any]:
    return {"code": code, "weight": 1.0, "evidence": "", "start": -1, "end": -1}


_QUIETED: tuple[str, dict[str, Any]] = ("conversation.quieted", {"state": "quiet", "due_at": None})


def _turned(message: Message, urgency: int) -> tuple[str, dict[str, Any]]:
    """Back to the desk, with a clock that runs from when it was said."""
    clock = clocks.start(
        message.said_at, message.arrived_at, urgency, settings.RAPPORT_DUE_HOURS, history=message.history
    )
    due = {"due_at": clock.due_at, "position": clock.position}
    return "conversation.reopened", {"state": "needs_answer", "urgency": urgency, "headline": "corrected"} | due
