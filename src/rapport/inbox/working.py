"""The verbs on one conversation: no answer needed, assign, note, settle, reopen; each recorded, each undoable."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.dateparse import parse_datetime

from rapport.core import counters
from rapport.core.database import locked, now, write
from rapport.core.events import record
from rapport.core.hints import hint
from rapport.core.models import Event
from rapport.core.refusal import Refused

if TYPE_CHECKING:
    from rapport.accounts.models import Member
    from rapport.inbox.models import Conversation, Note

REASONS_FOR_SILENCE: dict[str, str] = {
    "not_about_us": "Not about us",
    "praise_to_friends": "Praise among friends",
    "already_settled": "Already settled",
    "being_helped": "Somebody is helping",
    "spam": "Spam or bait",
    "joke": "Joke or rant",
    "other": "Another reason",
}
_TURNS = ("state", "assignee_id", "due_at", "position", "urgency", "headline")


def standing(conversation: Conversation) -> dict[str, Any]:
    """What a verb may change, as JSON: kept in the Event, so that the verb can be undone. ``said`` counts messages."""
    values = {name: getattr(conversation, name) for name in _TURNS}
    due_at: datetime | None = values["due_at"]
    return values | {"due_at": due_at.isoformat() if due_at else None, "said": conversation.message_count}


def change(conversation: Conversation, verb: str, *, by: Member | None, was: bool = True, **changes: Any) -> Event:
    """Change a conversation's standing in one transaction: lock, save, record, count, hint. Returns the Event.

    ``code=`` goes into the Event's facts; all else are fields of the row. A person's change marks it as touched.
    """
    if by is not None and not by.answers:
        raise Refused("You may read here, but not change anything. Ask an owner for another role.")
    with write():
        event, bumps = turn(conversation, verb, by=by, was=was, **changes)
        counters.bump(bumps)
    return event


def turn(
    conversation: Conversation, verb: str, *, by: Member | None, was: bool = True, **changes: Any
) -> tuple[Event, list[counters.Bump]]:
    """What ``change`` does, without the counting: for whoever changes several, and counts last."""
    code = changes.pop("code", None)
    row = locked(type(conversation).objects).filter(pk=conversation.pk).first()
    if row is None:
        raise Refused("A message has just joined this conversation with another. Open it again.")
    before, keys = standing(row), row.counter_keys()
    for name, value in changes.items():
        setattr(row, name, value)
    if by is not None:
        row.touched_at = now()
    row.save(update_fields=[*changes, "touched_at"])
    facts: dict[str, Any] = ({"was": before} if was else {}) | ({"code": code} if code else {})
    event = record(verb, row, by=by, to=row.state, **facts)
    hint(row.workspace_id, "conversation", row.pk)
    for name in (*changes, "touched_at"):
        setattr(conversation, name, getattr(row, name))
    left = [(row.workspace_id, key, -1) for key in keys]
    return event, left + [(row.workspace_id, key, 1) for key in row.counter_keys()]


def no_answer_needed(conversation: Conversation, *, by: Member, why: str) -> Event:
    """A person decides for silence, with a reason."""
    if why not in REASONS_FOR_SILENCE:
        raise Refused("Choose why no answer is needed.")
    return change(conversation, "conversation.quieted", by=by, state="quiet", due_at=None, code=why)


def assign(conversation: Conversation, to: Member | None, *, by: Member) -> Event:
    """Give the matter to a colleague, or to nobody."""
    if to is not None and (to.workspace_id != conversation.workspace_id or to.left_at or not to.answers):
        raise Refused("Only somebody who answers in this workspace can be given a conversation.")
    return change(conversation, "conversation.assigned", by=by, assignee_id=to.pk if to else None)


def settle(conversation: Conversation, *, by: Member) -> Event:
    """Done: nothing more is owed."""
    return change(conversation, "conversation.settled", by=by, state="settled", due_at=None)


def reopen(conversation: Conversation, *, by: Member) -> Event:
    """Back to the desk."""
    return change(conversation, "conversation.reopened", by=by, state="needs_answer")


def note(conversation: Conversation, text: str, *, by: Member) -> Note:
    """Tell colleagues something. It is never sent."""
    from rapport.inbox import noting
    from rapport.inbox.models import Note

    words = noting.fair(text, noting.names_in(conversation))
    with write():
        change(conversation, "conversation.noted", by=by, was=False)
        return Note.objects.create(conversation=conversation, by=by, text=words)


def undo(conversation: Conversation, event_id: int, *, by: Member) -> None:
    """Take back one's own last verb on this conversation, if nothing has happened to it since."""
    mine = Event.objects.filter(
        workspace_id=conversation.workspace_id, subject="conversation", subject_id=conversation.pk
    )
    last = mine.filter(facts__has_key="was").order_by("-id").first()
    conversation.refresh_from_db()
    changed = last is None or last.pk != event_id or last.by_id != by.pk
    if last is None or changed or last.facts["was"]["said"] != conversation.message_count:
        raise Refused("Something has happened here since: it can no longer be undone.")
    restore(conversation, last.facts["was"], by=by, verb="conversation.undone")


def restore(conversation: Conversation, was: dict[str, Any], *, by: Member | None, verb: str) -> None:
    """Put a conversation back to a standing that :func:`standing` took; what they said since keeps it on the desk."""
    conversation.refresh_from_db()
    if conversation.message_count != was["said"] and conversation.state == "needs_answer":
        return
    values = {name: value for name, value in was.items() if name != "said"}
    due_at = parse_datetime(was["due_at"]) if was["due_at"] else None
    change(conversation, verb, by=by, was=False, **(values | {"due_at": due_at}))
