"""A way between Rapport and a server on which things go wrong when a test says so."""

from __future__ import annotations

import contextlib
import threading
import time
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

import httpx

Fault = Literal["cut before", "cut after", "429", "503", "500 after", "expired", "nonsense", "slow", "half"]
"""``before``: the server never hears of it; ``after``: it did, and nobody hears of that; ``half``: of half of that."""
SLOW = 2.0
DROPPED = frozenset({"host", "connection", "content-length", "accept-encoding", "transfer-encoding"})
BODIES: dict[str, tuple[int, bytes]] = {
    "429": (429, b'{"error":"RateLimitExceeded","message":"Rate Limit Exceeded"}'),
    "503": (503, b"<html>try later</html>"),
    "500 after": (500, b'{"error":"InternalServerError","message":"Internal Server Error"}'),
    "expired": (400, b'{"error":"ExpiredToken","message":"Token has expired"}'),
    "nonsense": (200, b'{"notifications": 7, "posts": {}, "feed": null'),
}


@dataclass
class Way:
    """What goes wrong next, and what has happened. A fault with a name in its path waits for that call."""

    url: str = ""
    upstream: str = ""
    faults: deque[tuple[Fault, str]] = field(default_factory=deque)
    done: Counter[str] = field(default_factory=Counter)
    asked: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    away: bool = False
    """Whoever comes is sent off without a word, as long as this is so."""

    def will(self, *faults: Fault, at: str = "") -> None:
        """The next calls (of ``at``, or any) fail so, one after the other."""
        with self.lock:
            self.faults.extend((fault, at) for fault in faults)

    def next(self, path: str) -> Fault | None:
        with self.lock:
            self.asked.append(path)
            for fault, at in self.faults:
                if at in path:
                    self.faults.remove((fault, at))
                    self.done[fault] += 1
                    return fault
        return None


def _told(status: int, headers: Any) -> dict[str, str]:
    """What is passed on of an answer's headers (its type, and the limits); those of an answer that is ours (no headers)."""
    if headers:
        wanted = ("content-type", "ratelimit-limit", "ratelimit-remaining", "ratelimit-reset", "retry-after")
        return {name: headers[name] for name in wanted if headers.get(name)}
    now = {"ratelimit-reset": str(int(time.time()))} if status == 429 else {}  # "now": a second at least is kept
    return now | ({"retry-after": "1"} if status in {429, 503} else {})


@contextlib.contextmanager
def way_to(upstream: str) -> Iterator[Way]:
    """A server in front of ``upstream`` that passes everything on, its own address in place of the other's."""
    way = Way(upstream=upstream)
    client = httpx.Client(timeout=60)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.0"

        def do_GET(self) -> None:
            self._pass()

        def do_POST(self) -> None:
            self._pass()

        def _pass(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            fault = way.next(self.path)
            if fault == "cut before" or way.away:
                self.connection.close()
                return
            if fault == "slow":
                time.sleep(SLOW)
            if fault in BODIES and fault != "500 after":
                self._answer(*BODIES[fault])
                return
            kept = {name: value for name, value in self.headers.items() if name.lower() not in DROPPED}
            answer = client.request(self.command, way.upstream + self.path, headers=kept, content=body)
            if fault == "cut after":
                self.connection.close()
            elif fault == "500 after":
                self._answer(*BODIES[fault])
            else:
                said = answer.content.replace(way.upstream.encode(), way.url.encode())
                self._answer(answer.status_code, said, answer.headers, half=fault == "half")

        def _answer(self, status: int, body: bytes, headers: Any = None, *, half: bool = False) -> None:
            self.send_response(status)
            for name, value in _told(status, headers).items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            with contextlib.suppress(OSError):
                self.wfile.write(body[: len(body) // 2] if half else body)

        def log_message(self, format: str, *args: Any) -> None:
            """The tests look at what was asked."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    way.url = f"http://localhost:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield way
    finally:
        server.shutdown()
        server.server_close()
        client.close()
