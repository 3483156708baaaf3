"""Reporting: what a network says later of something we sent. It is joined to the answer that it is about.

A report may be faster than the network's own answer to our sending, so it is looked for again for some minutes; one that
belongs to nothing of ours (a bounce of somebody else's mail) is then let go.
"""

from __future__ import annotations

import msgspec

from rapport.channels.base import Report
from rapport.core import work
from rapport.core.database import locked, write
from rapport.core.events import record
from rapport.core.hashing import key
from rapport.core.hints import hint
from rapport.inbox import sending
from rapport.inbox.models import Message, Outgoing

LOOKS = 6
States = Outgoing.State
RANK = {States.SENDING: 0, States.UNKNOWN: 0, States.SENT: 1, States.DELIVERED: 2, States.READ: 3}


def put(workspace_id: int, said: Report) -> None:
    """Look into it soon; in the caller's transaction."""
    payload = {"workspace": workspace_id, "report": msgspec.to_builtins(said)}
    work.put("outgoing.report", payload, workspace_id=workspace_id)


@work.job("outgoing.report")
def report(row: work.Claimed) -> None:
    said = msgspec.convert(row.payload["report"], Report)
    outgoing = _about(said, row.payload["workspace"])
    if outgoing is None:
        if row.attempts + 1 < LOOKS:
            raise work.Again("A report came for something that we do not know of (yet).")
        return
    take(outgoing, said)


def after(state: str, said: str) -> str:
    """The state after a report: only forward, but for what came back. Pure."""
    if said == "bounced":
        return States.BOUNCED
    if said == "delayed" or state not in RANK:
        return state
    reached = States.READ if said == "read" else States.DELIVERED
    return reached if RANK[reached] > RANK[States(state)] else state


def take(outgoing: Outgoing, said: Report) -> None:
    """Once: the same report again changes nothing. What came back stands on the desk again."""
    with write():
        row = locked(Outgoing.objects).get(pk=outgoing.pk)
        state = after(row.state, said.state)
        error = said.reason if said.state in {"bounced", "delayed"} else row.error
        if (state, error) == (row.state, row.error):
            return
        Outgoing.objects.filter(pk=row.pk).update(state=state, error=error)
        record(f"outgoing.{said.state}", row)
        if said.state == "bounced":
            sending.stand_again(row, by=None)
        hint(row.workspace_id, "conversation", row.conversation_id)


def _about(said: Report, workspace_id: int) -> Outgoing | None:
    rows = Outgoing.objects.filter(workspace_id=workspace_id)
    message = Message.objects.filter(workspace_id=workspace_id, key=key(said.network, said.external_id)).first()
    if message is not None:
        return rows.filter(message=message).first()
    return rows.filter(key=said.external_id).exclude(state=States.HELD).first()
