"""Revising: a message we have arrives at another version. What it said before is kept, and it is read anew.

A later reading lifts a conversation to the desk; it never closes one, and never overrules a person. The same id by
another author is no version: it is set aside and said. A version we had before (a slower source brings it) is old news.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

import msgspec
from django.conf import settings

from rapport.channels.base import Envelope
from rapport.core import counters
from rapport.core.database import now
from rapport.core.events import record
from rapport.inbox import tombstones, working
from rapport.inbox.models import Conversation, Disposition, Manner, Message, Reading, Revision
from rapport.inbox.triage import clocks
from rapport.inbox.triage.decide import decide
from rapport.inbox.triage.disposition import Disposition as Decision
from rapport.inbox.triage.disposition import Facts
from rapport.inbox.triage.words import headline
from rapport.inbox.versions import alike, version
from rapport.ingest import burying
from rapport.ingest.line import Line, clean
from rapport.learning import serving
from rapport.people.addresses import folded
from rapport.understanding import read
from rapport.understanding.reading import Post, Us
from rapport.understanding.reading import Reading as Understood

TAKEN = (
    "The id {id!r} already belongs to a message by {author} on the network {network!r}. If this file counts its own ids, "
    "name its network when you import it: --map …,network=name."
)


@dataclass
class Revised:
    """How many messages changed, the arrivals that cannot be taken (id → why), and how the counters move."""

    count: int = 0
    refused: dict[int, str] = field(default_factory=dict)
    bumps: list[counters.Bump] = field(default_factory=list)


def conversations(messages: Iterable[int]) -> set[int]:
    """The conversations of these messages (ids)."""
    return set(Message.objects.filter(pk__in=list(messages)).values_list("conversation_id", flat=True))


def revise(lines: list[Line], known: dict[bytes, int], us: Us) -> Revised:
    """Take further versions and deletions of known messages; the caller has locked their conversations."""
    wanted = {known[line.key] for line in lines if line.key in known}
    messages = Message.objects.select_related("identity", "conversation").in_bulk(wanted)
    had = defaultdict(set)
    for id, name in Revision.objects.filter(message__in=wanted).values_list("message", "version"):
        had[id].add(name)
    revised = Revised()
    for line in lines:
        message = messages.get(known.get(line.key, 0))
        if message is None:
            continue
        name = version(line.envelope)[:80]
        if message.deleted_at or line.envelope.deleted:
            revised.count += burying.bury(message, line, had[message.pk] | {message.version, name})
        elif name == message.version or name in had[message.pk]:
            continue
        elif _by_another(message, line):
            e, author = line.envelope, message.identity
            revised.refused[line.arrival.pk] = TAKEN.format(id=e.external_id[:60], author=author, network=e.network)
        else:
            had[message.pk].add(message.version)
            revised.bumps += _edit(message, line, us)
            revised.count += 1
    return revised


def _by_another(message: Message, line: Line) -> bool:
    """Is this somebody else's message under the same id? (Ours, sent from here, has no identity.)"""
    author = line.envelope.author.address
    return message.identity is not None and folded(message.identity.address) != folded(clean(author, 320))


def _edit(message: Message, line: Line, us: Us) -> list[counters.Bump]:
    """Keep the old words, read and judge the new ones. How the counters move."""
    text, old = clean(line.envelope.text), Revision(message=message, version=message.version, text=message.text)
    message.version = version(line.envelope)[:80]
    if text == message.text or (message.ours and alike(text, message.text)):
        # The network names anew what it already said: the echo of our own words, with the handles of those it went to.
        message.save(update_fields=["version"])
        return []
    old.save()
    own, shipped = serving.of(message.workspace_id), read([_post(message, text, line.envelope)], us)
    reading = own.felt([text], shipped)[0]
    message.text, message.addressed = text, reading.addressed
    message.save(update_fields=["text", "version", "addressed"])
    _keep(message, line.envelope, reading)
    tombstones.tell_again(message.conversation)
    record("message.edited", message)
    if message.ours or message.dispositions.filter(by__isnull=False).exists():
        return []
    facts = Facts(text=message.text, reading=reading)
    return _judge(message, own.weighed([facts], [decide(facts)], shipped)[0])


def _post(message: Message, text: str, e: Envelope) -> Post:
    return Post(
        text=text, author=e.author.address, said_at=message.said_at, mentions=e.mentions, direct=e.direct,
        ours=message.ours,
    )  # fmt: skip


def _keep(message: Message, e: Envelope, reading: Understood) -> None:
    """How it is said now, and how that is understood."""
    if e.quoted or e.content_warning or e.visibility or e.participants or hasattr(message, "manner"):
        said = {
            "quoted": clean(e.quoted), "visibility": e.visibility, "content_warning": clean(e.content_warning, 500),
            "participants": [clean(one, 320) for one in e.participants],
        }  # fmt: skip
        Manner.objects.update_or_create(message=message, defaults=said)
    understood = {
        "model": reading.model, "language": reading.language, "valence": reading.valence_score,
        "data": msgspec.to_builtins(reading),
    }  # fmt: skip
    Reading.objects.update_or_create(message=message, defaults=understood)


def _judge(message: Message, decided: Decision) -> list[counters.Bump]:
    """The decision on the new words; a quiet matter that nobody touched comes to the desk. How the counters move."""
    Disposition.objects.create(
        message=message, row=decided.row, needs=decided.needs, urgency=decided.urgency, confidence=decided.confidence,
        reasons=msgspec.to_builtins(decided.reasons),
    )  # fmt: skip
    conversation = Conversation.objects.get(pk=message.conversation_id)
    if decided.needs == "no" or conversation.state != "quiet" or conversation.touched_at is not None:
        return []
    clock = clocks.start(message.said_at, now(), decided.urgency, settings.RAPPORT_DUE_HOURS)
    _, bumps = working.turn(
        conversation, "conversation.reopened", by=None, state="needs_answer", urgency=decided.urgency,
        due_at=clock.due_at, position=clock.position, headline=headline(decided), code="edited",
    )  # fmt: skip
    return bumps
