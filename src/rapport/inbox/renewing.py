"""Renewing credentials in mid-call, with one owner at a time: in this process by a lock, between processes by a lease.

A refresh token may often be used once. So whoever wants to renew takes the lease first, looks whether another has
renewed meanwhile, asks the network, and stores what it got before anybody uses it: at once in a file (``handed``), then
in the database. Whoever dies in between is followed by somebody who finds it. A person who gives new credentials at that
moment wins.
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Mapping
from datetime import timedelta

from django.conf import settings
from django.db.models import Q
from django.urls import reverse

from rapport.channels.base import ChannelError, Connected
from rapport.channels.connected import Make
from rapport.core.database import locked, now, write
from rapport.inbox import handed
from rapport.inbox.models import Source, Term

HOLD = timedelta(seconds=60)
"""How long one renewal may take before another may try: longer than any request may."""
_locks: dict[int, threading.Lock] = defaultdict(threading.Lock)


def connected(source: Source) -> Connected:
    """The source's settings, which its channel may renew."""
    id, workspace = source.pk, source.workspace_id
    address = f"{settings.RAPPORT_URL}{reverse('receive', args=[source.token])}"
    return Connected(source.settings, lambda held, make: _renew(id, held, make), lambda: _terms(workspace), address)


def _terms(workspace_id: int) -> list[str]:
    return list(Term.objects.filter(workspace_id=workspace_id).order_by("pk").values_list("text", flat=True))


def _renew(id: int, held: Mapping[str, str], make: Make) -> Mapping[str, str]:
    with _locks[id]:
        before = _take(id, held)
        if before is not None:
            return before
        made = handed.found(id, held)
        if made is None:
            try:
                made = dict(make(held))
            except BaseException:
                Source.objects.filter(pk=id).update(renewing_until=None)
                raise
            handed.note(id, held, made)
        with write():
            row = locked(Source.objects).get(pk=id)
            now_held: dict[str, str] = row.settings
            if now_held == dict(held):
                now_held |= made
                row.keep_settings(now_held)
            row.renewing_until = None
            row.save(update_fields=["sealed", "renewing_until"])
        handed.forget(id)
        return now_held


def _take(id: int, held: Mapping[str, str]) -> Mapping[str, str] | None:
    """Take the lease: None, and we hold it. Or what another has stored since ``held`` was read."""
    due = time.monotonic() + HOLD.total_seconds() * 2
    while time.monotonic() < due:
        free = Q(renewing_until=None) | Q(renewing_until__lt=now())
        with write():
            row = locked(Source.objects).filter(pk=id).first()
            if row is None:
                raise ChannelError("This source is not connected any more.", permanent=True)
            stored: dict[str, str] = row.settings
            if stored != dict(held):
                return stored
            if Source.objects.filter(free, pk=id).update(renewing_until=now() + HOLD):
                return None
        time.sleep(0.1)
    raise ChannelError("Another process renews the credentials of this source and does not come to an end.")
