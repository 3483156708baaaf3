"""Tombstones: what a message without words keeps (decisions, dates, counts), and what a stream then shows."""

from __future__ import annotations

from rapport.inbox import attaching
from rapport.inbox.models import (
    Act,
    Conversation,
    Disposition,
    Fact,
    Feeling,
    Manner,
    Outgoing,
    Promise,
    Reading,
    Revision,
)


def strip(ids: list[int]) -> None:
    """What hangs on messages keeps no words: no reading, no revision, no fact; decisions stay without their evidence."""
    attaching.drop(ids)
    Reading.objects.filter(message__in=ids).delete()
    Revision.objects.filter(message__in=ids).delete()
    Manner.objects.filter(message__in=ids).delete()
    Act.objects.filter(message__in=ids).update(text="", error="")
    Outgoing.objects.filter(message__in=ids).update(text="", error="", content_warning="")
    for model in (Fact, Promise, Feeling):
        model.objects.filter(message__in=ids).delete()
    for row in Disposition.objects.filter(message__in=ids):
        bare = [reason | {"evidence": "", "start": -1, "end": -1} for reason in row.reasons]
        if bare != row.reasons:
            Disposition.objects.filter(pk=row.pk).update(reasons=bare)


def tell_again(conversation: Conversation) -> None:
    """The row of the stream tells what is said now: the newest words that stand, the first subject that does."""
    alive = conversation.messages.filter(deleted_at=None)
    words = alive.order_by("-said_at", "-id").values_list("text", flat=True).first() or ""
    subject = alive.exclude(subject="").order_by("said_at", "id").values_list("subject", flat=True).first() or ""
    snippet = " ".join(words.split())[:200]
    Conversation.objects.filter(pk=conversation.pk).update(snippet=snippet, subject=subject)
