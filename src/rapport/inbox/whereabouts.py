"""Whereabouts: where a conversation is now that was joined with another, because one message showed them to be one."""

from __future__ import annotations

from rapport.core.events import record_each
from rapport.core.models import Event

JOINED = "conversation.merged"
FARTHEST = 100


def write_down(workspace_id: int, moves: dict[int, int]) -> None:
    """Keep for each conversation that is gone (id) the one it went into: links and open pages follow it."""
    record_each(JOINED, "conversation", workspace_id, {gone: {"into": into} for gone, into in moves.items()})


def of(workspace_id: int, id: int) -> int:
    """The conversation in which the one of this id is today; the same id where it was never joined."""
    for _ in range(FARTHEST):
        told = Event.objects.filter(workspace_id=workspace_id, subject="conversation", subject_id=id, verb=JOINED)
        event = told.order_by("-id").first()
        if event is None:
            break
        id = int(event.facts["into"])
    return id
