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

Fault = Literal["cut before", "cut after", "429", "503", "500 after", "expired", "nonsense"]
"""``before``: the server never hears of it; ``after``: it did, and nobody hears of that."""
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
            if fault == "cut before":
                self.connection.close()
                return
            if fault in BODIES and fault != "500 after":
                self._answer(*BODIES[fault])
                return
            kept = {
                name: value
                for name, value in self.headers.items()
                if name.lower() in {"authorization", "content-type", "atproto-proxy", "accept"}
            }
            answer = client.request(self.command, way.upstream + self.path, headers=kept, content=body)
            if fault == "cut after":
                self.connection.close()
            elif fault == "500 after":
                self._answer(*BODIES[fault])
            else:
                said = answer.content.replace(way.upstream.encode(), way.url.encode())
                self._answer(answer.status_code, said, answer.headers)

        def _answer(self, status: int, body: bytes, headers: Any = None) -> None:
            self.send_response(status)
            for name in ("content-type", "ratelimit-limit", "ratelimit-remaining", "ratelimit-reset"):
                if headers and headers.get(name):
                    self.send_header(name, headers[name])
            if status == 429 and not headers:
                self.send_header("ratelimit-reset", str(int(time.time())))  # "now": a second at least is kept
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            with contextlib.suppress(OSError):
                self.wfile.write(body)

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
