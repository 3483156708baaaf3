"""Websites of other people, as the chat meets them: strict, old, sandboxed, and rude to whatever runs in them."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PLAIN = "<!doctype html><html lang=en><meta charset=utf-8><title>Shop</title><h1>Shop</h1>{line}"
HOSTS: dict[str, str] = {
    "plain": PLAIN,
    "resets": "<!doctype html><title>x</title><style>* { all: unset !important } iframe, button { display: none "
    "!important } html { font-size: 1px; transform: none }</style><h1>Shop</h1>{line}",
    "layers": "<!doctype html><title>x</title><style>@layer a {{ * {{ all: unset !important; visibility: hidden "
    "!important }} }}</style><h1>Shop</h1>{line}",
    "quirks": "<html><title>x</title><table width=100%><tr><td>Shop</table>{line}",
    "right-to-left": "<!doctype html><html lang=ar dir=rtl><meta charset=utf-8><title>x</title><h1>متجر</h1>{line}",
    "builtins": "<!doctype html><title>x</title><script>for (const name of ['map', 'forEach', 'filter', 'join', 'push', "
    "'indexOf']) Array.prototype[name] = () => { throw new Error('not ours') }; Array.prototype.toJSON = () => 'no';"
    "JSON.parse = JSON.stringify = () => { throw new Error('not ours') }; Promise = undefined;</script><h1>Shop</h1>{line}",
    "written": "<!doctype html><title>x</title><h1>Shop</h1>{line}<script>addEventListener('load', () => setTimeout(() => "
    "{ document.open(); document.write('<title>y</title><h1>Written anew</h1>'); document.close() }, 700))</script>",
    "replaced": "<!doctype html><title>x</title><h1>Shop</h1>{line}<script>addEventListener('load', () => setTimeout(() => "
    "document.body.replaceWith(document.createElement('body')), 500))</script>",
    "framed": "<!doctype html><title>x</title><iframe style='width:100%;height:900px' sandbox='allow-scripts "
    "allow-same-origin allow-forms' src='/plain'></iframe>",
}
"""Pages by their path; ``{line}`` is the chat's line."""


@dataclass
class Site:
    """A website: its address, the line in its pages, and the policy it sends with all of them."""

    url: str = ""
    line: str = ""
    policy: str = ""
    pages: dict[str, str] = field(default_factory=lambda: dict(HOSTS))


@contextlib.contextmanager
def site() -> Iterator[Site]:
    """A website on this machine."""
    state = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            page = state.pages.get(self.path.strip("/").partition("?")[0])
            self.send_response(200 if page else 204)
            self.send_header("content-type", "text/html; charset=utf-8")
            if state.policy:
                self.send_header("content-security-policy", state.policy)
            self.end_headers()
            self.wfile.write((page or "").replace("{{", "{").replace("}}", "}").replace("{line}", state.line).encode())

        def log_message(self, format: str, *args: Any) -> None:
            """The tests look at the browser, not at a log."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        state.url = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield state
        server.shutdown()
