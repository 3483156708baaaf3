"""A web server with feeds, as polite or as nasty as a test wants it; and a WebSub hub beside them."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx

Answer = tuple[int, dict[str, str], bytes]


@dataclass
class Site:
    """``pages``: what each path answers. ``asked``: (path, headers) of every request, in order."""

    url: str = ""
    pages: dict[str, Answer | Callable[[dict[str, str]], Answer]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    subscriptions: list[dict[str, str]] = field(default_factory=list)
    drips: set[str] = field(default_factory=set)
    """Paths whose answer comes a byte at a time."""

    def feed(self, path: str, body: bytes, *, etag: str = "", **headers: str) -> None:
        """A feed that says 304 to whoever has it already."""
        named = {name.replace("_", "-"): value for name, value in headers.items()} | ({"etag": etag} if etag else {})

        def answer(asked: dict[str, str]) -> Answer:
            known = etag and asked.get("if-none-match") == etag
            return (304, named, b"") if known else (200, named, body)

        self.pages[path] = answer

    def prove(self, subscription: dict[str, str], *, challenge: str = "c-1", **more: str) -> httpx.Response:
        """The hub asks the subscriber whether this was wanted."""
        query = {"hub.mode": "subscribe", "hub.topic": subscription["hub.topic"], "hub.challenge": challenge,
                 "hub.lease_seconds": "864000"} | {f"hub.{name}": value for name, value in more.items()}  # fmt: skip
        return httpx.get(f"{subscription['hub.callback']}?{urlencode(query)}", timeout=20)

    @staticmethod
    def signed(subscription: dict[str, str], body: bytes, method: str = "sha256") -> dict[str, str]:
        digest = hmac.new(subscription["hub.secret"].encode(), body, getattr(hashlib, method)).hexdigest()
        return {"content-type": "application/rss+xml", "x-hub-signature": f"{method}={digest}"}


@contextlib.contextmanager
def site() -> Iterator[Site]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    server.handle_error = lambda request, address: None  # type: ignore[method-assign]
    there = Site(f"http://127.0.0.1:{server.server_port}")
    server.site = there  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield there
    finally:
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    def log_message(self, *words: Any) -> None:
        """Says nothing."""

    def do_GET(self) -> None:
        site: Site = self.server.site  # type: ignore[attr-defined]
        headers = {name.lower(): value for name, value in self.headers.items()}
        path = urlsplit(self.path).path
        site.asked.append((path, headers))
        page = site.pages.get(path, (404, {}, b"Nothing is here"))
        status, named, body = page(headers) if callable(page) else page
        with contextlib.suppress(OSError):
            self.send_response(status)
            for name, value in {"content-type": "application/xml", "content-length": str(len(body)), **named}.items():
                self.send_header(name, value)
            self.end_headers()
            for byte in [body[n : n + 1] for n in range(len(body))] if path in site.drips else [body]:
                self.wfile.write(byte)
                if path in site.drips:
                    time.sleep(0.05)

    def do_POST(self) -> None:
        site: Site = self.server.site  # type: ignore[attr-defined]
        body = self.rfile.read(int(self.headers.get("content-length") or 0)).decode()
        site.subscriptions.append({name: values[0] for name, values in parse_qs(body).items()})
        self.send_response(202)
        self.send_header("content-length", "0")
        self.end_headers()
