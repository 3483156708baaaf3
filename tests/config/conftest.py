"""A real server on a real socket, around whatever pages, hub and limits a test gives."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from rapport.config import asgi, serving
from rapport.config.gate import Show
from rapport.config.limits import Limits
from rapport.core.live import Hub

KEY = "a key for tests only"


def echo(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Says what the pages behind the gate get to see: method, declared length, length read, last bytes."""
    declared = environ.get("CONTENT_LENGTH", "")
    body = environ["wsgi.input"].read(int(declared or 0))
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [f"{environ['REQUEST_METHOD']} {declared or '-'} {len(body)} {body[-5:].decode()}".encode()]


@dataclass
class Site:
    port: int
    app: asgi.Server
    server: serving.Running
    thread: threading.Thread

    def connect(self, timeout: float = 10.0) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout)

    def say(self, said: bytes, timeout: float = 10.0) -> bytes:
        """Send these bytes on a new connection; everything that comes back until it closes."""
        with self.connect(timeout) as sock:
            sock.sendall(said)
            return self.read(sock)

    def read(self, sock: socket.socket) -> bytes:
        """Everything until the connection closes."""
        heard = b""
        while piece := sock.recv(65536):
            heard += piece
        return heard

    def stop(self) -> None:
        self.server.should_exit = True
        self.thread.join(10)
        assert not self.thread.is_alive()


@pytest.fixture
def start() -> Iterator[Callable[..., Site]]:
    """``start(pages=, hub=, limits=, background=, show=)`` serves; everything is stopped when the test ends."""
    sites: list[Site] = []

    def go(
        pages: Any = echo,
        hub: Hub | None = None,
        limits: Limits | None = None,
        background: Iterable[asgi.Background] = (),
        show: Show | None = None,
    ) -> Site:
        app = asgi.build(pages, hub or Hub(lambda workspace, member: True, KEY), limits, tuple(background), show)
        sock, ready = serving.listener("127.0.0.1", 0), threading.Event()
        server = serving.Running(app, "", lambda url: ready.set(), "127.0.0.1")
        thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]}, daemon=True)
        thread.start()
        assert ready.wait(10)
        sites.append(Site(sock.getsockname()[1], app, server, thread))
        return sites[-1]

    yield go
    for site in sites:
        site.stop()
