"""Stories: a warm exchange with one of us, in three lines for the next of us who meets them; and all of a week's.

Kindness would otherwise stay with whoever was thanked: who opens a person first reads what a colleague already was to
them, and what the colleague noted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from rapport.accounts.models import Member
from rapport.inbox.models import Message
from rapport.people import timeline
from rapport.people.timeline import Entry, Whose
from rapport.understanding.feelings import Point

WARM = 0.4
"""Valence from which a message is told as a story."""
LOOKED_AT, TOLD = 5_000, 40
_NOTES = ("note", "about")


@dataclass(frozen=True)
class Story:
    """What a colleague was to them: the warm words and to whom; the colleague's note. Either may be missing."""

    warm: Point | None
    note: Entry | None

    @property
    def who(self) -> str:
        """The colleague."""
        if self.warm is not None and self.warm.after is not None:
            return self.warm.after.who
        return self.note.by if self.note else ""


def of(whose: Whose, points: Sequence[Point], member: Member) -> Story | None:
    """The story for a member who has not dealt with this person yet; None for who has, or where there is none."""
    warm = [point for point in points if point.turn.valence >= WARM and point.after and point.after.who]
    if not warm or Message.objects.filter(conversation__identity__in=whose.identities, by=member).exists():
        return None
    notes = timeline.read(whose, only=_NOTES, limit=20).entries
    if any(note.by == member.name for note in notes):
        return None
    best = max(warm, key=lambda point: (point.turn.valence, point.turn.at))
    who = best.after.who if best.after else ""
    own = next((note for note in notes if note.by == who), None)
    return Story(best, own or next(iter(notes), None))


@dataclass(frozen=True)
class Told:
    """One line of the week: their words, after which of our messages, and whose that was."""

    message: Message
    after: Message


def newest(member: Member, moment: datetime, days: int = 7) -> list[Told]:
    """The warm exchanges of the last days in this member's workspace, newest first (of the newest LOOKED_AT messages)."""
    rows = Message.objects.filter(workspace=member.workspace_id)
    edge = rows.order_by("-pk").values_list("pk", flat=True)[LOOKED_AT : LOOKED_AT + 1].first()
    warm = rows.filter(pk__gt=edge or 0, ours=False, deleted_at=None, said_at__gte=moment - timedelta(days=days))
    warm = warm.filter(reading__valence__gte=WARM).select_related("identity__person").order_by("-pk")
    found = sorted(warm[: 5 * TOLD], key=lambda message: (message.said_at, message.pk), reverse=True)
    ours: dict[int, list[tuple[datetime, int]]] = defaultdict(list)
    answers = rows.filter(conversation__in={message.conversation_id for message in found}, ours=True, by__isnull=False)
    for talk, at, id in answers.values_list("conversation", "said_at", "pk"):
        ours[talk].append((at, id))
    after = {
        message.pk: max((one for one in ours[message.conversation_id] if one[0] <= message.said_at), default=None)
        for message in found
    }
    told = [(message, one[1]) for message in found if (one := after[message.pk])][:TOLD]
    whole = Message.objects.select_related("by").in_bulk([id for _, id in told])
    return [Told(message, whole[id]) for message, id in told]
