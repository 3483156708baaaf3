"""Real servers for the journeys: ``rapport up`` as a process of its own, and a company's callback that takes answers."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from rapport.channels.webhook import signing

COMMAND = [str(Path(sys.executable).parent / "rapport")]


@dataclass
class Rapport:
    """A running Rapport: where it is, its data folder, the link it printed, and its process."""

    url: str
    link: str
    data: Path
    process: subprocess.Popen[str]
    printed: list[str]

    def kill(self) -> None:
        """kill -9: no farewell."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)


def environment(data: Path, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("RAPPORT_")}
    # Without the last each start would compile everything anew: Rapport is started often here.
    for ours in ("DJANGO_SETTINGS_MODULE", "DJANGO_ALLOW_ASYNC_UNSAFE", "PYTHONDONTWRITEBYTECODE"):
        kept.pop(ours, None)
    return kept | {"RAPPORT_DATA": str(data), "RAPPORT_ALLOW_LOOPBACK": "1", "PYTHONUNBUFFERED": "1"} | more


def command(data: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run one ``rapport …`` to its end."""
    return subprocess.run(
        [*COMMAND, *words], env=environment(data, **more), capture_output=True, text=True, timeout=240
    )


@contextlib.contextmanager
def rapport(data: Path, verb: str = "up", **more: str) -> Iterator[Rapport]:
    """Start Rapport and wait until it has printed its last line; stopped at the end, whatever happened."""
    port = str(20_000 + os.getpid() % 20_000)
    process = subprocess.Popen(
        [*COMMAND, verb],
        env=environment(data, RAPPORT_PORT=port, **more),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    printed: list[str] = []
    ready = threading.Event()

    def listen() -> None:
        assert process.stdout
        for line in process.stdout:
            printed.append(line.rstrip("\n"))
            if line.startswith(("Open this link", "Rapport is at")):
                ready.set()
        ready.set()

    threading.Thread(target=listen, daemon=True).start()
    try:
        assert ready.wait(240) and process.poll() is None, "\n".join(printed)
        last = printed[-1]
        link = found.group(0) if (found := re.search(r"http://\S+/welcome/\S+", last)) else ""
        url = next(re.search(r"http://\S+", line).group(0) for line in printed if line.startswith("Address"))  # type: ignore[union-attr]
        yield Rapport(url, link, data, process, printed)
    finally:
        if process.poll() is None:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(10)
        if process.poll() is None:
            process.kill()
            process.wait(10)


@dataclass
class Callback:
    """The other side of a webhook: takes signed answers, once each, and can be asked whether it has one."""

    secret: str = ""
    url: str = ""
    got: dict[str, dict[str, Any]] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    slow: float = 0.0
    """Seconds between taking an answer and saying so."""
    begun: bool = False
    posts: int = 0
    taken: Counter[str] = field(default_factory=Counter)
    """How often each answer came, by its words."""


@contextlib.contextmanager
def callback() -> Iterator[Callback]:
    """A callback server on this machine."""
    state = Callback()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            stamp, mark = self.headers.get(signing.TIMESTAMP, ""), self.headers.get(signing.SIGNATURE, "")
            if signing.sign(state.secret, stamp, body) != mark:
                state.wrong.append(mark)
                self.send_error(401)
                return
            state.begun, state.posts = True, state.posts + 1
            key, said = self.headers["idempotency-key"], json.loads(body)
            state.got[key] = said
            state.taken[said["text"]] += 1
            time.sleep(state.slow)
            with contextlib.suppress(OSError):  # whoever asked may be dead by now
                self._answer(201, {"id": f"there-{key}"})

        def do_GET(self) -> None:
            asked = parse_qs(urlsplit(self.path).query).get("idempotency_key", [""])[0]
            self._answer(*((200, {"id": f"there-{asked}"}) if asked in state.got else (404, {})))

        def _answer(self, status: int, said: dict[str, Any]) -> None:
            body = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """The tests look at what was got, not at a log."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.url = f"http://127.0.0.1:{server.server_port}/answers"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()


def deliver(address: str, secret: str, **message: Any) -> httpx.Response:
    """Post one signed message to a webhook, as a company's own program would."""
    body = json.dumps(message).encode()
    stamp = str(int(time.time()))
    signed = {signing.TIMESTAMP: stamp, signing.SIGNATURE: signing.sign(secret, stamp, body)}
    return httpx.post(address, content=body, headers=signed | {"content-type": "application/json"}, timeout=10)


def until(true: Any, seconds: float = 15.0, *, every: float = 0.1) -> None:
    """Wait until something is true; fails loudly when it never is."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "It did not happen in time."
        time.sleep(every)
