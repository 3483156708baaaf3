"""Remarks: what colleagues noted in a former desk becomes Notes on the same conversations here."""

from __future__ import annotations

from collections.abc import Sequence

from rapport.channels.base import Remark
from rapport.core.counters import Bump
from rapport.core.database import now
from rapport.core.hashing import key
from rapport.inbox import turning
from rapport.inbox.models import Conversation, Message, Note, Source
from rapport.ingest import colleagues, sql
from rapport.ingest.line import clean

_NOTE = ("conversation", "by", "author", "key", "text", "at")
_CONVERSATION = (
    *("id", "workspace", "source", "network", "key", "thread", "subject", "snippet", "public", "state", "urgency"),
    *("headline", "position", "message_count", "last_message_at", "last_ours", "created_at"),
)


def keep(source: Source, remarks: Sequence[Remark]) -> list[Bump]:
    """Store what is new, and say how the counters move. A thread that nobody has spoken in yet waits, quiet, for it."""
    if not remarks:
        return []
    workspace = source.workspace
    named = {key(remark.network, remark.thread): remark for remark in remarks}
    sql.hold(workspace.pk, named)
    found = sql.ids(Message, workspace.pk, named)
    lies = dict(Message.objects.filter(pk__in=found.values()).values_list("pk", "conversation_id"))
    places = sql.ids(Conversation, workspace.pk, named) | {name: lies[id] for name, id in found.items()}
    missing = {name: remark for name, remark in named.items() if name not in places}
    rows: list[tuple[object, ...]] = []
    for (name, remark), id in zip(missing.items(), sql.next_ids(Conversation, len(missing)), strict=True):
        places[name] = id
        rows.append((
            *(id, workspace.pk, source.pk, remark.network, name, clean(remark.thread, 500), "", "", False),
            *(turning.QUIET, 0, "", 0, 0, remark.at, False, now()),
        ))  # fmt: skip
    sql.insert(Conversation, _CONVERSATION, rows)
    known = colleagues.known(workspace)
    sql.insert(Note, _NOTE, [
        (
            places[key(remark.network, remark.thread)], known.get(remark.author.casefold()), clean(remark.author, 200),
            key(workspace.pk, remark.network, remark.external_id), clean(remark.text, 10_000), remark.at,
        )
        for remark in remarks
    ])  # fmt: skip
    return [(workspace.pk, f"state:{turning.QUIET}", len(missing))]
