"""Mentions: what names a member, read or not yet."""

from __future__ import annotations

from rapport.accounts.models import Member
from rapport.core.database import now, write
from rapport.inbox.models import Conversation, Mention

PAGE = 50


def unseen(member: Member | None) -> int:
    """How many notes name this member that they have not read."""
    return Mention.objects.filter(member=member, seen_at=None).count() if member is not None else 0


def of(member: Member, before: int = 0) -> list[Mention]:
    """Up to PAGE + 1 mentions of this member (before the one of this id), the newest first."""
    rows = Mention.objects.filter(workspace_id=member.workspace_id, member=member, note__withdrawn_at=None)
    rows = rows.filter(pk__lt=before) if before else rows
    return list(rows.select_related("note__by", "note__conversation__identity").order_by("-pk")[: PAGE + 1])


def saw(member: Member, conversation: Conversation | None = None) -> bool:
    """This member has read what names them (in one conversation, or everywhere). Was there anything?"""
    rows = Mention.objects.filter(member=member, seen_at=None)
    rows = rows.filter(note__conversation=conversation) if conversation is not None else rows
    if not rows.exists():
        return False
    with write():
        return bool(rows.update(seen_at=now()))
