"""Replaying: stored messages through today's reading and rules, in the order of speaking, batch by batch.

It writes nothing. ``reprocessing`` compares what comes out with what stands, and stores it if it is asked to.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec
from django.db.models import Q, QuerySet

from rapport.accounts.models import Workspace
from rapport.channels.base import Envelope
from rapport.core.hashing import key
from rapport.inbox.models import Arrival, Conversation, Disposition, Message, Reading
from rapport.inbox.triage.decide import decide
from rapport.inbox.triage.disposition import Disposition as Decision
from rapport.inbox.triage.disposition import Facts
from rapport.ingest import knowing, sql
from rapport.ingest.threads import TURNS
from rapport.learning import serving
from rapport.understanding import read
from rapport.understanding.reading import Post, Turn
from rapport.understanding.reading import Reading as Read

BATCH = 500
_decode = msgspec.json.Decoder(Envelope).decode


@dataclass(frozen=True)
class Scope:
    """Which messages are read again: a workspace's, or only those of one source, or said since a moment."""

    workspace: Workspace
    source_id: int | None = None
    since: datetime | None = None

    def holds(self, message: Message) -> bool:
        ours = self.source_id in {None, message.source_id}
        return ours and message.deleted_at is None and (self.since is None or message.said_at >= self.since)


@dataclass(frozen=True)
class Place:
    """The last message that was looked at, in the order (conversation, said_at, id)."""

    conversation: int = 0
    said_at: datetime | None = None
    id: int = 0

    def written(self) -> list[Any]:
        return [self.conversation, self.said_at.isoformat() if self.said_at else None, self.id]

    @classmethod
    def of(cls, written: list[Any] | None) -> Place:
        if not written:
            return cls()
        conversation, said_at, id = written
        return cls(conversation, datetime.fromisoformat(said_at) if said_at else None, id)


@dataclass(frozen=True)
class Replayed:
    """One message as it is read and decided today, and what stands. Ours have no decision; ``corrected`` by a person."""

    message: Message
    reading: Read
    decided: Decision | None
    was: Disposition | None
    was_model: str
    corrected: bool


@dataclass
class Replay(Iterator[tuple[list[Replayed], Place]]):
    """One pass over a scope: each batch of at most 500 messages, and the place after it. Goes on after ``place``."""

    scope: Scope
    place: Place = field(default_factory=Place)
    _turns: deque[Turn] = field(default_factory=lambda: deque(maxlen=TURNS))

    def __post_init__(self) -> None:
        self._us = knowing.us_of(self.scope.workspace)
        if self.place.said_at is not None:
            before = Message.objects.filter(conversation=self.place.conversation).filter(
                Q(said_at__lt=self.place.said_at) | Q(said_at=self.place.said_at, pk__lte=self.place.id)
            )
            recent = list(_ordered(before, back=True)[:TURNS])
            self._turns.extend(_turn(message) for message in reversed(recent))

    def __next__(self) -> tuple[list[Replayed], Place]:
        rows = self._rows()
        if not rows:
            raise StopIteration
        wanted, befores = [], []
        for message in rows:
            if message.conversation_id != self.place.conversation:
                self._turns.clear()
            if self.scope.holds(message):
                wanted.append(message)
                befores.append(tuple(self._turns))
            self._turns.append(_turn(message))
            self.place = Place(message.conversation_id, message.said_at, message.pk)
        return self._read(wanted, befores), self.place

    def _rows(self) -> list[Message]:
        """The rest of the conversation we are in, then the next conversations, up to 500 messages."""
        rows: list[Message] = []
        if self.place.said_at is not None:
            here = Message.objects.filter(conversation=self.place.conversation, said_at__gte=self.place.said_at)
            rows = list(_ordered(here.exclude(said_at=self.place.said_at, pk__lte=self.place.id))[:BATCH])
        while (room := BATCH - len(rows)) and (ids := self._next_conversations(room)):
            rows += _ordered(Message.objects.filter(conversation__in=ids))[:room]
            if rows:
                break
            self.place = Place(ids[-1])
        return rows

    def _next_conversations(self, room: int) -> list[int]:
        found = Conversation.objects.filter(workspace=self.scope.workspace, pk__gt=self.place.conversation)
        if self.scope.since is not None:
            found = found.filter(last_message_at__gte=self.scope.since)
        ids: list[int] = []
        for id, count in found.order_by("pk").values_list("pk", "message_count")[:room]:
            ids.append(id)
            room -= max(1, count)
            if room <= 0:
                break
        return ids

    def _read(self, messages: list[Message], befores: list[tuple[Turn, ...]]) -> list[Replayed]:
        ids = [message.pk for message in messages]
        said = _envelopes(self.scope.workspace, messages)
        posts = [
            _post(message, said.get(message.pk), before) for message, before in zip(messages, befores, strict=True)
        ]
        standing: dict[int, Disposition] = {}
        corrected: set[int] = set()
        for row in Disposition.objects.filter(message__in=ids).order_by("pk"):
            standing[row.message_id] = row
            if row.by_id is not None:
                corrected.add(row.message_id)
        models = dict(Reading.objects.filter(message__in=ids).values_list("message", "model"))
        readings, decisions = self._judged(messages, posts, said)
        return [
            Replayed(
                message,
                reading,
                decisions.get(message.pk),
                standing.get(message.pk),
                models.get(message.pk, ""),
                message.pk in corrected,
            )
            for message, reading in zip(messages, readings, strict=True)
        ]

    def _judged(
        self, messages: list[Message], posts: list[Post], said: dict[int, Envelope]
    ) -> tuple[list[Read], dict[int, Decision]]:
        """The readings, and the decision about each of theirs by id, as the line would make them now."""
        own, shipped = serving.of(self.scope.workspace.pk), read(posts, self._us)
        readings = own.felt([post.text for post in posts], shipped)
        theirs = [place for place, message in enumerate(messages) if not message.ours]
        facts = [_facts(posts[at], readings[at], said.get(messages[at].pk)) for at in theirs]
        decisions = own.weighed(facts, [decide(one) for one in facts], [shipped[at] for at in theirs])
        return readings, {messages[at].pk: one for at, one in zip(theirs, decisions, strict=True)}


def _ordered(rows: QuerySet[Message], *, back: bool = False) -> QuerySet[Message]:
    order = ("conversation", "said_at", "pk")
    return rows.select_related("identity").order_by(*(f"-{name}" if back else name for name in order))


def _turn(message: Message) -> Turn:
    address = message.identity.address if message.identity else ""
    return Turn(message.ours, address, message.text[:2000], message.said_at)


def _envelopes(workspace: Workspace, messages: list[Message]) -> dict[int, Envelope]:
    """What the network said beside the words (whom they mention, whether it is direct), where it still lies there."""
    keys = {key(m.source_id, m.network, m.external_id, m.version): m.pk for m in messages}
    found = sql.ids(Arrival, workspace.pk, keys)
    by_arrival = {id: keys[name] for name, id in found.items()}
    rows = Arrival.objects.filter(pk__in=by_arrival).values_list("pk", "envelope")
    return {by_arrival[id]: _decode(bytes(envelope)) for id, envelope in rows}


def _facts(post: Post, reading: Read, envelope: Envelope | None) -> Facts:
    """What the door thought suspicious when it came is still so."""
    marks = envelope.suspicions if envelope else ()
    return Facts(text=post.text, reading=reading, before=post.before, suspicions=marks)


def _post(message: Message, envelope: Envelope | None, before: tuple[Turn, ...]) -> Post:
    """The message as the heads see it. Without its envelope, what was private and to us is taken as direct."""
    return Post(
        text=message.text,
        author=message.identity.address if message.identity else "",
        said_at=message.said_at,
        ours=message.ours,
        mentions=envelope.mentions if envelope else (),
        direct=envelope.direct if envelope else not message.public and message.addressed == "to_us",
        before=before,
    )
