"""Posting: whoever leaves a chat before the answer comes, and left an address, gets what they did not see as a letter.

At most once: that words are on their way is written down before they leave. Where nobody knows whether a letter left, it
is not sent again: its words stand in the chat and on the private page in any case.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
from django.db.models import QuerySet

from rapport.channels import base
from rapport.channels.base import ChannelError
from rapport.channels.text import one_line
from rapport.core import work
from rapport.core.database import now, write
from rapport.core.events import record
from rapport.core.hints import hint
from rapport.inbox import attaching, automatic, private, visits
from rapport.inbox.models import Message, Visit

PATIENCE = timedelta(minutes=2)
"""How long we wait for somebody who is still here to look."""
MOST = 20
"""Messages in one letter, the newest."""


def follow(message: Message) -> None:
    """Our words stand in a chat: their page looks again, and a letter is made ready for the case that nobody looks.

    Called in the transaction that keeps the message; does nothing elsewhere than in a chat.
    """
    if message.source.kind != visits.KIND:
        return
    visit = Visit.objects.filter(conversation=message.conversation).first()
    if visit is None:
        return
    visits.tell(visit.pk)
    wait = PATIENCE if visits.degree_of(visit) else timedelta(0)
    _put(visit, wait)


def _put(visit: Visit, wait: timedelta) -> None:
    """In a lane of its own: the answers in the chat itself wait for no mail server."""
    due, lane = now() + wait, f"letters:{visit.source_id}"
    work.put("chat.letter", {"visit": visit.pk}, workspace_id=visit.workspace_id, due_at=due, lane=lane)


@work.job("chat.letter")
def post(row: work.Claimed) -> None:
    """Post what they have not seen (the worker's job; may run again, and finds nothing then)."""
    visit = Visit.objects.select_related("conversation__source", "source").filter(pk=row.payload["visit"]).first()
    if visit is None or visit.conversation is None or not visit.email or not visits.posts(visit.source):
        return
    if not (unseen := list(_unseen(visit)[:MOST])):
        return
    if visits.degree_of(visit):  # they have the talk before them: a moment more
        _put(visit, PATIENCE)
        return
    if why := automatic.claim(visit.workspace_id, visit.email, f"visit {visit.pk}", automatic.LETTERS):
        _held(visit, why)
        return
    before, until = visit.posted_at, unseen[0].said_at
    with write():
        if not Visit.objects.filter(pk=visit.pk, posted_at=before).update(posted_at=until, error=""):
            return
    channel: Any = visit.source.channel
    try:
        channel.post(visit.source.settings, _letter(visit, unseen), _around(visit))
    except ChannelError as error:
        _note_failure(visit, error, before)
    else:
        record("visit.posted", visit.conversation, workspace_id=visit.workspace_id, count=len(unseen))
        hint(visit.workspace_id, "conversation", visit.conversation.pk)


def _unseen(visit: Visit) -> QuerySet[Message]:
    """Our words that were neither before their eyes nor in a letter, the newest first."""
    ours = Message.objects.filter(conversation=visit.conversation, ours=True, deleted_at=None)
    known = max((at for at in (visit.read_at, visit.posted_at) if at is not None), default=visit.created_at)
    return ours.filter(said_at__gt=known).select_related("by").order_by("-said_at", "-id")


def _letter(visit: Visit, unseen: list[Message]) -> base.Outgoing:
    assert visit.conversation is not None  # noqa: S101 - the caller looked
    files = attaching.letters(unseen[::-1])
    return base.Outgoing(
        idempotency_key=f"visit{visit.pk}m{unseen[0].pk}",
        text="\n\n".join(message.text for message in reversed(unseen)),
        author=one_line(str(unseen[0].by or ""), 120),
        thread=visit.conversation.thread,
        recipient=visit.email,
        subject=one_line(visit.conversation.subject, 300),
        public=False,
        how=base.Manner(files=files) if files else msgspec.UNSET,
    )


def _around(visit: Visit) -> base.Around:
    assert visit.conversation is not None  # noqa: S101 - the caller looked
    theirs = Message.objects.filter(conversation=visit.conversation, ours=False, deleted_at=None)
    last = theirs.select_related("identity").order_by("-said_at", "-id").first()
    return base.Around(
        said=last.text if last else "",
        who=str(last.identity or "") if last else "",
        said_at=last.said_at if last else None,
        page=private.address(visit.conversation),
    )


def _held(visit: Visit, why: str) -> None:
    """No letter goes: their words stand in the chat, and the desk reads why."""
    with write():
        Visit.objects.filter(pk=visit.pk).update(error=why)
        if visit.conversation is not None:
            hint(visit.workspace_id, "conversation", visit.conversation.pk)


def _note_failure(visit: Visit, error: ChannelError, before: Any) -> None:
    """What certainly never left goes again later; of the rest the desk reads why."""
    again = not error.permanent and not error.unknown
    with write():
        changes = {"posted_at": before} if again else {}
        Visit.objects.filter(pk=visit.pk).update(error=error.message, **changes)
        if visit.conversation is not None:
            hint(visit.workspace_id, "conversation", visit.conversation.pk)
    if again:
        automatic.give_back(visit.workspace_id, visit.email, f"visit {visit.pk}")
        raise work.Again(error.message, error.retry_after)
