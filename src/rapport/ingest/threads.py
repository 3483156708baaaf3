"""Threads: which conversation a message joins, and what was said there before.

The network's own thread id names it; else what the message answers; else the message itself. A name that is a message's
id leads to wherever that message lies: so a thread is the same whatever order its messages arrive in, and a message
that stood for a thread until it came itself, and belongs to another, brings the two together (``merging``).
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from operator import attrgetter

from django.db import connection

from rapport.accounts.models import Workspace
from rapport.channels.base import Envelope
from rapport.core.database import locked, now
from rapport.core.hashing import key
from rapport.inbox import turning
from rapport.inbox.models import Continuation, Conversation, Message
from rapport.ingest import merging, sql
from rapport.ingest.line import Crossed, Line, Thread, clean
from rapport.understanding.reading import Turn

TURNS = 12
SKEW = timedelta(seconds=30)
"""How far the clocks of two servers may lie apart."""
_NEW = (
    *("id", "workspace", "source", "network", "key", "thread", "identity", "subject", "snippet", "public", "state"),
    *("urgency", "headline", "due_at", "position", "message_count", "last_message_at", "last_ours", "created_at"),
)


def alone(envelope: Envelope) -> Thread:
    """The thread of a message that answers nothing we know of."""
    return Thread(key(envelope.network, envelope.external_id), envelope.external_id)


def attach(workspace: Workspace, lines: list[Line], beside: set[int]) -> list[Thread]:
    """Give every line its thread and the (at most 12) turns before it.

    Rows of known conversations are locked, and with them those that the batch will touch ``beside`` (ids): all at once
    and in one order, so that two workers, or a worker and a person, never wait crosswise.
    """
    named = {id(line): _name(line.envelope) for line in lines}
    keys = {id(line): key(line.envelope.network, named[id(line)]) for line in lines}
    _continue(workspace, lines, named, keys)
    names = {keys[id(line)]: named[id(line)] for line in lines}
    # Who brings a message and who brings what it answers must not pass each other unseen.
    sql.hold(workspace.pk, names.keys() | {line.key for line in lines})
    leads = _lie(workspace, names) | {line.key: keys[id(line)] for line in lines}
    roots = {known: root(known, leads) for known in names.keys() | {line.key for line in lines}}
    threads: dict[bytes, Thread] = {}
    for line in lines:
        found = roots[keys[id(line)]]
        line.thread = threads.setdefault(found, Thread(found, names.get(found, named[id(line)])))
    _load(workspace, threads, roots, beside)
    fresh = sorted((thread for thread in threads.values() if not thread.id), key=attrgetter("key"))
    for thread, number in zip(fresh, sql.next_ids(Conversation, len(fresh)), strict=True):
        thread.id = number
    _write_new(workspace, fresh, lines)
    for line in lines:
        turns = line.thread.turns
        place = bisect_right(turns, line.said_at, key=attrgetter("said_at"))
        line.before = tuple(turns[max(0, place - TURNS) : place])
        turns.insert(place, Turn(line.ours, line.envelope.author.address, line.envelope.text[:2000], line.said_at))
    return list(threads.values())


def _name(envelope: Envelope) -> str:
    return envelope.thread or envelope.reply_to or envelope.external_id


def _continue(workspace: Workspace, lines: list[Line], named: dict[int, str], keys: dict[int, bytes]) -> None:
    """What is said in a private thread in which a conversation goes on belongs to that conversation."""
    private = [line for line in lines if line.envelope.thread and not line.envelope.public]
    found = sql.ids(Continuation, workspace.pk, {keys[id(line)] for line in private}) if private else {}
    if not found:
        return
    rows = {
        bytes(row.key): row for row in Continuation.objects.filter(pk__in=found.values()).select_related("conversation")
    }
    for line in private:
        row = rows.get(keys[id(line)])
        if row is not None and line.said_at >= row.since - SKEW:
            named[id(line)], keys[id(line)] = row.conversation.thread, bytes(row.conversation.key)


def root(start: bytes, leads: Mapping[bytes, bytes]) -> bytes:
    """Where a name leads in the end. Messages that answer each other in a circle all lead to the same one of them."""
    seen: set[bytes] = set()
    at = start
    while at not in seen:
        seen.add(at)
        at = leads.get(at, at)
    circle = {at}
    while (step := leads.get(at, at)) not in circle:
        circle.add(step)
        at = step
    return min(circle)


def _lie(workspace: Workspace, names: dict[bytes, str]) -> dict[bytes, bytes]:
    """Message key → key of the conversation it lies in, for the messages we have; ``names`` learns what those are."""
    found = sql.ids(Message, workspace.pk, names)
    rows = Message.objects.filter(pk__in=found.values())
    leads = {}
    for message, conversation, name in rows.values_list("key", "conversation__key", "conversation__thread"):
        leads[bytes(message)] = bytes(conversation)
        names.setdefault(bytes(conversation), name)
    return leads


def _load(workspace: Workspace, threads: dict[bytes, Thread], roots: dict[bytes, bytes], beside: set[int]) -> None:
    """What we know of these conversations (those that turn out to be one are made one), and the last turns of each."""
    names = {known for known, leads in roots.items() if leads in threads} | threads.keys()
    wanted = beside | set(sql.ids(Conversation, workspace.pk, names).values())
    groups: dict[bytes, list[Conversation]] = defaultdict(list)
    for row in locked(Conversation.objects.filter(pk__in=wanted).order_by("id")) if wanted else ():
        if bytes(row.key) in names:
            groups[roots.get(bytes(row.key), bytes(row.key))].append(row)
    if not groups:
        return
    merging.settle({threads[found]: rows for found, rows in groups.items()})
    _recall({thread.id: thread for thread in threads.values() if thread.id})


def _recall(by_id: dict[int, Thread]) -> None:
    """The last turns of each conversation, in one query."""
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
    """A time as raw SQL gives it: on SQLite text, or a time without its zone."""
    found = datetime.fromisoformat(value) if isinstance(value, str) else value
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _write_new(workspace: Workspace, fresh: Iterable[Thread], lines: list[Line]) -> None:
    """New conversations, so that their messages may point to them; ``turns`` fills in how they stand."""
    first: dict[bytes, Line] = {}
    for line in lines:
        first.setdefault(line.thread.key, line)
    moment = now()
    rows = [_new_row(workspace, thread, first[thread.key], moment) for thread in fresh]
    if sql.insert(Conversation, _NEW, rows) != len(rows):
        raise Crossed(Crossed.__doc__)


def _new_row(workspace: Workspace, thread: Thread, line: Line, moment: datetime) -> tuple[object, ...]:
    e = line.envelope
    return (
        *(thread.id, workspace.pk, line.arrival.source_id, e.network, thread.key, clean(thread.name, 500), None),
        *(clean(e.subject, 300), "", e.public, turning.QUIET, 0, "", None, 0, 0, line.said_at, False, moment),
    )
