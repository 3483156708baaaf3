"""Who spoke last: in a thread of many it is rarely who began it, and it is they whom an answer reaches."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import F, Max, Q

from rapport.inbox.models import Conversation, Message
from rapport.people.models import Identity


def latest(conversation: Conversation) -> Message | None:
    """The newest thing one of them said here: what an answer answers."""
    theirs = conversation.messages.filter(ours=False, deleted_at=None)
    return theirs.select_related("identity").order_by("-said_at", "-id").first()


def others(rows: Iterable[Conversation]) -> dict[int, Identity]:
    """Conversation id → who said its newest words, where that is neither us nor whoever began it. One query."""
    began = {row.pk: row.identity_id for row in rows if not row.last_ours}
    newest = Message.objects.filter(
        conversation__in=began, said_at=F("conversation__last_message_at"), ours=False, deleted_at=None
    )
    found = {one.conversation_id: one.identity for one in newest.select_related("identity").order_by("id")}
    return {id: who for id, who in found.items() if who is not None and who.pk != began[id]}


def everybody(conversation: Conversation, most: int = 20) -> list[Identity]:
    """Who of them has spoken here, whoever spoke last first. One query."""
    here = Q(messages__conversation=conversation, messages__ours=False)
    return list(Identity.objects.filter(here).annotate(at=Max("messages__said_at")).order_by("-at", "-pk")[:most])
