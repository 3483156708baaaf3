"""Incoming abilities: the ways in which words come from a network to us.

Apart from ``base``, which lists them all, because a channel that only listens is made of these.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import BinaryIO, Protocol, runtime_checkable

from rapport.channels.connected import Settings
from rapport.channels.crossing import Batch

Stop = threading.Event
"""How a long-lived call learns that it must end."""


@runtime_checkable
class Fetches(Protocol):
    """Can be polled: what is new since ``cursor`` (None the first time), oldest first, at most 500 items.

    A channel may say how often by ``every`` (a timedelta; a minute where it says nothing).
    """

    def fetch(self, settings: Settings, cursor: str | None) -> Batch: ...


@runtime_checkable
class Streams(Protocol):
    """Can be listened to. Yields an empty Batch as soon as it is connected (whoever listens then polls once more, so
    that nothing falls between), afterwards what comes, and an empty Batch at least every half minute as a sign of life.

    ``cursor`` is its own, apart from that of ``fetch``. Ends when the other side does, within two seconds of ``stop``,
    or with ChannelError; whoever listens begins anew.
    """

    def listen(self, settings: Settings, cursor: str | None, stop: Stop) -> Iterator[Batch]: ...


@runtime_checkable
class Backfills(Protocol):
    """Can bring what was said before it was connected: from ``since`` on, in any order, while the batch says ``more``.

    What we said ourselves belongs to it, so that nobody is taken to wait who was answered elsewhere. ``cursor`` is its
    own, None the first time; ``Batch.far`` says how far it has come.
    """

    def backfill(self, settings: Settings, since: datetime, cursor: str | None) -> Batch: ...


@runtime_checkable
class Receives(Protocol):
    """Can be delivered to: ``receive`` verifies a stranger's request (headers lower-cased) and reads it."""

    def receive(self, settings: Settings, headers: Mapping[str, str], body: bytes, now: datetime) -> Batch: ...


@runtime_checkable
class Verifies(Protocol):
    """Is asked, before anything is delivered, whether this was wanted: ``query`` is what a GET there asked. The answer's
    text, or ChannelError with the status for what was not."""

    def verify(self, settings: Settings, query: Mapping[str, str], now: datetime) -> str: ...


@runtime_checkable
class Reads(Protocol):
    """Can read a file of history, in batches, in flat memory."""

    def read(self, stream: BinaryIO, settings: Settings) -> Iterator[Batch]: ...
