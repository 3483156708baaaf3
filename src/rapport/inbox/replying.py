"""Replying: drafts, the answer and its guardrails, undo, retry, *I answered there*.

``reply`` holds an answer for the undo window; the worker carries it out (``sending.py``). There is one due row for each
answer, so that however often a button is pressed, one worker at a time has it in hand.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Collection
from datetime import timedelta
from typing import Any

from django.conf import settings

from rapport.accounts.models import Member
from rapport.channels.text import clean
from rapport.core import work
from rapport.core.database import locked, now, write
from rapport.core.events import record
from rapport.core.models import Event
from rapport.core.refusal import Refused
from rapport.inbox import colliding, continuing, doubting, enclosing, sending, splitting, turning, working
from rapport.inbox.colliding import Seen
from rapport.inbox.models import Conversation, Draft, Message, Outgoing
from rapport.inbox.models.outgoing import new_key
from rapport.inbox.models.source import lane
from rapport.net.sentence import Sentence
from rapport.understanding import read
from rapport.understanding.reading import Post, Us

States = Outgoing.State
JOINED = Sentence("A message has just joined this conversation with another. Open it again; your draft is kept.")
_ONCE = re.compile(r"[0-9a-f]{32}\Z")


def save_draft(conversation: Conversation, text: str, *, by: Member, place: str = "") -> None:
    """Keep what somebody is typing, and where they mean to say it. An empty draft is forgotten."""
    words = clean(text)[:100_000]
    place = place if place in {continuing.PUBLIC, continuing.PRIVATE} else ""
    with write():
        if words.strip():
            kept = {"text": words, "place": place, "updated_at": now()}
            Draft.objects.update_or_create(conversation=conversation, member=by, defaults=kept)
        else:
            drafts = Draft.objects.filter(conversation=conversation, member=by)
            drafts.exclude(enclosed="").update(text="", place=place, updated_at=now())
            drafts.filter(enclosed="").delete()


def reply(
    conversation: Conversation,
    text: str,
    *,
    by: Member,
    seen: Seen | None = None,
    once: str = "",
    sure: bool = False,
    split: bool = False,
    place: str = "",
    aloud: bool = False,
    files: Collection[int] | None = None,
) -> Outgoing:
    """Hold an answer for the undo window. ``seen`` is what its writer had on screen (see ``colliding``), ``files`` the ids
    of the draft's files that were among it; ``once`` names the form it was written in, so that a form sent twice is one
    answer; ``place`` is ``public`` or ``private`` where its writer chose, ``aloud`` that they mean to leave a private
    talk by it (see ``continuing``).

    Raises Refused with a sentence, and keeps the words as a draft, when it cannot be; Doubted (a Refused) where there is
    something to think about first, unless the writer is ``sure``; TooLong (a Refused) where it would have to leave as
    several messages, unless the writer lets it ``split``; Widened (a Refused) unless ``aloud``.
    """
    words = clean(text).strip()
    save_draft(conversation, words, by=by, place=place)
    with write():  # locked, so that two who answer at once are told of each other
        row = locked(Conversation.objects).filter(pk=conversation.pk).first()
        if row is None:
            raise Refused(JOINED)
        key = once if _ONCE.match(once) else new_key()
        if (sent_before := Outgoing.objects.filter(key=key).first()) is not None:
            if _same(sent_before, row, words, by):
                Draft.objects.filter(conversation=row, member=by, enclosed="").delete()
                return sent_before
            key = new_key()
        several = _refuse(row, words, by, seen, split=split, place=place)
        enclosed = _enclosed(row, by, files, place)
        aimed = continuing.aim(row, place, aloud=aloud)
        if not sure and (doubt := doubting.doubt(row, words)):
            raise doubt
        return _hold(row, words, by, key, aimed, split=several, enclosed=enclosed)


def _enclosed(conversation: Conversation, by: Member, seen: Collection[int] | None, place: str) -> str:
    """The name under which the files that go along lie. Raises Refused where they cannot, or are others than were seen."""
    draft = Draft.objects.filter(conversation=conversation, member=by).first()
    there = enclosing.of(conversation.workspace_id, draft.enclosed) if draft else []
    if seen is not None and set(seen) != {one.pk for one in there}:
        raise Refused(enclosing.CHANGED)
    enclosing.must_go(conversation, there, place)
    return draft.enclosed if draft and there else ""


def _same(sent: Outgoing, conversation: Conversation, words: str, by: Member) -> bool:
    """Is this the very answer that already left this form?"""
    there = (sent.conversation_id, sent.by_id, sent.text) == (conversation.pk, by.pk, words)
    return there and sent.state != States.WITHDRAWN


def _hold(
    conversation: Conversation,
    words: str,
    by: Member,
    key: str,
    aimed: tuple[Message | None, str],
    *,
    split: bool,
    enclosed: str,
) -> Outgoing:
    to, visibility = aimed
    outgoing = Outgoing.objects.create(
        workspace_id=conversation.workspace_id,
        conversation=conversation,
        in_reply_to=to,
        visibility=visibility,
        by=by,
        text=words,
        key=key,
        split=split,
        enclosed=enclosed,
        held_until=now() + timedelta(seconds=held_seconds(conversation)),
        was=working.standing(conversation),
    )
    Draft.objects.filter(conversation=conversation, member=by).delete()
    working.change(
        conversation,
        "conversation.replied",
        by=by,
        was=False,
        state=turning.on_reply(asks=asks(words)),
        due_at=None,
        assignee_id=conversation.assignee_id or by.pk,
        facts={"outgoing": outgoing.pk},
    )
    work.put("outgoing.send", {"outgoing": outgoing.pk}, due_at=outgoing.held_until, **_in_turn(outgoing))
    return outgoing


def _in_turn(outgoing: Outgoing) -> dict[str, Any]:
    """How its due row is put: once; beside those of other sources; and never before an earlier answer to the same
    conversation has come to its end."""
    conversation = outgoing.conversation
    return {
        "workspace_id": outgoing.workspace_id,
        "key": f"outgoing:{outgoing.pk}",
        "lane": lane(conversation.source_id),
        "queue": f"conversation:{conversation.pk}",
    }


def held_seconds(conversation: Conversation) -> int:
    """How long an answer can be taken back: as long as everywhere, or as short as its channel wishes."""
    return min(
        settings.RAPPORT_HELD_SECONDS, getattr(conversation.source.channel, "holds", settings.RAPPORT_HELD_SECONDS)
    )


def _refuse(conversation: Conversation, words: str, by: Member, seen: Seen | None, *, split: bool, place: str) -> bool:
    """Whether it leaves as several messages; raises Refused where it cannot leave."""
    if not by.answers:
        raise Refused("You may read here, but not answer. Ask an owner for another role.")
    if why := conversation.source.cannot_send:
        raise Refused(why)
    if not words:
        raise Refused("Write your answer first.")
    several = splitting.must_fit(conversation, words, split=split, place=place)
    if seen and (told := colliding.collision(colliding.since(conversation, seen, by=by))):
        raise told
    return several


def asks(text: str) -> bool:
    """Does what we say ask something of them?"""
    intents = read([Post(text=text, ours=True)], Us())[0].intents
    return max(intents.get("question", 0.0), intents.get("request", 0.0)) >= 0.5


def withdraw(outgoing: Outgoing, *, by: Member) -> bool:
    """Take a held answer back: its words become the draft again, the conversation stands where it stood.

    False: it was taken back already, and nothing changes.
    """
    with write():
        held = Outgoing.objects.filter(pk=outgoing.pk, by=by, state=States.HELD)
        if not held.update(state=States.WITHDRAWN, error=""):
            if Outgoing.objects.filter(pk=outgoing.pk, by=by, state=States.WITHDRAWN).exists():
                return False
            raise Refused("It has already left: it can no longer be taken back.")
        record("outgoing.withdrawn", outgoing, by=by)
        sending.stand_again(outgoing, by=by)
        place = continuing.PUBLIC if continuing.is_public(outgoing) else continuing.PRIVATE
        save_draft(outgoing.conversation, outgoing.text, by=by, place=place)
        enclosing.give_back(outgoing)
    return True


def retry(outgoing: Outgoing, *, by: Member, insist: bool = False) -> None:
    """Send a failed answer again; an unknown one is looked up first, unless a person insists."""
    if not by.answers:
        raise Refused("You may read here, but not answer. Ask an owner for another role.")
    with write():
        row = locked(Outgoing.objects).get(pk=outgoing.pk)
        if row.state not in {States.FAILED, States.UNKNOWN}:
            raise Refused("This answer is not waiting to be sent again.")
        if row.state == States.FAILED or insist:
            row.state = States.QUEUED
        row.error = ""
        row.attempts += 1
        row.save(update_fields=["state", "error", "attempts"])
        record("outgoing.retried", row, by=by, insist=insist)
        working.change(
            row.conversation,
            "conversation.replied",
            by=by,
            was=False,
            due_at=None,
            state=turning.on_reply(asks=asks(row.text)),
        )
        work.put_again("outgoing.send", {"outgoing": row.pk}, **_in_turn(row))


def answered_there(conversation: Conversation, text: str, *, by: Member) -> Message:
    """Somebody answered on the network itself: keep the words; it counts as our reply."""
    return said_there(conversation, text, by=by)[0]


def said_there(conversation: Conversation, text: str, *, by: Member) -> tuple[Message, Event]:
    """The message, and the Event that undoes it."""
    words = clean(text).strip()
    if not by.answers:
        raise Refused("You may read here, but not answer. Ask an owner for another role.")
    if not words:
        raise Refused("Paste what you answered there, so that the record is whole.")
    with write():
        message = sending.keep(conversation, words, by, external_id=f"hand:{uuid.uuid4().hex}")
        drafts = Draft.objects.filter(conversation=conversation, member=by)
        enclosing.forget(conversation.workspace_id, drafts.values_list("enclosed", flat=True))
        drafts.delete()
        state = turning.on_reply(asks=asks(words))
        verb, facts = "conversation.answered_there", {"message": message.pk}
        event = working.change(conversation, verb, by=by, due_at=None, state=state, facts=facts)
    return message, event
