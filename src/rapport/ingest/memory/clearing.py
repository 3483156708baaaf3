"""Clearing: every row of a workspace that was only half taken back is removed again, in small steps."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from rapport.accounts.models import Link, Workspace
from rapport.core.database import write
from rapport.core.models import Counter, Event
from rapport.ingest.memory.records import KINDS
from rapport.ingest.memory.scope import Scope

STEP = 2_000


def clear(workspace: Workspace) -> None:
    """Remove a workspace with all that an export holds. Only for one that nobody could enter yet."""
    scope = Scope(workspace)
    for kind in reversed(KINDS):
        rows = scope.rows(kind.name)
        while ids := list(rows.order_by("pk").values_list("pk", flat=True)[:STEP]):
            with write():
                for part in kind.parts:
                    _remove(part.model._default_manager.filter(message_id__in=ids))
                _remove(kind.model._default_manager.filter(pk__in=ids))
    with write():
        _remove(Link.objects.filter(member__workspace=workspace))
        _remove(Counter.objects.filter(workspace_id=workspace.pk))
        workspace.delete()


def forget_founding(workspace_id: int) -> None:
    """A workspace that is taken back was founded long ago; the file says when."""
    _remove(Event.objects.filter(workspace_id=workspace_id))


def _remove(rows: QuerySet[Any]) -> None:
    rows._raw_delete(rows.db)
