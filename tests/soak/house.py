"""The house: one Rapport as a process of its own, which is killed and started again, measured, and asked from outside."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psycopg

from tests.journeys import servers
from tests.soak.ledger import OURS, THEIRS, Facts, Out

KEY = "a secret key that only the soak knows and uses"
CONNECT = """
import json, sys
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from rapport.accounts import founding
from rapport.inbox import connecting
owner = founding.found("Acme", owner_name="Dana")
made = {}
for name, (kind, settings) in json.load(sys.stdin).items():
    source, _ = connecting.connect(owner.workspace, kind, name, settings, by=owner)
    made[name] = {"id": source.pk, "token": source.token, "settings": source.settings}
print(json.dumps({"slug": owner.workspace.slug, "sources": made}))
"""
BAD = (" ERROR ", " CRITICAL ", "Traceback", "never awaited", "was destroyed but it is pending", "unclosed")

EXCUSED = "django.request: Service Unavailable: /in/"
"""A source that somebody closes for a moment says so to whoever delivers; they come again."""


class House:
    """``data`` is its folder, ``database`` the URL of a PostgreSQL or nothing. ``lines``: all that it ever printed."""

    def __init__(self, data: Path, database: str = "") -> None:
        self.data, self.database = data, database
        self.more = {"RAPPORT_SECRET_KEY": KEY} | ({"RAPPORT_DATABASE_URL": database} if database else {})
        self.slug, self.url, self.link = "", "", ""
        self.sources: dict[str, dict[str, Any]] = {}
        self.lines: list[str] = []
        self.lives: dict[int, list[tuple[float, int]]] = defaultdict(list)
        self.most = {"threads": 0, "files": 0}
        self.life, self.began = 0, 0.0
        self._running: servers.Rapport | None = None
        self._stack = contextlib.ExitStack()
        self._lock = threading.Lock()

    def connect(self, wanted: Mapping[str, tuple[str, Mapping[str, str]]]) -> None:
        """Found a workspace and connect these sources: name → (kind, settings)."""
        self.data.mkdir(parents=True, exist_ok=True)
        here = servers.environment(self.data, DJANGO_SETTINGS_MODULE="rapport.config.settings", **self.more)
        given = json.dumps({name: (kind, dict(settings)) for name, (kind, settings) in wanted.items()})
        done = subprocess.run([sys.executable, "-c", CONNECT], env=here, input=given, text=True, capture_output=True)
        if done.returncode:
            raise RuntimeError(f"The sources could not be connected: {done.stderr[-2000:]}")
        made = json.loads(done.stdout.splitlines()[-1])
        self.slug, self.sources = made["slug"], made["sources"]

    def start(self) -> None:
        running = self._stack.enter_context(servers.rapport(self.data, **self.more))
        with self._lock:
            self.life, self.began, self._running = self.life + 1, time.monotonic(), running
            self.url, self.link = running.url, running.link or self.link

    def kill(self) -> None:
        """kill -9, as a crash would."""
        running = self._running
        if running is not None:
            running.kill()
            self._end(running)

    def stop(self) -> int:
        """Ask it to stop; its exit code."""
        running = self._running
        if running is None:
            return 0
        running.process.terminate()
        code = running.process.wait(15)
        self._end(running)
        return code

    def close(self) -> None:
        self._stack.close()

    def _end(self, running: servers.Rapport) -> None:
        with self._lock:
            self._running = None
        time.sleep(0.2)  # its last lines are on their way
        self.lines += running.printed

    def measure(self) -> None:
        """One sample of what the process holds."""
        with self._lock:
            running, life, began = self._running, self.life, self.began
        if running is None:
            return
        with contextlib.suppress(OSError):
            there = Path(f"/proc/{running.process.pid}")
            said = dict(line.split(":", 1) for line in (there / "status").read_text().splitlines() if ":" in line)
            if "VmRSS" in said:
                self.lives[life].append((time.monotonic() - began, int(said["VmRSS"].split()[0])))
                self.most["threads"] = max(self.most["threads"], int(said["Threads"]))
                self.most["files"] = max(self.most["files"], len(list((there / "fd").iterdir())))

    def complaints(self) -> list[str]:
        """Lines of its log that no trouble of others excuses."""
        return [line for line in self.lines if any(word in line for word in BAD) and EXCUSED not in line]

    def ask(self, question: str) -> list[tuple[Any, ...]]:
        """What the database says, read from outside."""
        if self.database:
            with psycopg.connect(self.database, autocommit=True) as line:
                return line.execute(question.encode()).fetchall()
        path = f"file:{self.data / 'rapport.sqlite3'}?mode=ro"
        with contextlib.closing(sqlite3.connect(path, uri=True, timeout=20)) as line:
            return line.execute(question).fetchall()

    def fresh(self, after: int) -> list[tuple[int, int, str]]:
        """(id, conversation, words) of what others said, from this id on."""
        where = f"NOT ours AND id > {int(after)}"
        return [(id, talk, text) for id, talk, text in self.ask(
            f"SELECT id, conversation_id, text FROM inbox_message WHERE {where} ORDER BY id"
        )]  # fmt: skip

    def account(self, facts: Facts) -> None:
        """What is stored and what left, into the facts."""
        facts.stored.clear()
        for (text,) in self.ask("SELECT text FROM inbox_message WHERE NOT ours"):
            facts.stored.update(THEIRS.findall(text))
        rows = self.ask("SELECT text, state, error FROM inbox_outgoing ORDER BY id")
        facts.out = [Out(mark, state, error) for text, state, error in rows for mark in OURS.findall(text)]

    def failing(self) -> list[str]:
        """The names of the sources that failed at their last visit."""
        return [name for (name,) in self.ask("SELECT name FROM inbox_source WHERE failures > 0")]

    def refused(self) -> list[str]:
        """The names of the sources whose credentials are refused."""
        return [name for (name,) in self.ask("SELECT name FROM inbox_source WHERE reauthorise_at IS NOT NULL")]
