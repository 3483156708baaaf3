"""Listening: the streams of an account, each heard by a thread of its own, brought together as batches.

A stream is only the faster way: whatever it loses comes by polling, which whoever listens does after every beginning.
"""

from __future__ import annotations

import contextvars
import queue
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from rapport import net
from rapport.channels import envelopes
from rapport.channels.base import Batch, ChannelError, Item, Stop
from rapport.channels.loose import Row, many, part, word
from rapport.channels.mastodon import family, parse, sse
from rapport.channels.mastodon.client import Server
from rapport.channels.mastodon.family import Family
from rapport.channels.mastodon.home import Home

SILENCE = 75.0
"""Seconds without a byte after which a stream counts as dead: servers give a sign of life every fifteen."""
ALIVE = 15.0
"""Seconds between two signs of life of our own."""
UNLISTENED = 20.0
"""Seconds between two polls of a server that has no streams."""
NO_STREAMS = frozenset({400, 404, 405, 406, 410, 426, 501})
MOST_WAITING = 2_000


@dataclass(frozen=True)
class Ear:
    """One stream: its path, and which of the messages there are for us."""

    path: str
    wanted: Callable[[Row], bool]
    whole: bool = False
    """Its threads are fetched from their beginning."""


Waiting = queue.Queue[tuple[Ear, "sse.Event | Exception | None"]]


class NotServed(Exception):
    """The server has no such stream."""


def ears(home: Home, hashtags: list[str], public: str, wanted: Callable[[Row], bool]) -> list[Ear]:
    """The account's own stream first."""

    def concerns(said: Row) -> bool:
        tagged = {word(one, "id") for one in many(said, "mentions")}
        return (
            home.id in tagged
            or word(said, "account", "id") == home.id
            or word(said, "in_reply_to_account_id") == home.id
        )

    found = [Ear("/api/v1/streaming/user", concerns, whole=True)]
    found += [Ear(f"/api/v1/streaming/hashtag?{urlencode({'tag': tag})}", lambda said: True) for tag in hashtags]
    if public:
        found.append(Ear(f"/api/v1/streaming/public{'/local' if public == 'local' else ''}", wanted))
    return found


def listen(server: Server, home: Home, heard: list[Ear], blocked: frozenset[str], stop: Stop) -> Iterator[Batch]:
    """Batches as they come; an empty one when the account's stream stands, and as a sign of life. Raises ChannelError."""
    ended = threading.Event()
    waiting: Waiting = queue.Queue(MOST_WAITING)
    base = home.streaming or server.base
    threads = [
        threading.Thread(
            target=contextvars.copy_context().run, args=(_hear, server, base, ear, waiting, ended), daemon=True
        )
        for ear in heard
    ]
    try:
        for thread in threads:
            thread.start()
        yield from _told(Hearing(server, home, blocked), heard[0], waiting, stop)
    finally:
        ended.set()
        for thread in threads:
            thread.join(1.0)


def _told(hearing: Hearing, own: Ear, waiting: Waiting, stop: Stop) -> Iterator[Batch]:
    """What the threads tell, one thing after the other. ``own`` is the account's stream: without it nothing is heard."""
    spoke = time.monotonic()
    while not stop.is_set():
        try:
            ear, event = waiting.get(timeout=0.5)
        except queue.Empty:
            if time.monotonic() - spoke > ALIVE:
                spoke = time.monotonic()
                yield Batch()
            continue
        if isinstance(event, NotServed):
            if ear is own:
                yield Batch()
                stop.wait(UNLISTENED)  # the next visit polls: that is all which such a server offers
                return
        elif isinstance(event, Exception):
            raise event if isinstance(event, ChannelError) else ChannelError("A stream broke off.") from event
        elif event is None:
            if ear is own:
                yield Batch()
        elif (batch := hearing.batch(ear, event)) != Batch():
            spoke = time.monotonic()
            yield batch


def _hear(
    server: Server, base: str, ear: Ear, waiting: Waiting, ended: threading.Event,
) -> None:  # fmt: skip
    """One stream to its end, which is told like everything else (None: it stands)."""
    try:
        headers = {"accept": "text/event-stream", **server.bearer()}
        with net.stream(f"{base}{ear.path}", headers=headers, stop=ended, silence=SILENCE) as answer:
            streams = answer.headers.get("content-type", "").startswith("text/event-stream")
            if answer.status in NO_STREAMS or (answer.status == 200 and not streams):
                waiting.put((ear, NotServed()))
                return
            if answer.status != 200:
                raise server.refused(answer.status, net.Answer(answer.status, answer.headers, b"", base))
            waiting.put((ear, None))
            for event in sse.events(answer.chunks):
                if ended.is_set():
                    return
                if event.name:
                    waiting.put((ear, event), timeout=60)
        raise ChannelError(f"{server.host} ended the stream.")
    except net.NetError as error:
        told: Exception = ChannelError(error.message)
    except (ChannelError, queue.Full) as error:
        told = error
    if not ended.is_set():
        waiting.put((ear, told))


class Hearing:
    """What an event of a stream means."""

    def __init__(self, server: Server, home: Home, blocked: frozenset[str]) -> None:
        self._server, self._home, self._blocked = server, home, blocked
        self._family = Family(server, home)

    def batch(self, ear: Ear, event: sse.Event) -> Batch:
        """Empty where nobody said anything to us. Raises ChannelError where a thread cannot be fetched."""
        if event.name == "delete":
            return self._gone(event.data.strip())
        try:
            said = self._said(ear, event)
            if said is None or word(said, "account", "id") in self._blocked:
                return Batch()
            raw = event.data.encode("utf-8", "replace")
            items = self._family.with_ancestors(said, raw) if ear.whole else [self._family.item(said, raw)]
        except ValueError as error:
            why = f"{str(error)[:1].upper()}{str(error)[1:]}."
            bytes_ = event.data.encode("utf-8", "replace")
            return Batch(unreadable=(envelopes.unreadable(f"stream {event.name}"[:60], why, bytes_),))
        return Batch(tuple(items))

    def _said(self, ear: Ear, event: sse.Event) -> Row | None:
        """The status that an event is about, where it is for us."""
        if event.name not in {"notification", "update", "status.update", "conversation"}:
            return None
        row = parse.row(event.data)
        if event.name == "notification":
            return parse.spoken(row, self._home)
        if event.name == "conversation":
            return part(row, "last_status") or None
        known = event.name == "status.update" and family.NAMES.of(self._server.base, word(row, "id")) is not None
        return row if (known or ear.wanted(row)) and not part(row, "reblog") else None

    def _gone(self, id: str) -> Batch:
        """A deletion names the server's own id alone: of what nobody here has seen it means nothing."""
        known = family.NAMES.of(self._server.base, id)
        if known is None:
            return Batch()
        uri, author = known
        raw = parse.encoded({"event": "delete", "id": id, "uri": uri})
        return Batch((Item(parse.gone(uri, author), raw),))
