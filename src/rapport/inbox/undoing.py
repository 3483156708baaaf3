"""Undoing: whoever did something takes it back, while nothing else was built on it.

An undo is asked for by the Event of the act. A second one changes nothing. One that comes after a colleague's act on the
same thing is refused, with who did what: theirs is never undone by mine.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_noop

from rapport.accounts.models import Member
from rapport.core.database import locked, now, write
from rapport.core.events import record
from rapport.core.hints import hint
from rapport.core.models import Event
from rapport.core.refusal import Refused
from rapport.inbox import replying, sending, tagging, working
from rapport.inbox.models import Conversation, Disposition, Mention, Message, Note, Tag

NOTE_LIVES = timedelta(minutes=10)
"""How long a note can be taken back: colleagues act on what they have read."""
GIVEN_BACK = timedelta(hours=1)
"""How long the words of a note that was taken back are offered to its writer again."""
SINCE: dict[str, str] = {
    "conversation.quieted": gettext_noop("%(name)s has decided since that no answer is needed: look at it again."),
    "conversation.settled": gettext_noop("%(name)s has settled it since: look at it again."),
    "conversation.reopened": gettext_noop("%(name)s has reopened it since: look at it again."),
    "conversation.assigned": gettext_noop("%(name)s has assigned it since: look at it again."),
    "conversation.snoozed": gettext_noop("%(name)s has snoozed it since: look at it again."),
    "conversation.asked": gettext_noop("%(name)s has asked a colleague since: look at it again."),
    "conversation.told": gettext_noop("%(name)s has answered the question inside since: look at it again."),
    "conversation.replied": gettext_noop("%(name)s has answered since: look at it again."),
    "conversation.answered_there": gettext_noop("%(name)s has answered since: look at it again."),
    "conversation.woken": gettext_noop("It has woken since: look at it again."),
}
"""What moves a conversation, and how a person is told that somebody has done it meanwhile."""


def undo(conversation: Conversation, event_id: int, *, by: Member) -> bool:
    """Take back one's own act; False: it was taken back already. Raises Refused with a sentence when it cannot be."""
    with write():
        row = locked(Conversation.objects).filter(pk=conversation.pk).first()
        acts = Event.objects.filter(subject="conversation", subject_id=conversation.pk)
        event = acts.filter(workspace_id=conversation.workspace_id, pk=event_id).first()
        if row is None or event is None:
            raise Refused("This can no longer be undone.")
        if event.by_id != by.pk:
            raise Refused("You can take back only what you did yourself.")
        if event_id in _undone(acts, event_id):
            return False
        parts = _parts(event)
        for part in parts:
            part(row, event, by)
        if _stand_again not in parts:
            record("conversation.undone", row, by=by, undoes=event.pk)
            hint(row.workspace_id, "conversation", row.pk)
    conversation.refresh_from_db()
    return True


def note_of(conversation: Conversation, event_id: int, *, by: Member) -> Note | None:
    """The note whose writing this Event was, if that was taken back."""
    event = Event.objects.filter(subject="conversation", subject_id=conversation.pk, pk=event_id).first()
    return taken_back(conversation, event.facts["note_id"], by=by) if event and "note_id" in event.facts else None


def taken_back(conversation: Conversation, note_id: int, *, by: Member) -> Note | None:
    """One's own note that one took back a moment ago: its words are still there for whoever wrote it."""
    mine = Note.objects.filter(conversation=conversation, pk=note_id, by=by)
    return mine.filter(withdrawn_at__gte=now() - GIVEN_BACK).first()


def last_act(conversation: Conversation) -> Event | None:
    """What moved this conversation last, and still holds."""
    acts = Event.objects.filter(subject="conversation", subject_id=conversation.pk)
    undone = _undone(acts, 0)
    return acts.filter(verb__in=SINCE).exclude(pk__in=undone).order_by("-id").first()


def who_did_what(event: Event) -> Refused:
    """The sentence for somebody whose act comes too late."""
    who = Member.objects.filter(pk=event.by_id or 0).values_list("name", flat=True).first()
    if event.verb == "conversation.woken":
        return Refused(SINCE[event.verb])
    return (
        Refused(SINCE[event.verb], name=who) if who else Refused("Something has happened here since: look at it again.")
    )


def _undone(acts: Any, after: int) -> set[int]:
    """The ids of the acts that were taken back, of those since ``after``."""
    told = acts.filter(verb="conversation.undone", pk__gt=after).values_list("facts", flat=True)
    return {facts["undoes"] for facts in told if facts.get("undoes")}


def _stand_again(row: Conversation, event: Event, by: Member) -> None:
    """The conversation stands as it stood before this act, unless something has moved it since."""
    acts = Event.objects.filter(subject="conversation", subject_id=row.pk, pk__gt=event.pk)
    later = acts.filter(verb__in=SINCE).exclude(pk__in=_undone(acts, event.pk)).order_by("-id").first()
    if later is not None and later.by_id == by.pk:
        raise Refused("You have done more here since: take that back first.")
    if later is not None:
        raise who_did_what(later)
    was = event.facts.get("was")
    if was is None:
        raise Refused("This can no longer be undone.")
    if was["said"] != row.message_count:
        raise Refused("A message has come since: look at it again.")
    working.restore(row, was, by=by, verb="conversation.undone", facts={"undoes": event.pk})


def _take_note_back(row: Conversation, event: Event, by: Member) -> None:
    """The note is withdrawn: its words are gone from the page, a trace says that there was one."""
    note = Note.objects.filter(pk=event.facts.get("note_id"), conversation=row, by=by).first()
    if note is None:
        raise Refused("This can no longer be undone.")
    if now() - note.at > NOTE_LIVES:
        raise Refused("A note can be taken back for ten minutes; colleagues may have acted on it by now.")
    Note.objects.filter(pk=note.pk).update(withdrawn_at=now())
    Mention.objects.filter(note=note, seen_at=None).delete()
    Note.objects.filter(conversation=row, asked=by, answered_at=note.at).update(answered_at=None)


def _take_answer_back(row: Conversation, event: Event, by: Member) -> None:
    """What was kept as answered elsewhere is no message any more: its words are the draft again."""
    kept = Message.objects.filter(pk=event.facts.get("message"), conversation=row, by=by, ours=True).first()
    if kept is None:
        raise Refused("This can no longer be undone.")
    replying.save_draft(row, kept.text, by=by)
    sending.unkeep(kept)


def _untag(row: Conversation, event: Event, by: Member) -> None:
    if (tag := _tag_of(row, event)) is not None:
        tagging.take_back(row, tag, by=by, made=bool(event.facts.get("made")))


def _tag_again(row: Conversation, event: Event, by: Member) -> None:
    if (tag := _tag_of(row, event)) is None:
        raise Refused("This tag is gone: it can no longer be put back.")
    tagging.put_back(row, tag, by=by)


def _tag_of(row: Conversation, event: Event) -> Tag | None:
    return Tag.objects.filter(workspace_id=row.workspace_id, pk=event.facts.get("tag")).first()


def _uncorrect(row: Conversation, event: Event, by: Member) -> None:
    """A correction that was a slip teaches nothing: it is no example any more."""
    mine = Disposition.objects.filter(message=event.facts.get("message"), message__conversation=row, by=by)
    Disposition.objects.filter(pk__in=mine.order_by("-id").values("pk")[:1]).delete()


Part = Callable[[Conversation, Event, Member], None]
PARTS: dict[str, tuple[Part, ...]] = {
    "conversation.noted": (_take_note_back,),
    "conversation.answered_there": (_stand_again, _take_answer_back),
    "conversation.tagged": (_untag,),
    "conversation.untagged": (_tag_again,),
    "conversation.asked": (_stand_again, _take_note_back),
    "conversation.told": (_stand_again, _take_note_back),
}


def _parts(event: Event) -> tuple[Part, ...]:
    if event.facts.get("code") == "correction":
        return (_stand_again, _uncorrect)
    return PARTS.get(event.verb, (_stand_again,))
