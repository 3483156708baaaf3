"""Serving: finds a port and runs uvicorn so that it starts plainly, protects itself and stops within five seconds."""

from __future__ import annotations

import asyncio
import errno
import os
import resource
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from rapport.config.asgi import Server

HEADERS_DUE = 10.0
"""Seconds in which a client must have sent all headers of a request it began."""
GRACEFUL = 2
"""Seconds that running requests are given to finish when the server is asked to stop."""
LAST = 5.0
"""Seconds after which the process ends, whatever still runs: what was accepted is on disk by then."""
FILES = 65_536
TRIED = 100


def free_port(wanted: int = 8000, host: str = "127.0.0.1") -> tuple[int, bool]:
    """(port, taken): the wanted port and False, or the next free one and True. Raises OSError when there is none, or
    when ``host`` is no address of this machine."""
    for port in range(wanted, min(wanted + TRIED, 65_536)):
        try:
            listener(host, port).close()
        except OSError as error:
            if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                raise
        else:
            return port, port != wanted
    raise OSError(f"No port from {wanted} to {wanted + TRIED - 1} is free on {host}.")


def listener(host: str, port: int) -> socket.socket:
    """A bound socket, its connections watched by the system: a peer that vanished is forgotten after a minute."""
    family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0][0]
    # The protocol is named because asyncio sets TCP_NODELAY only where it is: without it every page on a kept
    # connection waits 40 ms for the client's delayed acknowledgement.
    sock = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        if hasattr(socket, "TCP_USER_TIMEOUT"):  # Linux; milliseconds
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 60_000)
        sock.bind((host, port))
    except OSError:
        sock.close()
        raise
    return sock


def address(host: str, port: int) -> str:
    """The URL a browser on this machine can open: a wildcard address is reached as localhost."""
    shown = {"0.0.0.0": "localhost", "::": "localhost", "": "localhost"}.get(host, host)  # noqa: S104
    return f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"


def serve(
    app: Server,
    host: str = "127.0.0.1",
    port: int = 8000,
    on_ready: Callable[[str], object] | None = None,
    proxies: str = "127.0.0.1",
) -> None:
    """Serve until SIGTERM or SIGINT; then return, within five seconds even with open streams.

    ``on_ready`` is called with the URL once requests are answered. Port 0 takes any free one. ``proxies`` are the
    addresses whose X-Forwarded-For and X-Forwarded-Proto are believed. Raises OSError when the port is taken.
    """
    more_files()
    sock = listener(host, port)
    url = address(host, sock.getsockname()[1])
    Running(app, url, on_ready, proxies).run(sockets=[sock])


class Running(uvicorn.Server):
    """uvicorn, told when to say that it is ready, to end the streams first, and not to raise the signal again."""

    def __init__(self, app: Server, url: str, on_ready: Callable[[str], object] | None, proxies: str) -> None:
        config = uvicorn.Config(
            app,
            http=Watchful,
            ws="none",
            lifespan="on",
            loop="asyncio",
            interface="asgi3",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=True,
            forwarded_allow_ips=proxies,
            timeout_graceful_shutdown=GRACEFUL,
            backlog=2048,
        )
        super().__init__(config)
        self.rapport, self.url, self.on_ready = app, url, on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started and self.on_ready:
            self.on_ready(self.url)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self.rapport.closing()
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """uvicorn would raise the signal anew when all is done and so kill the process that has just ended well."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop; a thread that never ends may not keep the process for longer than LAST."""
        if not self.should_exit:
            last = threading.Timer(LAST, os._exit, [1])
            last.daemon = True
            last.start()
        super().handle_exit(sig, frame)


class Watchful(H11Protocol):
    """A connection that must send its headers in time, and that the application can cut off.

    Without the first, half a header line holds a socket for ever; without the second, a client that stops reading does
    (``scope["state"]["rapport.abort"]``).
    """

    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.app_state = {**self.app_state, "rapport.abort": transport.abort}
        self._late = self.loop.call_later(HEADERS_DUE, transport.abort)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.cycle is not None and not self.cycle.response_complete:
            self._on_time()
        elif self._late is None and not self.transport.is_closing():
            self._late = self.loop.call_later(HEADERS_DUE, self.transport.abort)

    def connection_lost(self, exc: Exception | None) -> None:
        self._on_time()
        super().connection_lost(exc)

    def _on_time(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None


def more_files() -> None:
    """Every connection is an open file: allow as many as the system lets us, up to 65,536."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
