"""``stream``: one long GET whose answer goes on and on (server-sent events), by the same judged way as every request.

A stream has no end and no size, so it is bounded otherwise: by how long the other side may be silent, and by whoever
reads it. Reading is cut in slices, because a thread that sits in ``recv`` could not be asked to stop.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import httpcore
import httpx

from rapport.net import watching
from rapport.net.door import Hop, address_of, headers_of, trust, why, wire
from rapport.net.errors import NeverLeft, Refused, Unknown
from rapport.net.passage import Passage, Watched

SLICE = 0.5
"""Seconds after which a reader looks whether it should stop."""


class _Stopped(Exception):
    """Whoever listens was asked to stop."""


@dataclass(frozen=True)
class Listening:
    """An answer that goes on: its status, its headers in lower case, and its bytes as they come. ``chunks`` ends when
    the other side ends it, or when ``stop`` is set; raises :class:`Unknown` where the connection breaks or is silent."""

    status: int
    headers: Mapping[str, str]
    chunks: Iterator[bytes]


@contextmanager
def stream(
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    stop: threading.Event,
    silence: float = 60.0,
    connect: float = 10.0,
    allow_loopback: bool | None = None,
) -> Iterator[Listening]:
    """Open ``url`` and keep it open. ``silence``: seconds without a byte after which the connection counts as dead.

    Follows no redirect: what is asked for here carries a credential. Raises as :func:`rapport.net.request` does.
    """
    if allow_loopback is None:
        allow_loopback = os.environ.get("RAPPORT_ALLOW_LOOPBACK") == "1"
    hop = Hop("GET", address_of(url), {"Accept-Encoding": "identity", **(headers or {})}, b"")
    watching.tell("GET", str(hop.url))
    passage = _Patient(stop, allow_loopback=allow_loopback)
    timeouts = {"connect": connect, "read": silence, "write": connect, "pool": connect}
    try:
        with (
            httpcore.ConnectionPool(trust(), max_connections=1, network_backend=passage) as pool,
            pool.stream("GET", wire(hop.url), headers=headers_of(hop), extensions={"timeout": timeouts}) as response,
        ):
            said = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
            yield Listening(response.status, said, _chunks(response, hop.url))
    except _Stopped:
        raise NeverLeft(f"{hop.url.host} was not listened to: we were asked to stop.") from None
    except httpcore.LocalProtocolError as error:
        raise Refused("The request has a header that cannot be sent.") from error
    except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError) as error:
        raise NeverLeft(f"{hop.url.host} could not be listened to: {why(error)}.") from error


def _chunks(response: httpcore.Response, url: httpx.URL) -> Iterator[bytes]:
    try:
        yield from response.iter_stream()
    except _Stopped:
        return
    except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError) as error:
        raise Unknown(f"{url.host} was listened to, but {why(error)}.") from error


class _Patient(Passage):
    """A passage without a deadline, whose readers look up every half second whether they should stop."""

    def __init__(self, stop: threading.Event, *, allow_loopback: bool) -> None:
        super().__init__(float("inf"), allow_loopback=allow_loopback)
        self.stop = stop

    def wrapped(self, stream: httpcore.NetworkStream) -> httpcore.NetworkStream:
        return _Sliced(stream, self)


class _Sliced(Watched):
    """Reads in slices of half a second: a time-out on a socket loses nothing of what comes after it."""

    _passage: _Patient

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        until = time.monotonic() + (timeout if timeout is not None else 3600.0)
        while True:
            if self._passage.stop.is_set():
                raise _Stopped
            try:
                return self._stream.read(max_bytes, min(SLICE, max(0.01, until - time.monotonic())))
            except httpcore.ReadTimeout:
                if time.monotonic() >= until:
                    raise
