"""Storing a batch: what the line knows of each arrival is gathered, decided by the pure parts, and written set by set.

One transaction, given by the pipeline; ``store`` is the order of the steps.
"""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from rapport.accounts.models import Workspace
from rapport.channels.base import Envelope
from rapport.core import counters
from rapport.core.database import now
from rapport.core.events import record
from rapport.core.hashing import key
from rapport.core.hints import hint
from rapport.inbox import visits
from rapport.inbox.models import Arrival, Disposition, Manner, Message, Reading
from rapport.inbox.triage.decide import decide
from rapport.inbox.triage.disposition import Facts
from rapport.inbox.versions import version
from rapport.ingest import burying, colleagues, identities, knowing, revising, sql, threads, turns
from rapport.ingest.line import Crossed, Line, Thread, clean
from rapport.learning import serving
from rapport.people.addresses import folded
from rapport.understanding import read
from rapport.understanding.reading import Post, Us

_decode = msgspec.json.Decoder(Envelope).decode
_encode = msgspec.json.Encoder().encode
_MESSAGE = (
    "id",
    "workspace",
    "conversation",
    "source",
    "identity",
    "network",
    "external_id",
    "key",
    "version",
    "ours",
    "public",
    "addressed",
    "subject",
    "text",
    "url",
    "rating",
    "said_at",
    "arrived_at",
    "deleted_at",
    "history",
)
_READING = ("message", "model", "language", "valence", "data")
_MANNER = ("message", "quoted", "visibility", "content_warning", "participants")
_DISPOSITION = ("message", "row", "needs", "urgency", "confidence", "reasons", "at")


def store(arrivals: list[Arrival], *, alone: bool) -> None:
    """Take one workspace's leased arrivals all the way; the caller holds the transaction.

    ``alone``: no other worker has a batch of this workspace in hand. Raises Crossed.
    """
    workspace = Workspace.objects.get(pk=arrivals[0].workspace_id)
    us = knowing.us_of(workspace)
    ours = knowing.our_addresses(us)
    lines = [_line(arrival, ours) for arrival in arrivals]
    known = sql.ids(Message, workspace.pk, (line.key for line in lines))
    unknown = [line for line in lines if line.key not in known]
    if not alone and any(line.envelope.deleted for line in unknown):
        raise Crossed("A deletion looks for its message, which another worker may be storing.")
    fresh = _first_of_each(burying.without_overtaken(workspace.pk, unknown))
    taken = set(map(id, fresh))
    seen_before = [line for line in lines if id(line) not in taken]
    touched_besides = revising.conversations(known[line.key] for line in seen_before if line.key in known)
    if fresh:
        identities.attach(workspace, fresh)
    touched = threads.attach(workspace, fresh, touched_besides)
    if fresh:
        colleagues.assign(workspace, fresh)
        _understand(fresh, us, serving.of(workspace.pk))
        _write_messages(workspace, fresh)
        turns.turn(touched, fresh)
        known |= {line.key: line.message_id for line in fresh}
    revised = revising.revise(seen_before, known, us)
    for arrival_id, why in revised.refused.items():
        Arrival.objects.filter(pk=arrival_id).update(poison_at=now(), error=why, lease="", lease_until=None)
    done = [arrival.pk for arrival in arrivals if arrival.pk not in revised.refused]
    _finish(workspace, done, fresh, touched, revised)
    chats = (line for line in fresh if line.envelope.network == visits.KIND)
    visits.arrived(workspace.pk, ((line.arrival.source_id, line.envelope.thread, line.thread.id) for line in chats))


def _line(arrival: Arrival, ours: frozenset[str]) -> Line:
    envelope = _decode(bytes(arrival.envelope))
    said_at = min(envelope.said_at or arrival.arrived_at, arrival.arrived_at)
    said_at = max(said_at, datetime(1970, 1, 2, tzinfo=UTC))
    mine = envelope.ours if envelope.ours is not None else folded(envelope.author.address) in ours
    message_key = key(envelope.network, envelope.external_id)
    return Line(arrival, envelope, message_key, mine, said_at, threads.alone(envelope))


def _first_of_each(lines: list[Line]) -> list[Line]:
    """One line per message, the earliest said first: a thread is read in the order in which it was spoken."""
    once = {line.key: line for line in reversed(lines)}
    return sorted(once.values(), key=lambda line: (line.said_at, line.arrival.pk))


def _understand(lines: list[Line], us: Us, own: serving.Taught) -> None:
    """Reading and triage of their messages; of ours only the reading (what we promised, whether we asked).

    ``own``: what this workspace's people taught, weighed in.
    """
    posts = [
        Post(
            text=line.envelope.text,
            author=line.envelope.author.address,
            said_at=line.said_at,
            ours=line.ours,
            mentions=line.envelope.mentions,
            direct=line.envelope.direct,
            before=line.before,
        )
        for line in lines
    ]
    shipped = read(posts, us)
    for line, reading in zip(lines, own.felt([post.text for post in posts], shipped), strict=True):
        line.reading = reading
    theirs = [place for place, line in enumerate(lines) if not line.ours]
    facts = [_facts(lines[place], posts[place]) for place in theirs]
    decisions = own.weighed(facts, [decide(one) for one in facts], [shipped[place] for place in theirs])
    for place, decision in zip(theirs, decisions, strict=True):
        lines[place].decision = decision


def _facts(line: Line, post: Post) -> Facts:
    assert line.reading is not None  # noqa: S101 - every line was read above
    return Facts(text=post.text, reading=line.reading, before=post.before, suspicions=line.envelope.suspicions)


def _write_messages(workspace: Workspace, lines: list[Line]) -> None:
    moment = now()
    for line, id in zip(lines, sql.next_ids(Message, len(lines)), strict=True):
        line.message_id = id
    in_one_order = sorted(lines, key=lambda line: line.key)
    if sql.insert(Message, _MESSAGE, [_message_row(workspace, line) for line in in_one_order]) != len(lines):
        raise Crossed(Crossed.__doc__)
    readings = ((line.message_id, line.reading) for line in lines if line.reading)
    sql.insert(
        Reading,
        _READING,
        [(id, r.model, r.language, r.valence_score, _encode(r).decode()) for id, r in readings],
    )
    manners = ((line.message_id, line.envelope) for line in lines)
    sql.insert(Manner, _MANNER, [(id, *manner(e)) for id, e in manners if any(manner(e)[:3]) or e.participants])
    decisions = ((line.message_id, line.decision) for line in lines if line.decision)
    sql.insert(
        Disposition,
        _DISPOSITION,
        [(id, d.row, d.needs, d.urgency, d.confidence, _encode(d.reasons).decode(), moment) for id, d in decisions],
    )


def manner(e: Envelope) -> tuple[str, str, str, str]:
    """Quoted words, visibility, warning and participants (as JSON), as they are kept."""
    others = _encode([clean(one, 320) for one in e.participants]).decode()
    return clean(e.quoted), e.visibility, clean(e.content_warning, 500), others


def _message_row(workspace: Workspace, line: Line) -> tuple[object, ...]:
    e, thread = line.envelope, line.thread
    return (
        line.message_id,
        workspace.pk,
        thread.id,
        line.arrival.source_id,
        line.identity_id,
        e.network,
        clean(e.external_id, 500),
        line.key,
        version(e)[:80],
        line.ours,
        e.public,
        line.reading.addressed if line.reading else "nearby",
        clean(e.subject, 300),
        clean(e.text),
        clean(e.url, 1000),
        e.rating,
        line.said_at,
        line.arrival.arrived_at,
        None,
        line.arrival.history,
    )


def _finish(
    workspace: Workspace, arrivals: list[int], fresh: list[Line], touched: list[Thread], revised: revising.Revised
) -> None:
    """Mark the arrivals done, record one Event for the batch, hint, and count: the last statements."""
    Arrival.objects.filter(pk__in=arrivals).update(done_at=now(), lease="", error="")
    if fresh or revised.count:
        # What was brought along with a new source rings nowhere: whoever reads this Event to tell somebody counts on it.
        needs = sum(1 for line in fresh if line.decision and line.decision.needs != "no" and not line.arrival.history)
        first, last = (fresh[0].message_id, fresh[-1].message_id) if fresh else (0, 0)
        record(
            "messages.arrived",
            workspace,
            workspace_id=workspace.pk,
            count=len(fresh),
            revised=revised.count,
            needs=needs,
            first=first,
            last=last,
        )
        hint(workspace.pk, "messages", last)
    counters.bump([(workspace.pk, "messages", len(fresh)), *turns.bumps(workspace.pk, touched), *revised.bumps])
