"""Unwinding: what a member did last is taken back, then what they did before that, without asking which Event it was.

An answer that has left ends it: nothing older is taken back unawares behind its back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from rapport.accounts.models import Member
from rapport.core.database import now
from rapport.core.models import Event
from rapport.core.refusal import Refused
from rapport.inbox import bulk, replying, undoing
from rapport.inbox.models import Conversation, Outgoing

REACHES = timedelta(hours=1)
"""What was done longer ago is looked for where it was done."""
_MOST = 200
_BULK, _REPLIED = "bulk.acted", "conversation.replied"
_ACTS = frozenset({*undoing.SINCE, *undoing.PARTS, _BULK}) - {"conversation.woken"}


@dataclass(frozen=True)
class Unwound:
    """What was taken back: in ``conversation``, or in many (None): ``back`` are as they were, ``left`` are not.

    ``event``: the id of the act that was undone, where it was one on one conversation.
    """

    conversation: Conversation | None
    answer: bool = False
    back: int = 1
    left: int = 0
    event: int = 0


def unwind(*, by: Member) -> Unwound:
    """Take back the last act that still stands. Raises Refused where there is none, or where it cannot be."""
    for event in _standing(by):
        if event.verb == _BULK:
            back, left = bulk.undo(event.facts["act"], by=by)
            return Unwound(None, back=back, left=left)
        conversation = Conversation.objects.seen_by(by).filter(pk=event.subject_id).first()
        if conversation is None:
            continue  # it joined another, or is not this member's to see any more
        if event.verb == _REPLIED:
            outgoing = Outgoing.objects.filter(pk=event.facts.get("outgoing", 0), by=by).first()
            if outgoing is None:
                raise Refused("The last you did was an answer, and it has left: it can no longer be taken back.")
            if not replying.withdraw(outgoing, by=by):
                continue
            return Unwound(conversation, answer=True)
        if undoing.undo(conversation, event.pk, by=by):
            return Unwound(conversation, event=event.pk)
    raise Refused("There is nothing of the last hour to take back.")


def _standing(by: Member) -> list[Event]:
    """One's own acts of the last hour that nobody took back, the newest first; a bulk act is one, not its parts."""
    since = now() - REACHES
    recent = Event.objects.filter(workspace_id=by.workspace_id, by_id=by.pk, at__gte=since)
    undone = recent.filter(verb="conversation.undone").values_list("facts__undoes", flat=True)
    gone, standing = set(undone), []
    for event in recent.filter(verb__in=_ACTS).order_by("-id")[:_MOST]:
        parts = set(event.facts["events"]) if event.verb == _BULK else {event.pk}
        if not parts & gone:
            standing.append(event)
        gone |= parts
    return standing
