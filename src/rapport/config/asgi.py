"""One process: the live hub and the pages behind the gate on one port, and the threads that work beside them.

``uvicorn rapport.config.asgi:application`` serves pages only; ``rapport up`` adds the worker through ``make``.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, cast

from a2wsgi import WSGIMiddleware

from rapport.config.crowd import Crowd
from rapport.config.gate import Gate, Show
from rapport.config.limits import Limits
from rapport.core.live import App, Hub, Receive, Scope
from rapport.core.room import Send
from rapport.core.tickets import VISITORS
from rapport.core.trouble import trouble

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

Background = Callable[[threading.Event], object]
"""Works until the event is set, then returns within a second or so."""

log = logging.getLogger("rapport.server")
LIVE = "/live"
VISITING = "/chat/live"
THREADS = 16
CHUNKS = 256
"""Pieces of an answer that may wait for a slow reader while the thread that made them is free again: a whole static
file of 2 MB at whitenoise's 8 KB a piece."""
AGAIN = 5.0
"""Seconds after which a background thread that failed is started anew."""
LATEST = 300.0
"""The longest that it waits where the database itself is in trouble."""
FAREWELL = 1.5
"""Seconds that all background threads together are given to end."""


class Server:
    """The ASGI application. ``closing`` ends the open streams, which would otherwise hold a shutdown up."""

    def __init__(self, pages: Gate, hub: Hub, background: Sequence[Background], visitors: Hub) -> None:
        self.pages, self.hub, self.background = pages, hub, background
        self.visitors, self.crowd = visitors, Crowd(visitors)
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1000})
        elif scope["path"] == LIVE:
            await self.hub(scope, receive, send)
        elif scope["path"] == VISITING:
            await self.crowd(scope, receive, send)
        else:
            await self.pages(scope, receive, send)

    def closing(self) -> None:
        """The server was asked to stop: say so to the threads and end the streams. Called on the event loop."""
        self._stop.set()
        self.hub.close()
        self.visitors.close()

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        self.hub.open()
        self.visitors.open()
        for work in self.background:
            name = getattr(work, "__qualname__", type(work).__name__)
            thread = threading.Thread(target=tend, args=(work, self._stop, name), name=name, daemon=True)
            thread.start()
            self._threads.append(thread)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        self.closing()
        await asyncio.to_thread(self._farewell)
        await send({"type": "lifespan.shutdown.complete"})

    def _farewell(self) -> None:
        due = time.monotonic() + FAREWELL
        for thread in self._threads:
            thread.join(max(0.0, due - time.monotonic()))
            if thread.is_alive():
                log.warning("%s did not end in time; what it held is taken up at the next start.", thread.name)


def tend(work: Background, stop: threading.Event, name: str) -> None:
    """Run until stopped. Work that fails is logged and begins again: a silent death would look like a quiet day.

    The database's own trouble (a full disk, say) is one sentence, and is waited for longer each time it is still there.
    """
    wait = AGAIN
    while not stop.is_set():
        began = time.monotonic()
        try:
            work(stop)
            return
        except Exception as error:
            wait = AGAIN if time.monotonic() - began > LATEST else wait
            if sentence := trouble(error):
                log.error("%s %s waits; it looks again in %g seconds.", sentence, name, wait)
                stop.wait(wait)
                wait = min(LATEST, wait * 2)
            else:
                log.exception("%s failed; it starts again in %g seconds", name, AGAIN)
                stop.wait(AGAIN)


def build(
    wsgi_app: WSGIApplication,
    hub: Hub,
    limits: Limits | None = None,
    background: Sequence[Background] = (),
    show: Show | None = None,
    visitors: Hub | None = None,
) -> Server:
    """Put the parts together: any WSGI application for the pages, a hub, limits, threads to run beside, the page for
    whoever is turned away at the gate, and a hub for the visitors of chats."""
    # a2wsgi writes the same two protocols in its own types
    pages = cast(App, WSGIMiddleware(cast(Any, wsgi_app), workers=THREADS, send_queue_size=CHUNKS))
    visiting = visitors or Hub(lambda room, page: True, hub.key, audience=VISITORS, remembered=16)
    return Server(Gate(pages, limits, show), hub, background, visiting)


def make(background: Sequence[Background] = ()) -> Server:
    """The product's own application. Sets Django up, which is why its imports stand here."""
    from rapport.config.wsgi import application as pages  # first: it sets Django up

    from django.conf import settings  # isort: skip

    from rapport.web.turned import show  # isort: skip

    return build(pages, Hub(may_hear, settings.SECRET_KEY), Limits(), background, show)


def may_hear(workspace_id: int, member_id: int) -> bool:
    """Does this member still belong to this workspace, with a login that is not shut? Asked in a thread of the hub,
    which no request cleans up after: so the connection is looked at before, and given back after."""
    from django.db import close_old_connections

    from rapport.accounts.models import Member

    close_old_connections()
    try:
        members = Member.objects.active().filter(pk=member_id, workspace_id=workspace_id, user__is_active=True)
        return members.exists()
    finally:
        close_old_connections()


def __getattr__(name: str) -> Any:
    """``application`` is made when a server first asks for it: importing this module starts nothing."""
    if name == "application":
        made = globals()["application"] = make()
        return made
    raise AttributeError(name)
