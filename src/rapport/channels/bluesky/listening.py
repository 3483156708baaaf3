"""Everything that is said on Bluesky, listened to through Jetstream; what is about a topic is kept, the rest is counted.

Give it an account, and it also hears who speaks to that account the moment they do, keeps to its blocks, and answers.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from rapport import net
from rapport.channels import envelopes
from rapport.channels.base import (
    Batch,
    ChannelError,
    Handle,
    Limit,
    Outgoing,
    Setting,
    Settings,
    Showing,
    Stop,
    Takes,
    Target,
    Unreadable,
    terms_of,
)
from rapport.channels.bluesky import session
from rapport.channels.bluesky.channel import BlueskyChannel
from rapport.channels.bluesky.compose import POST
from rapport.channels.bluesky.fields import row, rows, word
from rapport.channels.bluesky.jetstream import BLOCK, EPOCH, Ear
from rapport.channels.bluesky.session import Session
from rapport.channels.bluesky.topics import Topics
from rapport.channels.further import Deed
from rapport.net.sentence import Sentence

STREAM = "wss://jetstream2.us-east.bsky.network/subscribe"
REWIND = 5_000_000
"""Microseconds that are heard twice after a break: servers reorder what is younger, and doubles are taken once."""
FLUSH = 0.5
"""Seconds that what was found may wait for company."""
SIGN = 10.0
"""Seconds after which how far the stream was heard is written down, though nothing was found."""
SILENCE = 60.0
"""Seconds without any frame after which the line is given up: somewhere in the world somebody always speaks."""
MOST_AT_ONCE = 200
GAP = 600_000_000
"""Microseconds between what was heard last and what comes first after a break that are said to be missing."""
MOST_BLOCKS = 100
"""Pages of blocks (a hundred each) that are read at the beginning."""
READ_ONLY = "This source only listens. Give it the account’s handle and an app password, and it can answer, too."


class BlueskyPosts:
    """The stream of all posts; answers through the account it was given, if it was given one."""

    kind = "bluesky_posts"
    label = "Bluesky, all posts"
    settings: tuple[Setting, ...] = (
        Setting(
            key="topics",
            label="Topics",
            help="One a line: words and phrases. Every public post with one of them comes in. Without any: the words "
            "that your workspace knows.",
            kind="paragraph",
            required=False,
        ),
        Setting(
            key="handle",
            label="Handle",
            help="Of your account, if you have one: who speaks to it is heard at once, its blocks are kept, and answers "
            "go out through it.",
            required=False,
        ),
        Setting(key="app_password", label="App password", help="Of that account.", kind="secret", required=False),
        Setting(key="service", label="Server", kind="url", required=False, default=session.SERVICE),
        Setting(
            key="stream",
            label="Stream",
            help="A Jetstream server’s address.",
            required=False,
            default=STREAM,
        ),
    )
    limit: Limit | None = BlueskyChannel.limit
    cannot_send = ""
    marks_language = True
    reactions = BlueskyChannel.reactions
    unsends_how = BlueskyChannel.unsends_how
    _account = BlueskyChannel()

    def cannot_send_why(self, settings: Settings) -> str:
        return "" if settings.get("handle") and settings.get("app_password") else READ_ONLY

    def validate(self, settings: Settings) -> None:
        session.service_of(settings)
        _address(settings)
        if bool(settings.get("app_password", "").strip()) != bool(settings.get("handle", "").strip()):
            raise ChannelError("Write both the handle and its app password, or neither.", permanent=True)

    def check(self, settings: Settings) -> str:
        """Open the stream, hear something, and say what is listened for."""
        us = _us(settings)
        found = topics(settings)
        with _open(_address(settings), "") as line:
            heard = line.receive(10.0)
        if heard is None:
            return "The stream is open, but nobody said anything within ten seconds."
        if not found.words and not us:
            return "The stream is open. There is no topic to listen for yet: nothing will come in."
        return Sentence("The stream is open. It is listened to for %(n)s topics.", n=len(found.words))

    def listen(self, settings: Settings, cursor: str | None, stop: Stop) -> Iterator[Batch]:
        address = _address(settings)
        us = _us(settings)
        host, _, time_us = (cursor or "").partition(" ")
        # Whoever begins, begins now: a line that breaks before anything was found goes on from there all the same.
        heard = int(time_us) if time_us.isdecimal() else time.time_ns() // 1000
        if cursor and host != _host(address):
            heard -= 60_000_000  # another server's clock
        ear = Ear(topics(settings), us, _blocks(settings, us), time_us=heard)
        with _open(address, str(max(1, heard - REWIND)), blocks=bool(us)) as line:
            yield Batch(cursor=f"{_host(address)} {heard}")
            yield from _hear(line, ear, _host(address), heard, stop, lambda: topics(settings))

    def send(self, settings: Settings, outgoing: Outgoing) -> Handle:
        return self._account.send(self._may(settings, outgoing.text), outgoing)

    def find(self, settings: Settings, idempotency_key: str) -> Handle | None:
        return self._account.find(self._may(settings), idempotency_key)

    def recognise(self, settings: Settings, outgoing: Outgoing) -> Handle | None:
        return self._account.recognise(self._may(settings), outgoing)

    def known_as(self, settings: Settings) -> tuple[str, ...]:
        return self._account.known_as(settings)

    def parts(self, text: str) -> list[str]:
        return self._account.parts(text)

    def unsend(self, settings: Settings, external_id: str) -> None:
        self._account.unsend(self._may(settings), external_id)

    def react(self, settings: Settings, external_id: str, kind: str, on: bool = True) -> None:
        self._account.react(self._may(settings), external_id, kind, on)

    def target(self, settings: Settings, external_id: str, version: str) -> Target:
        return self._account.target(self._may(settings), external_id, version)

    def cannot_why(self, deed: Deed, external_id: str) -> str:
        return self._account.cannot_why(deed, external_id)

    def show(self, settings: Settings, outgoing: Outgoing) -> Showing:
        return self._account.show(settings, outgoing)

    def carries(self, settings: Settings, *, public: bool) -> Takes:
        return self._account.carries(settings, public=public)

    def _may(self, settings: Settings, text: str = "x") -> Settings:
        if why := self.cannot_send_why(settings):
            raise ChannelError(why, permanent=True)
        return settings


def topics(settings: Settings) -> Topics:
    """What is listened for: this source's own topics, else the words that the workspace knows."""
    lines = settings.get("topics", "").splitlines()
    return Topics(lines if any(line.strip() for line in lines) else terms_of(settings))


def _hear(
    line: net.Line, ear: Ear, host: str, before: int, stop: Stop, wanted: Callable[[], Topics]
) -> Iterator[Batch]:
    """What comes, gathered for a moment. Ends when it is told to; raises ChannelError when the line breaks."""
    flushed = signed = heard = time.monotonic()
    first = True
    while not stop.is_set():
        try:
            raw = _receive(line)
        except ChannelError:
            yield _batch(ear, host)  # what was heard before the line broke
            raise
        now = time.monotonic()
        if raw is not None:
            heard = now
            ear.hear(raw)
            if first and ear.time_us > before:
                first = False
                if ear.time_us - before > GAP:
                    ear.unreadable.append(_missing(before, ear.time_us))
        elif now - heard > SILENCE:
            raise ChannelError("The stream says nothing any more.")
        brings = len(ear.items) + len(ear.gone) + len(ear.unreadable)
        if (brings and (raw is None or now - flushed > FLUSH or brings >= MOST_AT_ONCE)) or now - signed > SIGN:
            flushed = now
            if now - signed > SIGN:
                signed, fresh = now, wanted()
                ear.topics = fresh if fresh.words != ear.topics.words else ear.topics
            yield _batch(ear, host)


def _receive(line: net.Line) -> bytes | None:
    try:
        return line.receive(0.1)
    except net.NetError as error:
        raise ChannelError(error.message) from error


def _batch(ear: Ear, host: str) -> Batch:
    """What was gathered, and an empty ear again. The cursor is what was heard last: all before it is in this batch."""
    batch = Batch(
        items=tuple(ear.items),
        unreadable=tuple(ear.unreadable),
        gone=tuple(ear.gone),
        passed=ear.passed,
        cursor=f"{host} {ear.time_us}" if ear.time_us else None,
    )
    ear.items, ear.unreadable, ear.gone, ear.passed = [], [], [], 0
    return batch


@contextmanager
def _open(address: str, cursor: str, *, blocks: bool = False) -> Iterator[net.Line]:
    """The stream from the cursor on (which it says again: the first event is one that was heard)."""
    query = [("wantedCollections", POST), *([("wantedCollections", BLOCK)] if blocks else [])]
    query += [("cursor", cursor)] if cursor else []
    try:
        with net.websocket(f"{address}{'&' if '?' in address else '?'}{urlencode(query)}") as line:
            yield line
    except (net.Refused, net.Rejected) as error:
        raise ChannelError(error.message, permanent=isinstance(error, net.Refused)) from error
    except net.NetError as error:
        raise ChannelError(error.message) from error


def _missing(before: int, first: int) -> Unreadable:
    """What the server no longer had when we came back: said once, so that nobody takes the silence for calm."""
    since, until = (EPOCH + timedelta(microseconds=time) for time in (before, first))
    words = f"The stream no longer had what was said between {since:%d %B %H:%M} and {until:%d %B %H:%M} UTC."
    return envelopes.unreadable("stream", words, b"")


def _address(settings: Settings) -> str:
    """The stream's address without a query of ours. Raises a permanent ChannelError."""
    given = settings.get("stream", "").strip() or STREAM
    try:
        parts = urlsplit(given)
        fine = parts.scheme in {"wss", "ws"} and bool(parts.hostname) and not parts.fragment and parts.port != 0
    except ValueError:
        fine = False
    if not fine or len(given) > 500:
        raise ChannelError("The stream’s address is written like wss://jetstream.example/subscribe.", permanent=True)
    return given


def _host(address: str) -> str:
    return urlsplit(address).netloc


def _us(settings: Settings) -> str:
    """The DID of our account; empty where none was given."""
    return Session(settings).did if settings.get("app_password") else ""


def _blocks(settings: Settings, us: str) -> dict[str, str]:
    """Whom our account has blocked, as it says in public: the block's address by the DID of who is blocked."""
    found: dict[str, str] = {}
    at = ""
    for _ in range(MOST_BLOCKS if us else 0):
        query: dict[str, Any] = {"repo": us, "collection": BLOCK, "limit": 100, "cursor": at}
        try:
            answer = Session(settings).get("com.atproto.repo.listRecords", **query)
            for raw in rows(answer, "records"):
                found[word(row(raw), "value", "subject")] = word(row(raw), "uri")
            at = word(row(answer), "cursor")
        except ValueError as error:
            raise ChannelError("Bluesky answered with something that is no list of blocks.") from error
        if not at:
            break
    return found
