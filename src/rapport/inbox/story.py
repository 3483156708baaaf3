"""Stories: a warm exchange with one of us, in three lines for the next of us who meets them; and all of a week's.

Kindness would otherwise stay with whoever was thanked: who opens a person first reads what a colleague already was to
them, and what the colleague noted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import OuterRef, Subquery

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
    mine = Message.objects.filter(conversation__identity__in=whose.identities, by=member).exists()
    if mine:
        return None
    warm = [point for point in points if point.turn.valence >= WARM and point.after and point.after.who]
    if not warm:
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
    ours = Message.objects.filter(
        conversation=OuterRef("conversation"), ours=True, by__isnull=False, said_at__lte=OuterRef("said_at")
    )
    warm = rows.filter(pk__gt=edge or 0, ours=False, deleted_at=None, said_at__gte=moment - timedelta(days=days))
    warm = warm.filter(reading__valence__gte=WARM).annotate(
        after=Subquery(ours.order_by("-said_at", "-pk").values("pk")[:1])
    )
    found = list(warm.filter(after__isnull=False).select_related("identity__person").order_by("-said_at", "-pk")[:TOLD])
    answers = Message.objects.select_related("by").in_bulk([message.after for message in found])
    return [Told(message, answers[message.after]) for message in found if message.after in answers]
