"""Checking: the counters against a recount."""

from __future__ import annotations

from django.db.models import Count

from rapport.core.models import Counter
from rapport.inbox.models.conversation import OPEN, Conversation
from rapport.inbox.models.message import Message


def recount() -> dict[tuple[int, str], int]:
    """(workspace id, counter key) → how many rows there really are."""
    real: dict[tuple[int, str], int] = {}
    for row in Conversation.objects.order_by().values("workspace_id", "state").annotate(n=Count("pk")):
        real[row["workspace_id"], f"state:{row['state']}"] = row["n"]
    mine = Conversation.objects.order_by().filter(assignee__isnull=False, state__in=OPEN)
    for row in mine.values("workspace_id", "assignee_id").annotate(n=Count("pk")):
        real[row["workspace_id"], f"mine:{row['assignee_id']}"] = row["n"]
    for row in Message.objects.order_by().values("workspace_id").annotate(n=Count("pk")):
        real[row["workspace_id"], "messages"] = row["n"]
    return real


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
