"""Rooms: a workspace's last hints, kept once for all its open browsers, and how far each of them has read."""

from __future__ import annotations

import asyncio
import json
import re
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
NAME = re.compile(r"[a-z][a-z0-9_.-]{0,63}\Z")


@dataclass(eq=False, slots=True)
class Room:
    """The open browsers of one workspace and its last hints, with ids that follow each other without a gap."""

    recent: deque[bytes]
    last: int
    clients: set[Client] = field(default_factory=set)
    empty_since: float = 0.0

    def since(self, seen: int) -> list[bytes] | None:
        """The hints after id ``seen``; None when they are forgotten, or never were ours (after a restart)."""
        missed = self.last - seen
        if not 0 <= missed <= len(self.recent):
            return None
        return [self.recent[i] for i in range(len(self.recent) - missed, len(self.recent))]


@dataclass(eq=False, slots=True)
class Client:
    """One open stream. ``seen`` is the id it has been sent up to."""

    room: Room
    workspace_id: int
    member_id: int
    send: Send
    abort: Callable[[], object]
    seen: int
    recheck_at: float
    writer: asyncio.Task[None] | None = None
    pinged: bool = False
    ending: bool = False

    def next_bytes(self) -> bytes:
        """What to send now: hints in one piece, or the word that too much was missed, or a sign of life."""
        missed = self.room.since(self.seen)
        said = event("resync", self.room.last) if missed is None else b"".join(missed)
        if self.pinged and not said:
            said = b": still here\n\n"
        self.pinged, self.seen = False, self.room.last
        return said


def event(kind: str, number: int, data: str | None = None) -> bytes:
    """One server-sent event; ``data`` is one line of JSON, by default the id itself."""
    return f"event: {kind}\nid: {number}\ndata: {data or json.dumps({'id': number})}\n\n".encode()


def encode(hint: Mapping[str, Any] | str) -> str:
    """One line of JSON with a ``name``. Raises ValueError; ``id`` is the event's own."""
    facts = {"name": hint} if isinstance(hint, str) else dict(hint)
    if not NAME.match(str(facts.get("name", ""))) or "id" in facts:
        raise ValueError(f"A hint needs a name of small letters, digits, . _ -, and no 'id': {hint!r}")
    return json.dumps(facts)
