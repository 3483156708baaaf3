"""``websocket``: listening to a WebSocket, through the same judged way as everything that leaves.

The protocol is that of the library ``websockets`` without its I/O: no thread of its own, no proxy, no redirect, no
compression (so that nothing can swell), one message in memory at a time.
"""

from __future__ import annotations

import select
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from websockets.client import ClientProtocol
from websockets.exceptions import WebSocketException
from websockets.frames import Frame, Opcode
from websockets.protocol import State
from websockets.uri import parse_uri

from rapport.net.errors import NeverLeft, Refused, Rejected, Unknown
from rapport.net.wire import dial

LARGEST = 1024 * 1024
AT_ONCE = 64 * 1024


class Line:
    """An open WebSocket that is listened to."""

    def __init__(self, sock: socket.socket, protocol: ClientProtocol, host: str) -> None:
        self._sock = sock
        self._protocol = protocol
        self._host = host
        self._waiting: list[bytes] = []
        self._parts: list[bytes] = []
        self.heard = time.monotonic()
        """When the other side last gave any sign of life (a ping is one)."""

    def receive(self, seconds: float) -> bytes | None:
        """The next message; None where none came within that time. Raises :class:`Unknown` when the line is over."""
        deadline = time.monotonic() + seconds
        while not self._waiting:
            if self._protocol.state is not State.OPEN:
                raise Unknown(f"{self._host} closed the connection.")
            left = deadline - time.monotonic()
            if left <= 0 or not self._readable(left):
                return None
            self._read()
        return self._waiting.pop(0)

    def ping(self) -> None:
        """Ask for a sign of life."""
        self._protocol.send_ping(b"")
        self._write()

    def close(self) -> None:
        with suppress(OSError, WebSocketException):
            if self._protocol.state is State.OPEN:
                self._protocol.send_close(1000)
                self._write()
        self._sock.close()

    def shake_hands(self, seconds: float) -> None:
        """Ask to speak WebSocket. Raises NeverLeft, or Rejected for what answers otherwise."""
        self._protocol.send_request(self._protocol.connect())
        self._write()
        deadline = time.monotonic() + seconds
        while self._protocol.state is State.CONNECTING and self._protocol.handshake_exc is None:
            left = deadline - time.monotonic()
            if left <= 0 or not self._readable(left):
                raise NeverLeft(f"{self._host} does not answer in time.")
            self._read()
        if self._protocol.handshake_exc is not None:  # all may be said, and the line closed, by now
            raise Rejected(f"{self._host} does not speak WebSocket at this address.")

    def _readable(self, seconds: float) -> bool:
        if isinstance(self._sock, ssl.SSLSocket) and self._sock.pending():
            return True
        return bool(select.select([self._sock], [], [], min(seconds, 3600))[0])

    def _read(self) -> None:
        try:
            data = self._sock.recv(AT_ONCE)
        except (TimeoutError, ssl.SSLWantReadError):
            return
        except OSError as error:
            raise Unknown(f"The connection to {self._host} broke.") from error
        self.heard = time.monotonic()
        try:
            self._protocol.receive_data(data) if data else self._protocol.receive_eof()
        except EOFError as error:
            raise Unknown(f"The connection to {self._host} broke.") from error
        for event in self._protocol.events_received():
            if isinstance(event, Frame):
                self._take(event)
        self._write()

    def _take(self, frame: Frame) -> None:
        if frame.opcode in {Opcode.TEXT, Opcode.BINARY, Opcode.CONT}:
            self._parts.append(bytes(frame.data))
            if frame.fin:
                self._waiting.append(b"".join(self._parts))
                self._parts = []

    def _write(self) -> None:
        try:
            for data in self._protocol.data_to_send():
                if data:
                    self._sock.sendall(data)
        except OSError as error:
            raise Unknown(f"The connection to {self._host} broke.") from error


@contextmanager
def websocket(url: str, *, seconds: float = 10.0, trust: ssl.SSLContext | None = None) -> Iterator[Line]:
    """An open line, closed at the end of the ``with``. Raises NeverLeft (with Refused and Rejected) or Unknown."""
    try:
        uri = parse_uri(url)
    except (WebSocketException, ValueError) as error:
        raise Refused("A stream's address must begin with wss:// or ws:// and name a server.") from error
    sock = dial(uri.host, uri.port, tls=uri.secure, seconds=seconds, patience=seconds, trust=trust)
    line = Line(sock, ClientProtocol(uri, max_size=LARGEST), uri.host)
    try:
        line.shake_hands(seconds)
        yield line
    finally:
        line.close()
