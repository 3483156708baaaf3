"""Live hints: tells every open browser of a workspace *what changed*, never what it says.

A plain-ASGI server of Server-Sent Events (WHATWG HTML, section 9.2) beside the pages: an idle client costs one waiting
coroutine and no queue. What is published lies once in its workspace's short memory (``core/room.py``); each client
only remembers how far it has read. Whoever has fallen behind that memory is told ``resync`` and asks for everything
anew, so a slow client costs nothing and misses nothing. ``publish`` is the only door: every hint goes through it.
"""

from __future__ import annotations

import asyncio
import json
import logging
import random
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qs

from rapport.core.room import Client, Message, Room, Send, encode, event
from rapport.core.tickets import DESK, WrongTicket, read_ticket

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Authorise = Callable[[int, int], bool]
"""May this member (second) hear this workspace (first)? Called in a thread; it may ask the database."""

log = logging.getLogger("rapport.live")
ROOM_REMEMBERS = 120.0


class Hub:
    """The live hub, an ASGI application for one path.

    ``GET ?ticket=…`` opens a stream: ``hello``, then ``hint`` events; ``Last-Event-ID`` (or ``&last=``) resumes.
    ``key`` signs tickets. Times in seconds: ``keepalive`` between signs of life, ``recheck`` between two askings of
    ``authorise``, ``stall`` until a client that takes nothing is cut off. ``remembered`` hints are kept per workspace.
    ``audience`` is who listens here: another's tickets open nothing, and another's hints are not heard. Visitors of a chat
    have rooms of their own instead of workspaces.
    """

    def __init__(
        self,
        authorise: Authorise,
        key: str,
        *,
        keepalive: float = 15.0,
        recheck: float = 180.0,
        stall: float = 30.0,
        remembered: int = 256,
        per_member: int = 24,
        audience: str = DESK,
    ) -> None:
        self.authorise, self.key, self.audience = authorise, key, audience
        self.keepalive, self.recheck, self.stall = keepalive, recheck, stall
        self.remembered, self.per_member = remembered, per_member
        self.rooms: dict[int, Room] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._asking = ThreadPoolExecutor(2, thread_name_prefix="live")

    def open(self) -> None:
        """Begin: called on the server's event loop when it starts. From now on :func:`publish` reaches this hub."""
        self._loop = asyncio.get_running_loop()
        self._tasks = [self._loop.create_task(self._beat()), self._loop.create_task(self._look_again())]
        _attached.add(self)

    def close(self) -> None:
        """End every stream: called on the event loop when the server is asked to stop. A second call does nothing."""
        _attached.discard(self)
        self._loop = None
        for task in self._tasks:
            task.cancel()
        for client in self._clients():
            client.ending = True
            self._wake(client)
        self._asking.shutdown(wait=False)

    def publish(self, workspace_id: int, hint: Mapping[str, Any] | str) -> None:
        """Tell the workspace's browsers; see the module's :func:`publish`."""
        data = encode(hint)
        if (loop := self._loop) is None:
            return
        try:
            loop.call_soon_threadsafe(self._spread, workspace_id, data)
        except RuntimeError:
            log.debug("The server stopped before a hint was told; nobody was listening any more")

    def position(self, workspace_id: int) -> int:
        """The id of the workspace's last hint; see the module's :func:`position`."""
        room = self._room(workspace_id)
        room.empty_since = time.monotonic()
        return room.last

    def _spread(self, workspace_id: int, data: str) -> None:
        if (room := self.rooms.get(workspace_id)) is None:
            return
        room.last += 1
        room.recent.append(event("hint", room.last, data))
        for client in room.clients:
            self._wake(client)

    def _wake(self, client: Client) -> None:
        """One writer at a time: two could send behind each other's back, and an ended stream takes no more."""
        if client.writer is None and client in client.room.clients:
            client.writer = asyncio.get_running_loop().create_task(self._write(client))

    async def _write(self, client: Client) -> None:
        try:
            async with asyncio.timeout(None) as patience:
                while said := client.next_bytes():
                    patience.reschedule(asyncio.get_running_loop().time() + self.stall)
                    await client.send({"type": "http.response.body", "body": said, "more_body": True})
                if client.ending:
                    patience.reschedule(asyncio.get_running_loop().time() + self.stall)
                    client.room.clients.discard(client)
                    await client.send({"type": "http.response.body", "body": b""})
        except TimeoutError:
            log.info("A live client took nothing for %g seconds and was cut off", self.stall)
            client.abort()
        finally:
            client.writer = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            client = await self._admit(scope, send)
        except NotAdmitted as refusal:
            await refusal.answer(send)
            return
        try:
            while (await receive())["type"] != "http.disconnect":
                pass
        finally:
            client.room.clients.discard(client)
            client.room.empty_since = time.monotonic()

    async def _admit(self, scope: Scope, send: Send) -> Client:
        """Check the ticket, ask ``authorise``, greet. Raises NotAdmitted."""
        asked = parse_qs(scope["query_string"].decode("latin1"))
        if scope["method"] != "GET":
            raise NotAdmitted(405, "Hints are only read: use GET.")
        try:
            workspace_id, member_id = read_ticket(asked.get("ticket", [""])[0], self.key, time.time(), self.audience)
        except WrongTicket as error:
            raise NotAdmitted(403, str(error)) from error
        if self._loop is None:
            raise NotAdmitted(503, "The server is stopping.")
        if not await self._ask(workspace_id, member_id):
            raise NotAdmitted(404, "There is nothing here to listen to.")
        room = self._room(workspace_id)
        if sum(other.member_id == member_id for other in room.clients) >= self.per_member:
            raise NotAdmitted(429, "Too many open windows of one member. Close some.")
        task = asyncio.current_task()
        abort = scope.get("state", {}).get("rapport.abort") or (task.cancel if task else _nothing)
        seen = last_seen(scope, asked)
        client = Client(room, workspace_id, member_id, send, abort, room.last if seen is None else seen, 0.0)
        client.recheck_at = time.monotonic() + self.recheck * random.uniform(0.8, 1.2)
        await send({"type": "http.response.start", "status": 200, "headers": STREAM})
        hello = event("hello", client.seen, json.dumps({"id": room.last}))
        await send({"type": "http.response.body", "body": hello, "more_body": True})
        room.clients.add(client)
        client.ending = self._loop is None
        self._wake(client)
        return client

    async def _ask(self, workspace_id: int, member_id: int) -> bool:
        """Ask in a thread; an answer that cannot be had is a no, and is logged: the browser asks again by itself."""
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._asking, self.authorise, workspace_id, member_id)
        except Exception:
            log.exception("Whether member %d may hear workspace %d could not be asked", member_id, workspace_id)
            return False

    def _room(self, workspace_id: int) -> Room:
        """The workspace's room. A new one counts from the clock (µs), so that ids grow over restarts as well."""
        if room := self.rooms.get(workspace_id):
            return room
        new = Room(deque(maxlen=self.remembered), time.time_ns() // 1000, empty_since=time.monotonic())
        return self.rooms.setdefault(workspace_id, new)  # a page's thread (position) may be faster than we

    def _clients(self) -> list[Client]:
        return [client for room in list(self.rooms.values()) for client in room.clients]

    async def _beat(self) -> None:
        """Every ``keepalive`` seconds a sign of life to all; rooms that stayed empty are given up."""
        while True:
            await asyncio.sleep(self.keepalive)
            for client in self._clients():
                client.pinged = True
                self._wake(client)
            long_ago = time.monotonic() - ROOM_REMEMBERS
            for workspace_id, room in list(self.rooms.items()):
                if not room.clients and room.empty_since < long_ago:
                    del self.rooms[workspace_id]

    async def _look_again(self) -> None:
        """Who may no longer hear is sent away. Apart from the beat: a slow database must not look like a dead line."""
        while True:
            await asyncio.sleep(self.recheck / 10)
            for client in self._clients():
                if client.recheck_at <= time.monotonic():
                    client.recheck_at += self.recheck
                    client.ending = not await self._ask(client.workspace_id, client.member_id)
                    self._wake(client)


class NotAdmitted(Exception):
    """A listener who is not let in: the status and a sentence."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status, self.sentence = status, sentence

    async def answer(self, send: Send) -> None:
        headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store")]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": f"{self.sentence}\n".encode()})


STREAM = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),  # nginx would keep the hints to itself
    (b"x-content-type-options", b"nosniff"),
]
_attached: set[Hub] = set()


def publish(workspace_id: int, hint: Mapping[str, Any] | str, audience: str = DESK) -> None:
    """Tell all open browsers of a workspace that something changed. From any thread; call it after the commit.

    ``hint`` is a name ("conversation.turned") or a mapping with ``name`` and a few ids or codes; never words of a
    person: every member hears it, whatever they may see. Without a server in this process it does nothing.
    Raises ValueError for a name that is none.
    """
    for hub in _hubs(audience):
        hub.publish(workspace_id, hint)


def position(workspace_id: int) -> int:
    """Where a workspace's hints stand, for ``<body data-live-seen>``: a browser that resumes from here misses nothing
    of what happened while its page was on the way. Ask *before* the page reads its rows. 0 without a server here."""
    return max((hub.position(workspace_id) for hub in _hubs()), default=0)


def watched(workspace_id: int) -> bool:
    """Has anybody a page of this workspace open, as far as the server in this process knows?"""
    rooms = (hub.rooms.get(workspace_id) for hub in _hubs())
    return any(room is not None and bool(room.clients) for room in rooms)


def _hubs(audience: str = DESK) -> list[Hub]:
    return [hub for hub in tuple(_attached) if hub.audience == audience]


def last_seen(scope: Scope, asked: Mapping[str, list[str]]) -> int | None:
    """The last id this browser had, from the header or from ``&last=``; None when it comes for the first time.
    What cannot be a number counts as an id never given, so that the browser is told to ask anew."""
    given = next((v.decode("latin1") for k, v in scope["headers"] if k == b"last-event-id"), "")
    given = given or asked.get("last", [""])[0]
    if not given:
        return None
    return int(given) if given.isascii() and given.isdigit() and len(given) < 19 else 0


def _nothing() -> None:
    """There is no task to cut off."""
