"""Threads: which conversation a message joins, what was said there before, and how the conversation turns.

The network's own thread id decides; else what the message answers; else the message is a conversation of one.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime

from django.conf import settings
from django.db import connection

from rapport.accounts.models import Workspace
from rapport.channels.base import Envelope
from rapport.core.database import locked, now
from rapport.core.hashing import key
from rapport.inbox import turning
from rapport.inbox.models import Conversation, Message
from rapport.inbox.triage import clocks
from rapport.inbox.triage.words import headline
from rapport.ingest import sql
from rapport.ingest.line import Crossed, Line, Thread, clean
from rapport.understanding.reading import Turn

TURNS = 12
_NEW = (
    "id",
    "workspace",
    "source",
    "network",
    "key",
    "thread",
    "identity",
    "subject",
    "snippet",
    "public",
    "state",
    "urgency",
    "headline",
    "due_at",
    "position",
    "message_count",
    "last_message_at",
    "last_ours",
    "created_at",
)
_CHANGED = (
    "identity_id",
    "snippet",
    "state",
    "urgency",
    "headline",
    "due_at",
    "position",
    "message_count",
    "last_message_at",
    "last_ours",
)


def _name(line: Line, roots: dict[str, str]) -> str:
    """The thread's name: the network's, or the root of what this answers, or the message itself."""
    envelope = line.envelope
    if envelope.thread:
        return envelope.thread
    return roots.get(envelope.reply_to, envelope.reply_to) or envelope.external_id


def alone(envelope: Envelope) -> Thread:
    """The thread of a message that answers nothing we know of."""
    return Thread(key(envelope.network, envelope.external_id), envelope.external_id)


def attach(workspace: Workspace, lines: list[Line], beside: set[int]) -> list[Thread]:
    """Give every line its thread and the (at most 12) turns before it.

    Rows of known conversations are locked, and with them those that the batch will touch ``beside`` (ids): all at once
    and in one order, so that two workers, or a worker and a person, never wait crosswise.
    """
    roots = _roots(workspace, lines)
    threads: dict[bytes, Thread] = {}
    for line in lines:
        name = _name(line, roots)
        roots[line.envelope.external_id] = name
        found = key(line.envelope.network, name)
        line.thread = threads.setdefault(found, Thread(found, name))
    _load(workspace, threads, beside)
    fresh = sorted((thread for thread in threads.values() if thread.was is None), key=lambda thread: thread.key)
    for thread, id in zip(fresh, sql.next_ids(Conversation, len(fresh)), strict=True):
        thread.id = id
    _write_new(workspace, fresh, lines)
    for line in lines:
        thread = line.thread
        line.before = tuple(thread.turns[-TURNS:])
        thread.turns.append(Turn(line.ours, line.envelope.author.address, line.envelope.text[:2000], line.said_at))
    return list(threads.values())


def _roots(workspace: Workspace, lines: list[Line]) -> dict[str, str]:
    """external_id → thread name, for the messages that these lines answer and that we have."""
    answered = {line.envelope.reply_to: line.envelope.network for line in lines if line.envelope.reply_to}
    found = sql.ids(Message, workspace.pk, (key(network, id) for id, network in answered.items()))
    rows = Message.objects.filter(pk__in=found.values()).values_list("external_id", "conversation__thread")
    return dict(rows)


def _load(workspace: Workspace, threads: dict[bytes, Thread], beside: set[int]) -> None:
    """What we know of these conversations, and the last turns of each in one query."""
    wanted = beside | set(sql.ids(Conversation, workspace.pk, threads).values())
    by_id = {}
    for row in locked(Conversation.objects.filter(pk__in=wanted).order_by("id")) if wanted else ():
        if bytes(row.key) not in threads:
            continue
        thread = by_id[row.pk] = threads[bytes(row.key)]
        thread.id, thread.was, thread.assignee_id = row.pk, row.state, row.assignee_id
        for name in _CHANGED:
            setattr(thread, name, getattr(row, name))
    if not by_id:
        return
    with connection.cursor() as cursor:
        marks = ", ".join(["%s"] * len(by_id))
        cursor.execute(
            "SELECT conversation_id, ours, address, text, said_at FROM ("
            " SELECT m.conversation_id, m.ours, coalesce(i.address, '') AS address, m.said_at,"
            " substr(m.text, 1, 2000) AS text,"
            " row_number() OVER (PARTITION BY m.conversation_id ORDER BY m.said_at DESC, m.id DESC) AS back"
            " FROM inbox_message m LEFT JOIN people_identity i ON i.id = m.identity_id"
            f" WHERE m.conversation_id IN ({marks})) AS recent WHERE back <= %s ORDER BY conversation_id, back DESC",
            [*by_id, TURNS],
        )
        for id, ours, address, text, said_at in cursor.fetchall():
            by_id[id].turns.append(Turn(bool(ours), address, text, _time(said_at)))


def _time(value: datetime | str) -> datetime:
    """A time as raw SQL gives it: text on SQLite."""
    return datetime.fromisoformat(value).replace(tzinfo=UTC) if isinstance(value, str) else value


def _write_new(workspace: Workspace, fresh: list[Thread], lines: list[Line]) -> None:
    """New conversations, so that their messages may point to them; ``turn`` fills in how they stand."""
    first: dict[bytes, Line] = {}
    for line in lines:
        first.setdefault(line.thread.key, line)
    moment = now()
    stored = sql.insert(
        Conversation,
        _NEW,
        [
            (
                thread.id,
                workspace.pk,
                line.arrival.source_id,
                line.envelope.network,
                thread.key,
                clean(thread.name, 500),
                None,
                clean(line.envelope.subject, 300),
                "",
                line.envelope.public,
                turning.QUIET,
                0,
                "",
                None,
                0,
                0,
                line.said_at,
                False,
                moment,
            )
            for thread in fresh
            for line in [first[thread.key]]
        ],
    )
    if stored != len(fresh):
        raise Crossed(Crossed.__doc__)


def turn(touched: list[Thread], lines: list[Line]) -> None:
    """Let every new message turn its conversation, in the order in which they were said, then write how they stand."""
    for line in lines:
        _turn_one(line)
    in_order = sorted(touched, key=lambda thread: thread.id)
    rows = [(thread.id, *(getattr(thread, name) for name in _CHANGED)) for thread in in_order]
    sql.update(Conversation, _CHANGED, rows)


def _turn_one(line: Line) -> None:
    thread = line.thread
    thread.message_count += 1
    newest = thread.last_message_at is None or line.said_at >= thread.last_message_at
    if newest:
        thread.last_message_at, thread.last_ours = line.said_at, line.ours
        thread.snippet = clean(" ".join(line.envelope.text.split()), 200)
    if not line.ours and (thread.identity_id is None or newest):
        thread.identity_id = thread.identity_id or line.identity_id
    if not newest:  # an older message that arrives late tells the history; it does not turn what came after it
        return
    if line.ours:
        asked = (
            line.reading is not None
            and max(line.reading.intents.get("question", 0.0), line.reading.intents.get("request", 0.0)) >= 0.5
        )
        thread.state, thread.due_at = turning.on_reply(asks=asked), None
        return
    decided = line.decision
    if decided is None:
        return
    was = thread.state
    thread.state = turning.on_arrival(thread.state, decided, first=thread.message_count == 1)
    thread.headline = headline(decided) if decided.needs != "no" or was != turning.NEEDS_ANSWER else thread.headline
    if decided.needs != "no":
        clock = clocks.start(line.said_at, line.arrival.arrived_at, decided.urgency, settings.RAPPORT_DUE_HOURS)
        if was == turning.NEEDS_ANSWER and thread.message_count > 1:
            clock = clocks.earlier(clock, clocks.Clock(thread.due_at, thread.position))
            thread.urgency = max(thread.urgency, decided.urgency)
        else:
            thread.urgency = decided.urgency
        thread.due_at, thread.position = clock.due_at, clock.position
    elif thread.state != turning.NEEDS_ANSWER:
        thread.due_at = None


def bumps(workspace_id: int, lines: list[Line]) -> list[tuple[int, str, int]]:
    """How the counters move: every touched conversation leaves where it was counted and is counted where it stands."""
    threads = {id(line.thread): line.thread for line in lines}
    deltas: dict[str, int] = defaultdict(int)
    for thread in threads.values():
        for state, step in ((thread.was, -1), (thread.state, 1)):
            if state is None:
                continue
            deltas[f"state:{state}"] += step
            if thread.assignee_id is not None and state not in {turning.QUIET, turning.SETTLED}:
                deltas[f"mine:{thread.assignee_id}"] += step
    return [(workspace_id, name, delta) for name, delta in deltas.items()]
