"""The verbs on one conversation: no answer needed, assign, note, settle, reopen; each recorded, each undoable.

Taking them back is ``undoing``; snoozing, asking inside and tagging have modules of their own.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.dateparse import parse_datetime

from rapport.core import counters
from rapport.core.database import locked, now, write
from rapport.core.events import record
from rapport.core.hints import hint
from rapport.core.models import Event
from rapport.core.refusal import Refused
from rapport.inbox import mentioning, turning
from rapport.inbox.triage import clocks

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
_TURNS = ("state", "assignee_id", "due_at", "snoozed_until", "position", "urgency", "headline")
_MOMENTS = ("due_at", "snoozed_until")
_ANSWERS = ("conversation.replied", "conversation.answered_there")
_PUTS_AWAY = ("conversation.settled", "conversation.quieted", *_ANSWERS)


def standing(conversation: Conversation) -> dict[str, Any]:
    """What a verb may change, as JSON: kept in the Event, so that the verb can be undone. ``said`` counts messages."""
    values = {name: getattr(conversation, name) for name in _TURNS}
    moments = {name: values[name].isoformat() if values[name] else None for name in _MOMENTS}
    return values | moments | {"said": conversation.message_count}


def change(conversation: Conversation, verb: str, *, by: Member | None, was: bool = True, **changes: Any) -> Event:
    """Change a conversation's standing in one transaction: lock, save, record, count, hint. Returns the Event.

    ``code=`` and ``facts=`` go into the Event; all else are fields of the row. A person's change marks it as touched.
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
    code, about = changes.pop("code", None), changes.pop("facts", None) or {}
    row = locked(type(conversation).objects).filter(pk=conversation.pk).first()
    if row is None:
        raise Refused("A message has just joined this conversation with another. Open it again.")
    before, keys = standing(row), row.counter_keys()
    if "state" in changes:  # whatever is done to a snoozed one, it sleeps no longer
        changes.setdefault("snoozed_until", None)
    for name, value in changes.items():
        setattr(row, name, value)
    if by is not None:
        row.touched_at = now()
    row.save(update_fields=[*changes, "touched_at"])
    facts: dict[str, Any] = ({"was": before} if was else {}) | ({"code": code} if code else {}) | about
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
    """Back to the desk, with the deadline it had where it was put away without an answer."""
    return change(conversation, "conversation.reopened", by=by, state="needs_answer", due_at=_owed_until(conversation))


def _owed_until(conversation: Conversation) -> datetime | None:
    acts = Event.objects.filter(subject="conversation", subject_id=conversation.pk, verb__in=_PUTS_AWAY)
    verb, facts = acts.order_by("-id").values_list("verb", "facts").first() or ("", {})
    due_at = facts.get("was", {}).get("due_at") if verb not in _ANSWERS else None
    return parse_datetime(due_at) if due_at else conversation.due_at


def note(conversation: Conversation, text: str, *, by: Member) -> Note:
    """Tell colleagues something. It is never sent."""
    return noted(conversation, text, by=by)[0]


def noted(conversation: Conversation, text: str, *, by: Member, asked: Member | None = None) -> tuple[Note, Event]:
    """The note, and its Event. A note that ``asked`` a colleague waits inside for them; one by whom we asked answers."""
    from rapport.inbox import noting
    from rapport.inbox.models import Note

    if not by.answers:
        raise Refused("You may read here, but not change anything. Ask an owner for another role.")
    words = noting.fair(text, noting.names_in(conversation))
    with write():
        row = locked(type(conversation).objects).filter(pk=conversation.pk).first()
        if row is None:
            raise Refused("A message has just joined this conversation with another. Open it again.")
        question = _answered(row, by)
        made = Note.objects.create(conversation=row, by=by, text=words, asked=asked)
        Note.objects.filter(conversation=row, asked=by, answered_at=None, withdrawn_at=None).update(answered_at=made.at)
        verb, changes = _turned_by_note(row, by, asked, question)
        mentioning.note_down(made, row, by=by, besides=[asked.pk] if asked else [])
        about = {"note_id": made.pk} | ({"member": asked.pk} if asked else {})
        event = change(conversation, verb, by=by, was=bool(changes), facts=about, **changes)
    return made, event


def _answered(conversation: Conversation, by: Member) -> Note | None:
    """The latest question that this colleague's note answers."""
    open_ = conversation.notes.filter(asked=by, answered_at=None, withdrawn_at=None)
    return open_.select_related("by").order_by("-pk").first()


def _turned_by_note(
    row: Conversation, by: Member, asked: Member | None, question: Note | None
) -> tuple[str, dict[str, Any]]:
    """What a note does to its conversation: asks, brings the answer back to whoever asked, or nothing."""
    if asked is not None:
        return "conversation.asked", {"state": turning.WAITING_INSIDE, "assignee_id": row.assignee_id or by.pk}
    if question is None or row.state != turning.WAITING_INSIDE:
        return "conversation.noted", {}
    asker = question.by
    to = asker.pk if asker and not asker.left_at and asker.answers else row.assignee_id
    clock = clocks.Clock(row.due_at, row.position)
    if row.due_at is None:
        clock = clocks.start(now(), now(), max(1, row.urgency), settings.RAPPORT_DUE_HOURS)
    back = {"state": turning.NEEDS_ANSWER, "due_at": clock.due_at, "position": clock.position, "assignee_id": to}
    return "conversation.told", back


def restore(
    conversation: Conversation,
    was: dict[str, Any],
    *,
    by: Member | None,
    verb: str,
    facts: dict[str, Any] | None = None,
) -> None:
    """Put a conversation back to a standing that :func:`standing` took; what they said since keeps it on the desk."""
    conversation.refresh_from_db()
    if conversation.message_count != was["said"] and conversation.state == "needs_answer":
        return
    values = {name: value for name, value in was.items() if name in _TURNS}
    moments = {name: parse_datetime(was[name]) if was.get(name) else None for name in _MOMENTS}
    change(conversation, verb, by=by, was=False, facts=facts, **(values | moments))
