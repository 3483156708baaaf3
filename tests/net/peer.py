"""A real server on the loopback that does to each connection what the test says; it sees raw bytes, and shows them."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

Behaviour = Callable[[socket.socket, bytes], None]


@dataclass
class Peer:
    """``seen`` holds every request, headers and body, in order."""

    port: int
    seen: list[bytes] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def peer(*behaviours: Behaviour, reads: bool = True) -> Iterator[Peer]:
    """Each connection gets the next behaviour; the last one serves all that follow. ``reads``: the request first."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = Peer(listener.getsockname()[1])
    todo = list(behaviours)

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=one, args=(connection, todo[0] if len(todo) == 1 else todo.pop(0))).start()

    def one(connection: socket.socket, behaviour: Behaviour) -> None:
        with connection, suppress(OSError):
            connection.settimeout(10)
            request = read_request(connection) if reads else b""
            server.seen.append(request)
            behaviour(connection, request)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield server
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def read_request(connection: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            return data
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    length = next((int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0)
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


def answers(status: int = 200, body: bytes = b"", **headers: str) -> Behaviour:
    """An ordinary answer; ``content_type="x"`` becomes Content-Type."""
    lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    whole = "\r\n".join(lines).encode() + b"\r\n\r\n" + body
    return lambda connection, request: connection.sendall(whole)


def hangs_up(connection: socket.socket, request: bytes) -> None:
    """Takes the request and closes without a word."""
