"""Manner: how somebody writes to us and to others, and how unusual their latest words are for them.

Nothing is stored of a person: their newest messages, which a page reads anyway, are the baseline. So it is whole after
a merge and after it is taken back, and gone with whoever is forgotten. Of the group (everybody who writes to a
workspace) a few figures are kept, made anew once a day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from rapport.accounts.models import Workspace
from rapport.core.database import write
from rapport.inbox.models import Message
from rapport.understanding import tone
from rapport.understanding.tone import Measure, Norm, Tone

GROUP = 1_000
"""Messages, the newest of a workspace, that its group is measured by."""
FRESH = timedelta(days=1)


@dataclass(frozen=True)
class Manner:
    """``latest``: the message that is compared; ``to_us``, ``to_others``: how they write, from so many messages."""

    latest: Message
    tone: Tone
    to_us: Norm
    to_others: Norm


def of(said: Sequence[Message], workspace: Workspace, talk: int | None = None) -> Manner | None:
    """From the newest messages of either side with somebody (with their readings). ``talk``: compare what they said
    last in this conversation, else what they said last. None where they said nothing."""
    theirs = [row for row in said if not row.ours and row.deleted_at is None and row.text.strip()]
    here = [row for row in theirs if talk is None or row.conversation_id == talk]
    if not here:
        return None
    measured = {row.pk: measure(row) for row in theirs}
    latest = here[-1]
    others = [measured[row.pk] for row in theirs if row.pk != latest.pk]
    return Manner(
        latest,
        tone.compare(measured[latest.pk], others, group_of(workspace)),
        tone.norm(measured[row.pk] for row in theirs if row.addressed == "to_us"),
        tone.norm(measured[row.pk] for row in theirs if row.addressed != "to_us"),
    )


def measure(row: Message) -> Measure:
    reading = getattr(row, "reading", None)
    return tone.measure(row.text, reading.valence if reading else 0.0)


def group_of(workspace: Workspace) -> Norm:
    """The group as it was last measured; everybody's plain middle before that, or where the figures are none."""
    told: dict[str, Any] = workspace.manner or {}
    try:
        return Norm(int(told["n"]), Measure(*told["mean"]), Measure(*told["sd"]))
    except (KeyError, TypeError, ValueError):
        return tone.EVERYBODY


def refresh(moment: datetime) -> int:
    """Measure the group of every workspace whose figures are a day old (the worker's). How many were measured."""
    return sum(_refresh(workspace, moment) for workspace in Workspace.objects.order_by("pk"))


def _refresh(workspace: Workspace, moment: datetime) -> bool:
    at = (workspace.manner or {}).get("at", "")
    if at and moment - datetime.fromisoformat(at) < FRESH:
        return False
    rows = Message.objects.filter(workspace=workspace, ours=False, deleted_at=None).exclude(text="")
    told = rows.order_by("-pk").values_list("text", "reading__valence")[:GROUP]
    found = tone.norm(tone.measure(text, valence or 0.0) for text, valence in told)
    figures = {"n": found.n, "mean": list(found.mean), "sd": list(found.sd), "at": moment.isoformat()}
    with write():
        Workspace.objects.filter(pk=workspace.pk).update(manner=figures if found.n else {"at": moment.isoformat()})
    return True
