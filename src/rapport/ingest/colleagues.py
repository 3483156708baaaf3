"""Colleagues: the names in a former desk's history, told apart from strangers only where a member has that very name."""

from __future__ import annotations

from collections import Counter

from rapport.accounts.models import Role, Workspace
from rapport.ingest.line import Line


def known(workspace: Workspace) -> dict[str, int]:
    """Name or login address, in lower case → member's id. A name that two members share is nobody's."""
    members = workspace.members.active().exclude(role=Role.OBSERVER).values_list("pk", "name", "user__email")
    pairs = [(word.casefold(), id) for id, *words in members for word in words if word]
    shared = Counter(word for word, _ in set(pairs))
    return {word: id for word, id in pairs if shared[word] == 1}


def assign(workspace: Workspace, lines: list[Line]) -> None:
    """Give a conversation to who had it, if they work here, nobody has it, and no person has touched it."""
    told = [line for line in lines if line.envelope.assignee and not line.thread.touched]
    if not told:
        return
    members = known(workspace)
    for line in told:
        line.thread.assignee_id = line.thread.assignee_id or members.get(line.envelope.assignee.casefold())
