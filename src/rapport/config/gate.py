"""The gate: stands before the thread pool and lets only complete requests through.

A thread that waits for a stranger's next byte is a thread that serves nobody: ten half-open POSTs once froze every
page. So the body is read here, where waiting costs a few kilobytes instead of a thread; what is too long, too slow or
too many is answered in a sentence, and only then a whole request, with its true Content-Length, is handed on.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile

from rapport.config.limits import KB, MB, Limits
from rapport.core.live import App, Receive, Scope
from rapport.core.room import Message, Send
from rapport.net import addresses
from rapport.net.sentence import Sentence

log = logging.getLogger("rapport.gate")
CHUNK = 64 * KB
Show = Callable[[Scope, int, str], tuple[bytes, list[tuple[bytes, bytes]]]]
"""The page that says a status and its sentence to a person, and its headers. Runs on the event loop: no database."""


class Turned(Exception):
    """A request that goes no further: the status, and the sentence its sender gets to read."""

    def __init__(self, status: int, sentence: Sentence, retry_after: int | None = None) -> None:
        super().__init__(sentence)
        self.status, self.sentence, self.retry_after = status, sentence, retry_after


class Left(Exception):
    """The client went away before its request was complete: nobody is there to answer."""


@dataclass(slots=True)
class Body:
    """What has come of one request's body, and how many bytes that is."""

    file: SpooledTemporaryFile[bytes]
    size: int = 0


class Gate:
    """ASGI middleware. ``counts`` holds, per status, how many were turned away (and ``"stalled"`` readers).

    Who is turned away reads a sentence; a browser gets it on a page, where ``show`` makes one.
    """

    def __init__(self, app: App, limits: Limits | None = None, show: Show | None = None) -> None:
        self.app, self.show = app, show
        self.limits = limits or Limits()
        self.counts: Counter[int | str] = Counter()
        self._held = 0
        self._inside: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        patient = self._patient(scope, send)
        try:
            with self._place(scope), self._room() as body:
                await self._read(scope, receive, body)
                await self.app(complete(scope, body.size), replay(body, receive), patient)
        except Turned as refusal:
            self.counts[refusal.status] += 1
            log.info("%s %s: %d %s", scope["method"], scope["path"], refusal.status, refusal.sentence)
            await self._turn_away(refusal, scope, receive, patient)
        except Left:
            self.counts["left"] += 1

    @contextmanager
    def _place(self, scope: Scope) -> Iterator[None]:
        """One of the places an address has on the public paths."""
        if not self.limits.is_public(scope["path"]):
            yield
            return
        address = neighbourhood(scope)
        if self._inside[address] >= self.limits.per_address:
            raise Turned(429, Sentence("Too many requests from your address at once. Wait for some to finish."), 10)
        self._inside[address] += 1
        try:
            yield
        finally:
            self._inside[address] -= 1
            if not self._inside[address]:
                del self._inside[address]

    @contextmanager
    def _room(self) -> Iterator[Body]:
        """Room for one body, counted until its request is over."""
        with SpooledTemporaryFile(max_size=self.limits.memory, dir=self.limits.folder) as file:
            body = Body(file)
            try:
                yield body
            finally:
                self._held -= body.size

    async def _read(self, scope: Scope, receive: Receive, body: Body) -> None:
        """The whole body into ``body``. Raises Turned or Left."""
        limit = self.limits.body_at(scope["path"])
        if (declared := check_head(scope)) > limit:
            raise Turned(413, too_long(limit))
        started = last = time.monotonic()
        more = True
        while more:
            message = await self._next(receive, body.size, started, last)
            more = message.get("more_body", False)
            if chunk := message.get("body", b""):
                self._keep(chunk, body, limit)
                last = time.monotonic()
        if declared >= 0 and body.size != declared:
            sentence = Sentence("The request says it has %(said)s bytes and has %(has)s.", said=declared, has=body.size)
            raise Turned(400, sentence)
        body.file.seek(0)

    async def _next(self, receive: Receive, size: int, started: float, last: float) -> Message:
        """The next piece of the body, unless it comes later than the limits allow."""
        limits = self.limits
        if size:
            due = min(last + limits.pause, started + limits.whole, started + max(limits.grace, size / limits.rate))
            sentence = Sentence("The request arrives too slowly. Try again on a better connection.")
        else:
            due = started + limits.first_byte
            sentence = Sentence(
                "The request stopped after its headers: nothing came for %(n)s seconds.", n=f"{limits.first_byte:g}"
            )
        try:
            async with asyncio.timeout(due - time.monotonic()):
                message = await receive()
        except TimeoutError:
            raise Turned(408, sentence) from None
        if message["type"] == "http.disconnect":
            raise Left
        return message

    def _keep(self, chunk: bytes, body: Body, limit: int) -> None:
        if body.size + len(chunk) > limit:
            raise Turned(413, too_long(limit))
        if self._held + len(chunk) > self.limits.held:
            raise Turned(503, Sentence("Too much is being uploaded at this moment. Try again in a minute."), 60)
        try:
            # On the event loop on purpose: 64 KB into the page cache take less than a hop to a thread and back.
            body.file.write(chunk)
        except OSError as error:
            log.exception("A request's body could not be kept")
            raise Turned(503, Sentence("There is no room left here to take this request."), 600) from error
        body.size += len(chunk)
        self._held += len(chunk)

    async def _turn_away(self, refusal: Turned, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, then read on for a moment: closing on unread bytes would destroy the answer on its way (TCP RST)."""
        if self.show and by_a_person(scope):
            text, headers = self.show(scope, refusal.status, refusal.sentence)
        else:
            text, headers = (refusal.sentence + "\n").encode(), [(b"content-type", b"text/plain; charset=utf-8")]
        headers = [
            *headers,
            (b"content-length", str(len(text)).encode()),
            (b"x-content-type-options", b"nosniff"),
            (b"connection", b"close"),
        ]
        if refusal.retry_after:
            headers.append((b"retry-after", str(refusal.retry_after).encode()))
        await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
        await send({"type": "http.response.body", "body": text, "more_body": True})
        try:
            async with asyncio.timeout(self.limits.linger if refusal.status != 408 else 0):
                while (await receive()).get("more_body", False):
                    pass
        except TimeoutError:
            log.debug("A refused body was still coming when it was cut off")
        await send({"type": "http.response.body", "body": b""})

    def _patient(self, scope: Scope, send: Send) -> Send:
        """``send`` that gives up on a client which stops reading: the thread behind must not wait for it for ever.

        It never raises: a2wsgi would leave its thread blocked for good. The rest of the answer goes nowhere.
        """
        gone = False

        async def patient(message: Message) -> None:
            nonlocal gone
            if gone:
                return
            try:
                async with asyncio.timeout(self.limits.stall):
                    await send(message)
            except TimeoutError:
                gone = True
                self.counts["stalled"] += 1
                if abort := scope.get("state", {}).get("rapport.abort"):
                    abort()

        return patient


def check_head(scope: Scope) -> int:
    """The declared length of the body, -1 when none is declared. Raises Turned for a head that two readers (a proxy
    and we) could understand differently: RFC 9112 section 6.3 allows to refuse both length headers together."""
    lengths = [value for name, value in scope["headers"] if name == b"content-length"]
    chunked = any(name == b"transfer-encoding" for name, _ in scope["headers"])
    if len(set(lengths)) > 1 or (lengths and chunked) or not all(value.isdigit() for value in lengths):
        raise Turned(400, Sentence("The request's length is given twice or is not a number."))
    if "\0" in scope["path"] or not scope["query_string"].isascii():
        raise Turned(400, Sentence("The address holds characters that no address may hold."))
    return int(lengths[0]) if lengths and len(lengths[0]) < 20 else (-1 if not lengths else 1 << 63)


def complete(scope: Scope, size: int) -> Scope:
    """The scope of the whole request: its true length, however it came. Headers with an underscore are dropped, for
    WSGI could not tell ``X_Forwarded_For`` from ``X-Forwarded-For``."""
    gone = {b"content-length", b"transfer-encoding"}
    headers = [(name, value) for name, value in scope["headers"] if name not in gone and b"_" not in name]
    if size or len(headers) != len(scope["headers"]):
        headers.append((b"content-length", str(size).encode()))
    return {**scope, "headers": headers}


def replay(body: Body, receive: Receive) -> Receive:
    """A ``receive`` that gives the kept body in pieces of 64 KB, and afterwards whatever the connection says."""
    left, done = body.size, False

    async def again() -> Message:
        nonlocal left, done
        if done:
            return await receive()
        chunk = body.file.read(CHUNK)
        left -= len(chunk)
        done = left <= 0
        return {"type": "http.request", "body": chunk, "more_body": not done}

    return again


def neighbourhood(scope: Scope) -> str:
    """Whom the address of this request belongs to."""
    return addresses.neighbourhood(str((scope.get("client") or ("", 0))[0]))


def by_a_person(scope: Scope) -> bool:
    """Did a browser ask, to show a page? An element that fetches itself, and a program, read the bare sentence."""
    headers = dict(scope["headers"])
    return b"text/html" in headers.get(b"accept", b"") and b"hx-request" not in headers


def too_long(limit: int) -> Sentence:
    if limit >= MB:
        return Sentence("This is more than the %(n)s MB that may be sent here.", n=limit // MB)
    return Sentence("This is more than the %(n)s bytes that may be sent here.", n=limit)
