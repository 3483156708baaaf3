"""Revising: a message we have arrives at another version. What it said before is kept, and it is read anew.

A later reading lifts a conversation to the desk; it never closes one, and never overrules a person. A deletion leaves a
tombstone without words. The same id by another author is no version: it is set aside and said.
"""

from __future__ import annotations

import msgspec
from django.conf import settings

from rapport.core.database import now
from rapport.inbox import working
from rapport.inbox.models import Disposition, Message, Reading, Revision
from rapport.inbox.triage import clocks
from rapport.inbox.triage.decide import decide
from rapport.inbox.triage.disposition import Facts
from rapport.inbox.triage.words import headline
from rapport.ingest.accepting import version
from rapport.ingest.knowing import folded
from rapport.ingest.line import Line, clean
from rapport.understanding import read
from rapport.understanding.reading import Post, Us

TAKEN = (
    "The id {id!r} already belongs to a message by {author} on the network {network!r}. If this file counts its own ids, "
    "name its network when you import it: --map …,network=name."
)


def revise(lines: list[Line], known: dict[bytes, int], us: Us) -> tuple[int, dict[int, str]]:
    """How many messages changed, and the arrivals that cannot be (arrival id → why)."""
    wanted = {known[line.key] for line in lines if line.key in known}
    messages = Message.objects.select_related("identity", "conversation").in_bulk(wanted)
    count, refused = 0, {}
    for line in lines:
        message = messages.get(known.get(line.key, 0))
        if message is None or message.deleted_at or message.version == version(line.envelope)[:80]:
            continue
        if line.envelope.deleted:
            _bury(message)
        elif _by_another(message, line):
            e, author = line.envelope, message.identity
            refused[line.arrival.pk] = TAKEN.format(id=e.external_id[:60], author=author, network=e.network)
            continue
        else:
            _edit(message, line, us)
        message.version = version(line.envelope)[:80]
        message.save(update_fields=["text", "version", "deleted_at", "addressed"])
        count += 1
    return count, refused


def _by_another(message: Message, line: Line) -> bool:
    """Is this somebody else's message under the same id? (Ours, sent from here, has no identity.)"""
    author = line.envelope.author.address
    return message.identity is not None and folded(message.identity.address) != folded(clean(author, 320))


def _bury(message: Message) -> None:
    message.revisions.all().delete()
    Reading.objects.filter(message=message).delete()
    message.text, message.deleted_at = "", now()


def _edit(message: Message, line: Line, us: Us) -> None:
    """Keep the old words, read and judge the new ones."""
    Revision.objects.create(message=message, version=message.version, text=message.text)
    message.text = clean(line.envelope.text)
    e = line.envelope
    post = Post(
        text=message.text, author=e.author.address, said_at=message.said_at, mentions=e.mentions, direct=e.direct,
        ours=message.ours,
    )  # fmt: skip
    reading = read([post], us)[0]
    message.addressed = reading.addressed
    Reading.objects.filter(message=message).delete()
    Reading.objects.create(
        message=message, model=reading.model, language=reading.language, valence=reading.valence_score,
        data=msgspec.to_builtins(reading),
    )  # fmt: skip
    if message.ours or message.dispositions.filter(by__isnull=False).exists():
        return
    decided = decide(Facts(text=message.text, reading=reading))
    Disposition.objects.create(
        message=message, row=decided.row, needs=decided.needs, urgency=decided.urgency, confidence=decided.confidence,
        reasons=msgspec.to_builtins(decided.reasons),
    )  # fmt: skip
    conversation = message.conversation
    if decided.needs != "no" and conversation.state == "quiet" and conversation.touched_at is None:
        clock = clocks.start(message.said_at, now(), decided.urgency, settings.RAPPORT_DUE_HOURS)
        working.change(
            conversation, "conversation.reopened", by=None, state="needs_answer", urgency=decided.urgency,
            due_at=clock.due_at, position=clock.position, headline=headline(decided), code="edited",
        )  # fmt: skip
