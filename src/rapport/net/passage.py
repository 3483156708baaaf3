"""One request's way out: connects to judged addresses only, keeps the deadline, and knows whether anything left."""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterable
from typing import Any

import httpcore

from rapport.net import addresses


class Passage(httpcore.NetworkBackend):
    """A network for httpcore that lives for one request.

    A time-out per read is no protection against a server that drips a byte at a time; ``deadline`` (monotonic seconds)
    bounds the whole. ``left`` turns true just before the first byte of a request is written, never by a TLS handshake.
    """

    def __init__(self, deadline: float, *, allow_loopback: bool) -> None:
        self.deadline = deadline
        self.allow_loopback = allow_loopback
        self.left = False
        self._plain = httpcore.SyncBackend()

    def patience(self, timeout: float | None) -> float:
        """What is left of this step's time and of the whole, in seconds."""
        remaining = self.deadline - time.monotonic()
        if remaining <= 0:
            raise httpcore.ReadTimeout("the time for the whole request is used up")
        return remaining if timeout is None else min(timeout, remaining)

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        failure: Exception = httpcore.ConnectError("no address")
        for address in addresses.resolve(host, port, allow_loopback=self.allow_loopback):
            try:
                stream = self._plain.connect_tcp(address, port, self.patience(timeout), local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return self.wrapped(stream)
        raise failure

    def wrapped(self, stream: httpcore.NetworkStream) -> httpcore.NetworkStream:
        """The connection as this passage watches it."""
        return Watched(stream, self)


class Watched(httpcore.NetworkStream):
    """A connection that keeps its passage's deadline and tells it when the first byte leaves."""

    def __init__(self, stream: httpcore.NetworkStream, passage: Passage) -> None:
        self._stream = stream
        self._passage = passage

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._passage.patience(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        patience = self._passage.patience(timeout)
        self._passage.left = self._passage.left or bool(buffer)
        self._stream.write(buffer, patience)

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return self._passage.wrapped(
            self._stream.start_tls(ssl_context, server_hostname, self._passage.patience(timeout))
        )

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
