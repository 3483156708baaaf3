"""Checking: the counters against a recount."""

from __future__ import annotations

from django.db.models import Count

from rapport.core.models import Counter
from rapport.inbox.models.conversation import OPEN, Conversation
from rapport.inbox.models.message import Message


def recount() -> dict[tuple[int, str], int]:
    """(workspace id, counter key) → how many rows there really are."""
    states = Conversation.objects.order_by().values_list("workspace_id", "state").annotate(n=Count("pk"))
    real = {(workspace, f"state:{state}"): n for workspace, state, n in states}
    mine = Conversation.objects.order_by().filter(assignee__isnull=False, state__in=OPEN)
    assigned = mine.values_list("workspace_id", "assignee_id").annotate(n=Count("pk"))
    real |= {(workspace, f"mine:{member}"): n for workspace, member, n in assigned}
    messages = Message.objects.order_by().values_list("workspace_id").annotate(n=Count("pk"))
    return real | {(workspace, "messages"): n for workspace, n in messages}


def miscounted() -> list[tuple[int, str, int, int]]:
    """(workspace id, key, counted, real) for every counter that is wrong."""
    counted: dict[tuple[int, str], int] = {}
    for row in Counter.objects.all():
        counted[row.workspace_id, row.key] = counted.get((row.workspace_id, row.key), 0) + row.value
    real = recount()
    keys = sorted(set(counted) | set(real))
    return [
        (workspace, key, counted.get((workspace, key), 0), real.get((workspace, key), 0))
        for workspace, key in keys
        if counted.get((workspace, key), 0) != real.get((workspace, key), 0)
    ]
