"""Replying: an answer from the composer to the network, which leaves once or not at all, and says truthfully which.

``reply`` holds it for the undo window; the worker's ``send`` carries it out. A send whose outcome nobody knows is
looked up on the network before anything is sent again, always with the same idempotency key.
"""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django.conf import settings

from rapport.accounts.models import Member
from rapport.channels import base, lengths
from rapport.channels.base import ChannelError, Finds, Handle, Sends
from rapport.core import counters, work
from rapport.core.database import locked, now, write
from rapport.core.events import record
from rapport.core.hashing import key
from rapport.core.hints import hint
from rapport.core.refusal import Refused
from rapport.inbox import turning, working
from rapport.inbox.models import Conversation, Draft, Message, Outgoing
from rapport.understanding import read
from rapport.understanding.reading import Post, Us

ATTEMPTS = 6
States = Outgoing.State


def save_draft(conversation: Conversation, text: str, *, by: Member) -> None:
    """Keep what somebody is typing. An empty draft is forgotten."""
    words = text.replace("\x00", "")[:100_000]
    with write():
        if words.strip():
            Draft.objects.update_or_create(
                conversation=conversation, member=by, defaults={"text": words, "updated_at": now()}
            )
        else:
            Draft.objects.filter(conversation=conversation, member=by).delete()


def reply(conversation: Conversation, text: str, *, by: Member, seen: int = 0) -> Outgoing:
    """Hold an answer for the undo window. ``seen`` is the id of the newest message its writer had on screen.

    Raises Refused with a sentence, and keeps the words as a draft, when it cannot be.
    """
    words = text.replace("\x00", "").strip()
    save_draft(conversation, words, by=by)
    _refuse(conversation, words, by, seen)
    last = conversation.messages.filter(ours=False, deleted_at=None).order_by("-said_at", "-id").first()
    held_until = now() + timedelta(seconds=settings.RAPPORT_HELD_SECONDS)
    with write():
        outgoing = Outgoing.objects.create(
            workspace_id=conversation.workspace_id,
            conversation=conversation,
            in_reply_to=last,
            by=by,
            text=words,
            held_until=held_until,
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
        )
        work.put(
            "outgoing.send",
            {"outgoing": outgoing.pk},
            workspace_id=conversation.workspace_id,
            due_at=held_until,
            key=f"outgoing:{outgoing.pk}:0",
        )
    return outgoing


def _refuse(conversation: Conversation, words: str, by: Member, seen: int) -> None:
    if not by.answers:
        raise Refused("You may read here, but not answer. Ask an owner for another role.")
    if why := conversation.source.cannot_send:
        raise Refused(why)
    if not words:
        raise Refused("Write your answer first.")
    try:
        lengths.must_fit(words, conversation.source.channel.limit)
    except ChannelError as error:
        raise Refused(error.message) from error
    newer = conversation.messages.filter(pk__gt=seen, ours=True).exclude(by=by).select_related("by").first()
    flying = conversation.outbox.exclude(by=by).filter(state__in=[States.HELD, States.QUEUED, States.SENDING]).first()
    if seen and (newer or flying):
        who = (newer.by if newer else flying.by if flying else None) or "Somebody"
        raise Refused(f"{who} answered while you were writing. Read it above first; your draft is kept.")


def asks(text: str) -> bool:
    """Does what we say ask something of them?"""
    intents = read([Post(text=text, ours=True)], Us())[0].intents
    return max(intents.get("question", 0.0), intents.get("request", 0.0)) >= 0.5


def withdraw(outgoing: Outgoing, *, by: Member) -> None:
    """Take a held answer back: its words become the draft again, the conversation stands where it stood."""
    with write():
        held = Outgoing.objects.filter(pk=outgoing.pk, by=by, state=States.HELD)
        if not held.update(state=States.WITHDRAWN):
            raise Refused("It has already left: it can no longer be taken back.")
        record("outgoing.withdrawn", outgoing, by=by)
        _stand_again(outgoing, by=by)
        save_draft(outgoing.conversation, outgoing.text, by=by)


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
        work.put(
            "outgoing.send",
            {"outgoing": row.pk},
            workspace_id=row.workspace_id,
            key=f"outgoing:{row.pk}:{row.attempts}",
        )


def answered_there(conversation: Conversation, text: str, *, by: Member) -> Message:
    """Somebody answered on the network itself: keep the words; it counts as our reply."""
    words = text.replace("\x00", "").strip()
    if not by.answers:
        raise Refused("You may read here, but not answer. Ask an owner for another role.")
    if not words:
        raise Refused("Paste what you answered there, so that the record is whole.")
    with write():
        message = _our_message(conversation, words, by, external_id=f"hand:{uuid.uuid4().hex}")
        Draft.objects.filter(conversation=conversation, member=by).delete()
        working.change(
            conversation, "conversation.answered_there", by=by, due_at=None, state=turning.on_reply(asks=asks(words))
        )
    return message


def _our_message(
    conversation: Conversation, text: str, by: Member | None, *, external_id: str, url: str = ""
) -> Message:
    moment = now()
    message, made = Message.objects.get_or_create(
        workspace_id=conversation.workspace_id,
        key=key(conversation.network, external_id),
        defaults={
            "conversation": conversation,
            "source_id": conversation.source_id,
            "by": by,
            "url": url,
            "text": text,
            "network": conversation.network,
            "external_id": external_id,
            "ours": True,
            "public": conversation.public,
            "addressed": "nearby",
            "said_at": moment,
            "arrived_at": moment,
        },
    )
    if made:
        Conversation.objects.filter(pk=conversation.pk).update(
            message_count=conversation.messages.count(), last_message_at=moment, last_ours=True, snippet=text[:200]
        )
        counters.bump([(conversation.workspace_id, "messages", 1)])
    return message


@work.job("outgoing.send")
def send(row: work.Claimed) -> None:
    """Carry one answer to its network (the worker's job; may run again after a crash)."""
    outgoing = Outgoing.objects.select_related("conversation__source", "in_reply_to__identity", "by").get(
        pk=row.payload["outgoing"]
    )
    channel: Any = outgoing.conversation.source.channel
    try:
        handle = _carry(outgoing, channel)
    except ChannelError as error:
        _note_failure(outgoing, error, row)
    else:
        if handle is not None:
            _left(outgoing, handle)


def _carry(outgoing: Outgoing, channel: Any) -> Handle | None:
    """Look up what may already have left, then claim the row and send. None: there is nothing to do."""
    values = outgoing.conversation.source.settings
    if outgoing.state in {States.SENDING, States.UNKNOWN}:  # a worker died half-way, or the network fell silent
        if not isinstance(channel, Finds):
            raise ChannelError(
                f"{channel.label} cannot say whether it arrived. Look there before you send again.",
                unknown=True,
                permanent=True,
            )
        found = channel.find(values, outgoing.key)
        if found is not None:
            return found
        Outgoing.objects.filter(pk=outgoing.pk).update(state=States.QUEUED)
    claimed = Outgoing.objects.filter(pk=outgoing.pk, state__in=[States.HELD, States.QUEUED])
    if not claimed.update(state=States.SENDING):
        return None
    if not isinstance(channel, Sends):
        raise ChannelError(outgoing.conversation.source.cannot_send, permanent=True)
    to = outgoing.in_reply_to
    return channel.send(
        values,
        base.Outgoing(
            idempotency_key=outgoing.key,
            text=outgoing.text,
            author=str(outgoing.by or ""),
            in_reply_to=to.external_id if to else "",
            thread=outgoing.conversation.thread,
            recipient=to.identity.address if to and to.identity else "",
            subject=outgoing.conversation.subject,
            public=outgoing.conversation.public,
        ),
    )


def _left(outgoing: Outgoing, handle: Handle) -> None:
    """The network has it: keep our message under the network's own id, so that its echo is the same message."""
    with write():
        message = _our_message(
            outgoing.conversation,
            outgoing.text,
            outgoing.by,
            external_id=handle.external_id or outgoing.key,
            url=handle.url,
        )
        state = States.DELIVERED if handle.delivered else States.SENT
        Outgoing.objects.filter(pk=outgoing.pk).update(state=state, message=message, error="", sent_at=now())
        record("outgoing.left", outgoing, by=outgoing.by, state=str(state))
        hint(outgoing.workspace_id, "conversation", outgoing.conversation_id)


def _note_failure(outgoing: Outgoing, error: ChannelError, row: work.Claimed) -> None:
    """Say truthfully what is known: unknown stays unknown; what may pass is tried again; the rest comes back."""
    again = not error.permanent and row.attempts + 1 < ATTEMPTS
    state = States.UNKNOWN if error.unknown else States.QUEUED if again else States.FAILED
    with write():
        Outgoing.objects.filter(pk=outgoing.pk).update(state=state, error=error.message)
        if not again:
            record("outgoing.failed", outgoing, by=None, state=str(state))
            _stand_again(outgoing, by=None)
        hint(outgoing.workspace_id, "conversation", outgoing.conversation_id)
    if again:
        raise work.Again(error.message, error.retry_after)


def _stand_again(outgoing: Outgoing, *, by: Member | None) -> None:
    """The conversation stands where it stood before this answer."""
    working.restore(outgoing.conversation, outgoing.was, by=by, verb="conversation.returned")
