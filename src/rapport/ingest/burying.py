"""Burying: its writer deleted a message. A tombstone stays; the words go from every place where we had put them."""

from __future__ import annotations

import msgspec
from django.db.models import QuerySet

from rapport.core.database import now
from rapport.inbox import covering, tombstones
from rapport.inbox.models import Arrival, Message, Source
from rapport.inbox.versions import DELETED
from rapport.ingest import sql
from rapport.ingest.accepting import arrival_key
from rapport.ingest.line import Line

_encode = msgspec.json.Encoder().encode


def bury(message: Message, line: Line, versions: set[str]) -> int:
    """Forget the words of every version that was delivered, this one too (a slower source may still bring them).

    1 when the message was alive until now, else 0.
    """
    _forget_arrivals(message, line, versions)
    if message.deleted_at:
        return 0
    tombstones.strip([message.pk])
    message.text = message.subject = message.url = ""
    message.deleted_at = now()
    message.save(update_fields=["text", "subject", "url", "deleted_at"])
    tombstones.tell_again(message.conversation)
    return 1


def without_overtaken(workspace_id: int, lines: list[Line]) -> list[Line]:
    """The lines but those whose deletion came first (their words are forgotten, they never become messages)."""
    named = {arrival_key(line.arrival.source_id, line.envelope, DELETED): line for line in lines}
    gone = {named[key].key for key in sql.ids(Arrival, workspace_id, named)}
    for line in lines:
        if line.key in gone and not line.envelope.deleted:
            _blank(Arrival.objects.filter(pk=line.arrival.pk), line)
    return [line for line in lines if line.key not in gone]


def _forget_arrivals(message: Message, line: Line, versions: set[str]) -> None:
    """What was accepted keeps its row (so that it stays known) and loses its bytes."""
    sources = Source.objects.filter(workspace=message.workspace_id).values_list("pk", flat=True)
    keys = [arrival_key(source, line.envelope, version) for source in sources for version in versions]
    _blank(Arrival.objects.filter(workspace=message.workspace_id, key__in=keys), line)
    if message.external_id == covering.FORGOTTEN:  # of whoever was forgotten not even the address comes back
        covering.empty([(line.arrival.pk, line.envelope.network)])


def _blank(arrivals: QuerySet[Arrival], line: Line) -> None:
    nothing = msgspec.structs.replace(
        line.envelope, text="", subject="", url="", quoted="", content_warning="", mentions=(), participants=(),
        media=(), deleted=True,
    )  # fmt: skip
    arrivals.update(raw=b"", envelope=_encode(nothing))
