"""Waking: the worker brings a snoozed conversation back when its time has come.

There is no due row to lose: what is stored says when, and each look asks for whatever is due. So one that slept through
a crash, a restored backup or a moved clock wakes at the next look; and it wakes once, because it is snoozed no longer.
"""

from __future__ import annotations

from datetime import datetime

from rapport.core import counters
from rapport.core.database import locked, now, write
from rapport.core.events import record
from rapport.core.hints import hint
from rapport.inbox import turning
from rapport.inbox.models import Conversation

MOST = 100


def wake(moment: datetime | None = None) -> int:
    """Bring back what is due, at most MOST of them; how many came back. Several workers may do so at once."""
    due = Conversation.objects.filter(snoozed_until__lte=moment or now(), state=turning.SNOOZED)
    if not due.exists():
        return 0
    with write():
        rows = list(locked(due.order_by("id"))[:MOST])
        bumps: list[counters.Bump] = []
        for row in rows:
            bumps += [(row.workspace_id, key, -1) for key in row.counter_keys()]
            row.state, row.snoozed_until = turning.NEEDS_ANSWER, None
            bumps += [(row.workspace_id, key, 1) for key in row.counter_keys()]
            tell(row, "time")
            hint(row.workspace_id, "conversation", row.pk)
        Conversation.objects.bulk_update(rows, ["state", "snoozed_until"])
        counters.bump(bumps)
    return len(rows)


def tell(conversation: Conversation, why: str) -> None:
    """Write down that it woke, by itself (``time``) or because they wrote (``message``)."""
    record("conversation.woken", conversation, to=conversation.state, code=why)
