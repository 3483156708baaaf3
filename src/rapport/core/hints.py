"""Hints: after a commit, tell the open browsers *what changed*, never what it says."""

from __future__ import annotations

from django.db import transaction

from rapport.core import live


def hint(workspace_id: int, name: str, id: int) -> None:
    """When the caller's transaction has committed, tell that ``name`` ``id`` of this workspace changed."""
    transaction.on_commit(lambda: live.publish(workspace_id, {"name": name, "subject": id}))
