"""A server on this machine that answers as a language model would, or as badly as a test wants."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Said:
    """What the server answers next (the last stays), and what it was asked."""

    answers: list[tuple[int, bytes, dict[str, str]]] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    wait: float = 0.0
    url: str = ""

    def says(self, content: Any, status: int = 200, *, raw: bytes | None = None, **headers: str) -> None:
        words = content if isinstance(content, str) else json.dumps(content)
        whole = {"choices": [{"message": {"content": words}}], "usage": {"total_tokens": 400}}
        self.answers.append((status, json.dumps(whole).encode() if raw is None else raw, headers))


@contextmanager
def model_server() -> Iterator[Said]:
    said = Said()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            said.asked.append(json.loads(body) | {"path": self.path})
            said.headers.append({name.lower(): value for name, value in self.headers.items()})
            time.sleep(said.wait)
            status, answer, headers = said.answers.pop(0) if len(said.answers) > 1 else said.answers[0]
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    said.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    try:
        yield said
    finally:
        server.shutdown()
        server.server_close()
