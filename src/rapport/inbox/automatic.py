"""Automatic mail: whatever Rapport sends by itself passes here first, and is capped (RFC 3834, section 4).

An answer that a person sends is not automatic, whatever it answers. What a program sends (a letter after a chat, a
digest) is marked ``Auto-Submitted``, never goes to a program, a list or an address where nobody reads, and so often a
day at most: two programs that answer each other come to an end, whoever the other one is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db import models
from django.db.models import Sum

from rapport.accounts.models import Workspace
from rapport.channels.addressing import is_deaf, mail_address
from rapport.core.database import locked, now, write
from rapport.core.events import record
from rapport.core.hashing import key
from rapport.inbox.models import Disposition, Message, SelfSent
from rapport.net.sentence import Sentence
from rapport.people.models import Identity

MARKS: Final = frozenset({"automatic", "generated", "bulk", "deaf"})
"""What the mail channel says of a writer who is no person (``channels.mail.automatic``)."""
KEPT = timedelta(days=8)


@dataclass(frozen=True)
class Caps:
    """The most that leaves by itself on one day (UTC): in one matter, to one address, from one workspace."""

    thread: int
    recipient: int
    workspace: int = 2_000


LETTERS: Final = Caps(thread=8, recipient=16)
"""After chats: eight times a day somebody left before the answer came; more is a program."""
NOTICES: Final = Caps(thread=26, recipient=26)
"""Digests: one an hour, and a little over."""


@dataclass(frozen=True)
class Sent:
    """What left by itself today: in this matter, to this address, from this workspace."""

    thread: int = 0
    recipient: int = 0
    workspace: int = 0


def decide(recipient: str, marks: frozenset[str], sent: Sent, caps: Caps) -> Sentence | None:
    """Why one more mail may not leave by itself; None: it may. ``marks``: what is known of whoever reads there. Pure."""
    if not mail_address(recipient):
        return Sentence("This is no e-mail address that mail can be sent to.")
    if is_deaf(recipient) or "deaf" in marks:
        return Sentence("Nobody reads at this address, so no mail goes there by itself.")
    if marks & MARKS:
        return Sentence("A program or a list answers from this address, so no mail goes there by itself.")
    if sent.thread >= caps.thread:
        return Sentence(
            "%(n)s mails went out by themselves in this matter today: no more until tomorrow (UTC).", n=sent.thread
        )
    if sent.recipient >= caps.recipient:
        return Sentence(
            "%(n)s mails went to this address by themselves today: no more until tomorrow (UTC).", n=sent.recipient
        )
    if sent.workspace >= caps.workspace:
        return Sentence("%(n)s mails went out by themselves today: no more until tomorrow (UTC).", n=sent.workspace)
    return None


def claim(workspace_id: int, recipient: str, thread: str, caps: Caps, *, marks: frozenset[str] | None = None) -> str:
    """Count one more mail before it leaves. Why it may not leave, as a sentence; empty: it may.

    ``marks``: what is known of whoever reads there, where the newest of their own mails should not be asked.
    """
    known = _marks(workspace_id, recipient) if marks is None else marks
    to, about, today = key("to", recipient.casefold()), key("about", thread), now().date()
    with write():
        locked(Workspace.objects).get(pk=workspace_id)  # one at a time: a cap that two pass together is none
        rows = SelfSent.objects.filter(workspace=workspace_id, day=today)
        sent = Sent(_sum(rows.filter(thread=about)), _sum(rows.filter(recipient=to)), _sum(rows))
        why = decide(recipient, known, sent, caps)
        if why is not None:
            record("mail.held", Workspace(pk=workspace_id), workspace_id=workspace_id, thread=sent.thread,
                   recipient=sent.recipient)  # fmt: skip
            return why
        row, _ = SelfSent.objects.get_or_create(workspace_id=workspace_id, day=today, recipient=to, thread=about)
        SelfSent.objects.filter(pk=row.pk).update(count=row.count + 1)
        SelfSent.objects.filter(workspace=workspace_id, day__lt=today - KEPT).delete()
    return ""


def give_back(workspace_id: int, recipient: str, thread: str) -> None:
    """It is certain that a mail which was counted never left."""
    to, about = key("to", recipient.casefold()), key("about", thread)
    rows = SelfSent.objects.filter(workspace=workspace_id, day=now().date(), recipient=to, thread=about, count__gt=0)
    rows.update(count=models.F("count") - 1)


def _sum(rows: models.QuerySet[SelfSent]) -> int:
    return rows.aggregate(n=Sum("count"))["n"] or 0


def _marks(workspace_id: int, recipient: str) -> frozenset[str]:
    """What the newest mail from this address said of its writer."""
    who = Identity.objects.filter(workspace=workspace_id, address__iexact=recipient)
    last = Message.objects.filter(identity__in=who, ours=False).order_by("-pk").first()
    decided = Disposition.objects.filter(message=last, by=None).order_by("-pk").first() if last else None
    codes = {str(reason.get("code", "")) for reason in decided.reasons} if decided else set()
    return frozenset(mark for mark in MARKS if f"suspicion.{mark}" in codes)
