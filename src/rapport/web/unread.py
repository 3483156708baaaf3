"""Unread: how much waits for a member, told and mentioned; both numbers in one query, asked once per request."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest

from rapport.accounts.models import Member
from rapport.core.database import now, write
from rapport.core.hints import hint
from rapport.inbox import mentions
from rapport.inbox.models import Conversation, Mention, Notification


@dataclass(frozen=True)
class Unread:
    """Rows that nobody has looked at yet."""

    notices: int = 0
    mentions: int = 0


def unread(request: HttpRequest, member: Member | None) -> Unread:
    """What waits for this member as far as this request knows."""
    found: Unread | None = getattr(request, "unread", None)
    if found is None:
        found = _ask(member) if member is not None else Unread()
        request.unread = found  # type: ignore[attr-defined]
    return found


def opened(request: HttpRequest, member: Member, row: Conversation, *, told: bool = True) -> None:
    """Whoever opens a conversation has read what names them in it and, where it was ``told``, the notices about it."""
    waiting = unread(request, member)
    if told and waiting.notices and read_about(member, row.pk):
        request.unread = None  # type: ignore[attr-defined]
    if waiting.mentions and mentions.saw(member, row):
        hint(member.workspace_id, "mention", member.pk)
        request.unread = None  # type: ignore[attr-defined]


def read_about(member: Member, conversation: int) -> bool:
    """Whoever opens a conversation has read what was told of it. Was there anything?"""
    return _read(member, Notification.objects.filter(subject="conversation", subject_id=conversation))


def read_mentions(member: Member, conversations: Iterable[int] | None = None) -> bool:
    """Whoever looked at what names them has read what was told of it (in these conversations). Was there anything?"""
    rows = Notification.objects.filter(kind="mentioned", subject="conversation")
    return _read(member, rows if conversations is None else rows.filter(subject_id__in=list(conversations)))


def _read(member: Member, told: QuerySet[Notification]) -> bool:
    rows = told.filter(member=member, read_at=None)
    if not rows.filter(shown=True).exists():
        return False
    with write():
        rows.update(read_at=now())
        hint(member.workspace_id, "notices", member.pk)
    return True


def _ask(member: Member) -> Unread:
    told = Notification.objects.filter(member=OuterRef("pk"), shown=True, read_at=None)
    named = Mention.objects.filter(member=OuterRef("pk"), seen_at=None)
    counts = Member.objects.filter(pk=member.pk).values_list(_many(told), _many(named)).first() or (0, 0)
    return Unread(*counts)


def _many(rows: QuerySet[Any]) -> Coalesce:
    counted = rows.order_by().values("member").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), 0)
