"""Scanning: files that came with messages are held until a virus scanner has looked through them, where there is one.

What is given out is decided in one place (``standing``); the worker looks through what waits, the oldest first.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Literal

from django.db import models

from rapport import net
from rapport.core.database import write
from rapport.core.events import record
from rapport.core.hints import hint
from rapport.inbox.models import Attachment, Draft, Message, Outgoing
from rapport.net import scanner

Standing = Literal["given", "held", "never"]
AT_ONCE = 5
AGAIN = 15.0
"""Seconds until a scanner that is away is asked again."""
LONG = timedelta(minutes=5)
"""So long a wait that somebody should look whether the scanner runs."""
_rest_until = 0.0


def standing(scan: str, *, scanned: bool, lenient: bool) -> Standing:
    """May a file be given out? ``scan``: what a scanner said of it; ``scanned``: there is a scanner.

    What was found harmful is never given out, whatever else is set. Without a scanner nothing is held.
    """
    if scan.startswith("infected"):
        return "never"
    if not scanned or lenient or scan == scanner.CLEAN:
        return "given"
    return "held"


def of(file: Attachment) -> Standing:
    """How this file stands, here and now. What only links is nothing that we could give out."""
    return standing(file.scan, scanned=scanner.clamd() is not None and not file.url, lenient=scanner.lenient())


def step() -> int:
    """Look through the files that wait longest (the worker's). How many were looked through."""
    global _rest_until
    there = scanner.clamd()
    if there is None or time.monotonic() < _rest_until:
        return 0
    rows = list(_waiting().order_by("pk")[:AT_ONCE])
    for row in rows:
        try:
            said = scanner.scan(there, bytes(row.content or b""))
        except net.NeverLeft:
            _rest_until = time.monotonic() + AGAIN
            return 0
        _keep(row, said)
    return len(rows)


def waits(workspace_id: int, moment: datetime) -> tuple[int, datetime | None]:
    """How many files of a workspace wait for the scanner for longer than they should, and since when."""
    if scanner.clamd() is None:
        return 0, None
    late = _waiting().filter(workspace_id=workspace_id, created_at__lt=moment - LONG)
    first = late.order_by("pk").values_list("created_at", flat=True).first()
    return (late.count(), first) if first else (0, None)


def _waiting() -> models.QuerySet[Attachment]:
    return Attachment.objects.filter(scan="", content__isnull=False, place__gt=0)


def _keep(row: Attachment, said: str) -> None:
    """Once: whoever looked through it first."""
    with write():
        if not Attachment.objects.filter(pk=row.pk, scan="").update(scan=said):
            return
        message = Message.objects.filter(workspace_id=row.workspace_id, key=row.key).first()
        if message is not None:
            if said.startswith("infected"):
                record("attachment.infected", message, workspace_id=row.workspace_id, place=row.place)
            hint(row.workspace_id, "conversation", message.conversation_id)
        elif (talk := enclosed_in(row)) is not None:
            hint(row.workspace_id, "conversation", talk)


def enclosed_in(row: Attachment) -> int | None:
    """The conversation of the draft or the answer that this file goes along with (``enclosing``), if it is one."""
    name, own = bytes(row.key).hex(), row.workspace_id
    for rows in (
        Draft.objects.filter(conversation__workspace_id=own, enclosed=name),
        Outgoing.objects.filter(workspace_id=own, enclosed=name),
    ):
        if (talk := rows.values_list("conversation_id", flat=True).first()) is not None:
            return talk
    return None
