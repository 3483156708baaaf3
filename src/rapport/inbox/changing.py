"""Changing: what a deed that was done makes of our message, in the transaction that says it was done."""

from __future__ import annotations

from rapport.core.database import now
from rapport.core.events import record
from rapport.core.hashing import key
from rapport.inbox import sending, tombstones
from rapport.inbox.models import Act, Message, Outgoing, Reading, Revision
from rapport.inbox.models.act import Deed


def done(act: Act) -> None:
    """It stands there: the new words on the message and the old ones kept; or a tombstone; a like is only remembered."""
    Act.objects.filter(pk=act.pk).update(state=Act.State.DONE, text="", error="", done_at=now())
    if act.deed == Deed.EDIT:
        _say(act.message, act.text)
    elif act.deed == Deed.UNSEND:
        _bury(act)
    record("act.done", act, by=act.by, deed=act.deed, message=act.message_id, on=act.on)


def _say(message: Message, text: str) -> None:
    if message.deleted_at is not None:
        return
    Revision.objects.create(message=message, version=message.version, text=message.text)
    Message.objects.filter(pk=message.pk).update(text=text)
    Reading.objects.filter(message=message).delete()  # it was of other words
    tombstones.tell_again(message.conversation)


def _bury(act: Act) -> None:
    """With what left as the same answer. If it was our last word, they wait for one again."""
    message = act.message
    outgoing = Outgoing.objects.filter(message=message).first()
    keys = [key(message.network, name) for name in (outgoing.parts if outgoing else [])]
    ids = [
        message.pk,
        *Message.objects.filter(workspace_id=act.workspace_id, key__in=keys).values_list("pk", flat=True),
    ]
    tombstones.strip(ids)
    Message.objects.filter(pk__in=ids).update(text="", subject="", url="", deleted_at=now())
    tombstones.tell_again(message.conversation)
    later = Message.objects.filter(conversation=message.conversation_id, said_at__gt=message.said_at, deleted_at=None)
    if outgoing is not None and not later.exclude(pk__in=ids).exists():
        sending.stand_again(outgoing, by=act.by)
