"""Start somebody else's mock server, and speak to it as another person's client would."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

HERE = Path(__file__).parent
CACHE = Path(os.environ.get("RAPPORT_PEERS") or Path.home() / ".cache" / "rapport-peers")
PEOPLE = ("alice", "brand", "carol")
Json = Any


def installed() -> Path:
    """The environment of its own that ``requirements.txt`` names, made once for each lock."""
    lock = HERE / "requirements.txt"
    there = CACHE / f"mastodon-{sys.version_info[0]}{sys.version_info[1]}-{_digest(lock)}"
    program = there / "bin" / "mastodon_mock"
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / f"{there.name}.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)  # several test processes want it at once
        if not (there / "whole").exists():
            shutil.rmtree(there, ignore_errors=True)
            subprocess.run([sys.executable, "-m", "venv", there], check=True, capture_output=True, timeout=120)
            pip = [there / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
            done = subprocess.run([*pip, "--require-hashes", "-r", lock], capture_output=True, text=True, timeout=600)
            if done.returncode or not program.exists():
                raise RuntimeError(f"the mock of Mastodon could not be installed: {done.stderr[-2000:]}")
            (there / "whole").touch()
    return program


def _digest(lock: Path) -> str:
    return hashlib.sha256(lock.read_bytes()).hexdigest()[:16]


@dataclass
class Account:
    """Somebody else's client, as plain as it can be."""

    base: str
    name: str

    def ask(self, method: str, path: str, **more: Any) -> Json:
        headers = {"authorization": f"Bearer tok-{self.name}"} | more.pop("headers", {})
        answer = httpx.request(method, f"{self.base}{path}", headers=headers, timeout=20, **more)
        answer.raise_for_status()
        return answer.json()

    def post(self, text: str, **more: Any) -> Json:
        return self.ask("POST", "/api/v1/statuses", json={"status": text, **more})

    def edit(self, id: str, text: str) -> Json:
        return self.ask("PUT", f"/api/v1/statuses/{id}", json={"status": text})

    def delete(self, id: str) -> None:
        self.ask("DELETE", f"/api/v1/statuses/{id}")

    def notifications(self) -> Json:
        return self.ask("GET", "/api/v1/notifications")

    def replies(self, id: str) -> Json:
        return self.ask("GET", f"/api/v1/statuses/{id}/context")["descendants"]


@dataclass
class Mock:
    """The running mock."""

    base: str

    def account(self, name: str) -> Account:
        return Account(self.base, name)


@contextlib.contextmanager
def mock(port: int = 0) -> Iterator[Mock]:
    """The mock with alice, brand and carol (``tok-alice`` …), from its start to its end; it forgets everything."""
    program = installed()
    port = port or _free()
    with tempfile.TemporaryDirectory() as folder:
        seeds = "".join(f'[[seed.accounts]]\nusername="{name}"\naccess_token="tok-{name}"\n' for name in PEOPLE)
        settings = Path(folder) / "mock.toml"
        settings.write_text(f"{seeds}[streaming]\nheartbeat_seconds = 2.0\n", encoding="utf-8")
        command = [program, "serve", "--config", settings, "--in-memory", "--host", "127.0.0.1", "--port", str(port)]
        log = (Path(folder) / "log").open("w+b")
        process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd=folder)
        try:
            _wait(f"http://127.0.0.1:{port}", process, Path(folder) / "log")
            yield Mock(f"http://127.0.0.1:{port}")
        finally:
            process.kill()
            process.wait(10)
            log.close()


def _wait(base: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 120
    while True:
        with contextlib.suppress(httpx.HTTPError):
            if httpx.get(f"{base}/api/v1/streaming/health", timeout=2).is_success:
                return
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"the mock of Mastodon did not start: {log.read_text()[-2000:]}")
        time.sleep(0.1)


def _free() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
