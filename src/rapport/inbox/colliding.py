"""Colliding: what happened to a conversation while somebody was writing, told before their answer can leave.

A page carries a mark of what was on it; the answer brings the mark back. What is newer is shown first, once: the page
that says so carries a new mark, so that a second, deliberate send goes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.db.models import QuerySet, Subquery

from rapport.accounts.models import Member
from rapport.core.models import Event
from rapport.core.refusal import Refused
from rapport.inbox.models import Conversation, Outgoing

_MARK = re.compile(r"([0-9]{1,18})\.([0-9]{1,18})\.([0-9]{1,18})\Z")
_SAID = (
    *("conversation.settled", "conversation.quieted", "conversation.assigned", "conversation.noted"),
    *("conversation.snoozed", "conversation.asked", "conversation.told"),
)
_TAKEN_BACK = ("conversation.undone", "conversation.reopened")


class Collided(Refused):
    """Something is newer than what this writer had seen: it is shown, and the next send goes."""


@dataclass(frozen=True)
class Seen:
    """What a writer had before their eyes: the newest message, the newest answer of ours, the last event (ids)."""

    message: int = 0
    outgoing: int = 0
    event: int = 0

    def __str__(self) -> str:
        return f"{self.message}.{self.outgoing}.{self.event}"

    @classmethod
    def read(cls, text: str) -> Seen | None:
        """A mark out of a form; None for what no page of ours could have said (then nothing is compared)."""
        found = _MARK.match(text)
        return cls(*map(int, found.groups())) if found else None


@dataclass(frozen=True)
class Since:
    """What is newer than a mark. Names; None: it did not happen. ``answered`` may be empty: nobody knows who."""

    answered: str | None = None
    myself: bool = False
    wrote: str | None = None
    verb: str = ""
    by: str = ""


def collision(since: Since) -> Collided | None:
    """What a writer must see first, the most important alone: an answer, their word, a colleague's decision."""
    if since.answered is not None:
        if since.myself:
            return Collided("You answered here from another page. Read it above first; your draft is kept.")
        if not since.answered:
            return Collided("Somebody answered while you were writing. Read it above first; your draft is kept.")
        return Collided(
            "%(name)s answered while you were writing. Read it above first; your draft is kept.", name=since.answered
        )
    if since.wrote is not None:
        return Collided(
            "%(name)s wrote again while you were writing. Read it above first; your draft is kept.", name=since.wrote
        )
    return _decided(since)


def _decided(since: Since) -> Collided | None:
    """A colleague's decision, in words."""
    match since.verb:
        case "conversation.settled":
            return Collided("%(name)s settled this while you were writing. Your draft is kept.", name=since.by)
        case "conversation.quieted":
            return Collided(
                "%(name)s decided while you were writing that no answer is needed. Your draft is kept.", name=since.by
            )
        case "conversation.assigned":
            return Collided("%(name)s assigned this while you were writing. Your draft is kept.", name=since.by)
        case "conversation.snoozed":
            return Collided("%(name)s snoozed this while you were writing. Your draft is kept.", name=since.by)
        case "conversation.asked":
            return Collided("%(name)s asked a colleague while you were writing. Your draft is kept.", name=since.by)
        case "conversation.noted" | "conversation.told":
            return Collided("%(name)s left a note while you were writing. Your draft is kept.", name=since.by)
    return None


def mark(conversation: Conversation) -> Seen:
    """How far a conversation has come. Taken *before* its turns are read: what slips between is told once too often,
    never once too seldom."""
    newest = [
        Subquery(rows.order_by("-pk").values("pk")[:1])
        for rows in (conversation.messages.all(), conversation.outbox.all(), _events(conversation))
    ]
    found = Conversation.objects.filter(pk=conversation.pk).values_list(*newest).first() or ()
    return Seen(*(id or 0 for id in found))


def since(conversation: Conversation, seen: Seen, *, by: Member) -> Since:
    """What happened after this mark, told to the member who was writing. An answer whose words were seen on their way
    out is no news when it has arrived."""
    newer = conversation.messages.filter(pk__gt=seen.message, deleted_at=None)
    ours = newer.filter(ours=True).exclude(outgoing__pk__lte=seen.outgoing).select_related("by").order_by("-pk").first()
    flying = conversation.outbox.filter(pk__gt=seen.outgoing).exclude(state=Outgoing.State.WITHDRAWN)
    answer = flying.select_related("by").order_by("-pk").first() or ours
    theirs = newer.filter(ours=False).select_related("identity").order_by("-pk").first()
    decided = _events(conversation).filter(pk__gt=seen.event, verb__in=_SAID + _TAKEN_BACK).exclude(by_id=by.pk)
    last = decided.exclude(by_id=None).order_by("-pk").first()
    colleague = conversation.workspace.members.filter(pk=last.by_id or 0).first() if last else None
    return Since(
        answered=None if answer is None else str(answer.by or ""),
        myself=answer is not None and answer.by_id == by.pk,
        wrote=None if theirs is None else str(theirs.identity or conversation.identity or ""),
        verb=last.verb if last and colleague else "",
        by=str(colleague or ""),
    )


def _events(conversation: Conversation) -> QuerySet[Event]:
    return Event.objects.filter(
        workspace_id=conversation.workspace_id, subject="conversation", subject_id=conversation.pk
    )
