"""Resting: a network that asked us to wait is left alone until then by everything that is due at the same source.

It is remembered by this process alone: after a start the network says so again.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

from rapport.channels.base import ChannelError
from rapport.core import work
from rapport.core.database import now
from rapport.core.hints import hint
from rapport.inbox.models import Outgoing, Source

LONGEST = timedelta(hours=1)
"""After so long we ask again, whatever it wished."""
MOST = 1_000
_lock = threading.Lock()
_rests: dict[str, Rest] = {}


@dataclass(frozen=True)
class Rest:
    """Until when, and the network's sentence."""

    until: datetime
    sentence: str

    @property
    def left(self) -> timedelta:
        return self.until - now()


def heed(source: Source, error: ChannelError) -> None:
    """Whatever went wrong there: if it said for how long it wants to be left alone, it is."""
    if not error.retry_after or error.permanent:
        return
    with _lock:
        if len(_rests) >= MOST:
            for token in [token for token, one in _rests.items() if one.left <= timedelta(0)]:
                del _rests[token]
        _rests[source.token] = Rest(now() + min(error.retry_after, LONGEST), error.message)


def wait(id: int) -> None:
    """An answer whose network rests waits, says why, and can still be taken back. Raises NotYet."""
    outgoing = Outgoing.objects.select_related("conversation__source").get(pk=id)
    rest = of(outgoing.conversation.source)
    if rest is None or outgoing.state not in Outgoing.State.leaving():
        return
    still = (Outgoing.State.HELD, Outgoing.State.QUEUED)
    if Outgoing.objects.filter(pk=id, state__in=still).exclude(error=rest.sentence).update(error=rest.sentence):
        hint(outgoing.workspace_id, "conversation", outgoing.conversation_id)
    raise work.NotYet(rest.left)


def of(source: Source) -> Rest | None:
    """Does it rest now?"""
    with _lock:
        found = _rests.get(source.token)
    return found if found is not None and found.left > timedelta(0) else None
