"""What the demo's colleagues labelled and judged before the visitor came, so that what is measured shows figures.

By the same verbs as everybody, and so that nothing on the desk moves: nobody labels a quiet post as one in need, and
nobody finds one missed. They do not always agree with the program, nor with each other.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from rapport.accounts.models import Member, Workspace
from rapport.core.database import now
from rapport.inbox import auditing, feeling
from rapport.inbox.models import Message, SilencePick
from rapport.learning import labelling

LABELLED: Final = 36
_TWICE: Final = 24
"""The first so many of them by two."""
_DIFFERS: Final = 7
"""Every so many-th is read otherwise by the second."""
_JUDGED, _UNCLEAR = 9, 5
_FELT: Final = 9


def teach(acme: Workspace, one: Member, other: Member) -> None:
    """Labels by two colleagues, feelings that one gave, and a part of last week's sample of silence."""
    messages = list(_labelled(acme))
    for place, message in enumerate(messages):
        said = _as_read(message)
        labelling.answer(message, "needs", said, by=one)
        if place < _TWICE:
            labelling.answer(message, "needs", "no" if place % _DIFFERS == _DIFFERS - 1 else said, by=other)
    for message in messages[:_FELT]:
        feeling.feel(message, valence=message.reading.value.valence, by=one)
    last = auditing.monday(now()) - timedelta(days=7)
    if drawn := auditing.draw(acme, last, seed=7):
        picks = SilencePick.objects.filter(round=drawn).select_related("message__conversation", "round__workspace")
        for place, pick in enumerate(picks.order_by("pk")[:_JUDGED]):
            auditing.judge(pick, "unclear" if place == _UNCLEAR else "right", by=other)


def _labelled(acme: Workspace) -> list[Message]:
    """Messages of every network and every verdict, the same in every demo; one a conversation."""
    rows = Message.objects.filter(workspace=acme, ours=False, deleted_at=None).exclude(text="")
    rows = rows.select_related("conversation", "reading").order_by("key")
    found: dict[int, Message] = {}
    for message in rows[: 6 * LABELLED]:
        decision = message.decision
        if decision is not None and decision.needs != "unsure":
            found.setdefault(message.conversation_id, message)
    return list(found.values())[:LABELLED]


def _as_read(message: Message) -> str:
    """What the program says; where that would bring a quiet conversation to the desk, nothing is wanted."""
    decision = message.decision
    return "yes" if decision and decision.needs == "yes" and message.conversation.state != "quiet" else "no"
