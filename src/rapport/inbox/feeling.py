"""Feeling: how a message was felt, as read or as a person says; the exchange with somebody as turns of a line."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from rapport.accounts.models import Member
from rapport.core.database import now, write
from rapport.core.events import record
from rapport.core.hints import hint
from rapport.core.refusal import Refused
from rapport.inbox.models import Conversation, Feeling, Message
from rapport.inbox.telling import newest
from rapport.people.timeline import Whose
from rapport.understanding import feelings
from rapport.understanding.emotions import EMOTIONS
from rapport.understanding.feelings import OF_VALENCE, Turn

DRAWN = 160
"""Messages of either side, the newest, that the line is drawn from."""


def feel(message: Message, *, valence: str, by: Member, emotion: str = "") -> Feeling:
    """A person says how a message was felt. It holds at once, and is kept as an example to learn from."""
    if not by.answers:
        raise Refused("You may read here, but not change anything. Ask an owner for another role.")
    if message.ours:
        raise Refused("This is our own message: what is kept is how they felt.")
    if valence not in OF_VALENCE or (emotion and emotion not in EMOTIONS):
        raise Refused("Choose how it was felt.")
    with write():
        made = Feeling.objects.create(message=message, valence=valence, emotion=emotion, by=by)
        _touched(message, "message.felt", by, valence=valence, emotion=emotion)
    return made


def withdraw(feeling: Feeling, *, by: Member) -> None:
    """Take one's own correction back: what stood before holds again."""
    with write():
        if not Feeling.objects.filter(pk=feeling.pk, by=by, withdrawn_at=None).update(withdrawn_at=now()):
            raise Refused("Only who corrected it can take that back, and only once.")
        _touched(feeling.message, "message.unfelt", by)


def _touched(message: Message, verb: str, by: Member, **codes: Any) -> None:
    Conversation.objects.filter(pk=message.conversation_id).update(touched_at=now())
    record(verb, message, by=by, **codes)
    hint(message.workspace_id, "conversation", message.conversation_id)


def exchange(of: Whose, limit: int = DRAWN) -> list[Message]:
    """The newest messages between us and a person, oldest first, with all that a turn is made of."""
    rows = Message.objects.filter(pk__in=newest(of, limit), deleted_at=None)
    return list(whole(rows).order_by("said_at", "pk"))


def whole(rows: QuerySet[Message]) -> QuerySet[Message]:
    """Messages with all that a turn is made of."""
    return rows.select_related("identity", "by", "reading").prefetch_related("feelings")


def turn_of(message: Message) -> Turn:
    """A message as a turn, with the feeling that stands: a person's, else the reading's."""
    who = message.by.name if message.by else str(message.identity or "")
    if message.ours:
        return Turn(message.pk, message.conversation_id, message.said_at, True, who)
    reading = getattr(message, "reading", None)
    data: dict[str, Any] = reading.data if reading else {}
    rows = message.feelings.all()  # type: ignore[attr-defined, unused-ignore]
    said = [one for one in rows if one.withdrawn_at is None]
    stands = max(said, key=lambda one: one.pk, default=None)
    reasons = [(one["code"], one.get("evidence", ""), one.get("start", -1)) for one in data.get("reasons", ())]
    cause, code = feelings.cause(message.text or message.subject, reasons)
    felt = (
        OF_VALENCE[stands.valence]
        if stands
        else feelings.placed(data.get("valence", ""), data.get("valence_score", 0.0))
    )
    return Turn(
        message.pk,
        message.conversation_id,
        message.said_at,
        False,
        who,
        felt,
        stands.emotion if stands else feelings.named(felt, data.get("emotions", {})),
        cause,
        code,
        stands is not None,
    )
