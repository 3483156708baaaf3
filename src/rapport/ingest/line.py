"""Line and Thread: one message, and one conversation, in memory while a batch goes down the line."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from rapport.channels.base import Envelope
from rapport.inbox.models import Arrival
from rapport.inbox.triage.disposition import Disposition
from rapport.understanding.reading import Reading, Turn


class Crossed(Exception):
    """Another worker stored one of these at this very moment. The batch is rolled back and looked at again."""


def clean(text: str, limit: int = 1_000_000) -> str:
    """A stranger's text as both engines can keep it: no NUL, no lone surrogates, at most ``limit`` characters."""
    return text.replace("\x00", "")[:limit].encode("utf-8", "replace").decode()


@dataclass(frozen=True)
class Counted:
    """Where the counters count a conversation: its state, and whose it is."""

    state: str
    assignee_id: int | None


@dataclass(eq=False)
class Thread:
    """A conversation while a batch turns it. ``was`` says where it (and each that it swallowed) was counted before.

    ``id`` is 0 until known; ``merged``: it swallowed others; ``touched``: a person acted on it.
    """

    key: bytes
    name: str
    id: int = 0
    was: list[Counted] = field(default_factory=list)
    merged: bool = False
    touched: bool = False
    state: str = "quiet"
    assignee_id: int | None = None
    identity_id: int | None = None
    snippet: str = ""
    urgency: int = 0
    headline: str = ""
    due_at: datetime | None = None
    snoozed_until: datetime | None = None
    position: int = 0
    message_count: int = 0
    last_message_at: datetime | None = None
    last_ours: bool = False
    turns: list[Turn] = field(default_factory=list)


@dataclass(eq=False)
class Line:
    """One message: as it arrived, then step by step what became of it."""

    arrival: Arrival
    envelope: Envelope
    key: bytes
    ours: bool
    said_at: datetime
    thread: Thread
    identity_id: int = 0
    message_id: int = 0
    before: tuple[Turn, ...] = ()
    reading: Reading | None = None
    decision: Disposition | None = None
