"""A million rows imported while somebody works: speed, how the desk answers meanwhile, and the server's memory.

    python benchmarks/million.py [--rows 1000000] [--engine sqlite|postgresql] [--minutes 0] [--json]

``rapport up`` serves on a fresh data folder; ``rapport import`` hands it a generated file (seeded: 20,000 people,
threads of replies, half of it to us). Beside it one signed-in member opens the desk and writes a note every two
seconds, and once in thirty answers a message that came by webhook while the file did. Every ten seconds the server's
resident and anonymous memory is written down, with the messages stored by then (``at``). At the end ``rapport check``
recounts. ``anonymous_mb`` is what counts: resident memory holds the file of SQLite as well, which the system may take
back. PostgreSQL is a server of the benchmark's own with the usual durability (or the one ``TEST_POSTGRES`` names); its
memory is not counted. ``--minutes`` ends the measuring early, and the figures then say how many rows there were.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import random
import re
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import httpx
import psycopg
from tests import postgresql
from tests.journeys import servers

PEOPLE = 20_000
PAUSE = 2.0
"""Seconds between two looks of the member at the desk."""
WATCH = 10.0
"""Seconds between two looks at the server's memory."""
ANSWERS = 30
"""The member answers once in so many looks."""
PASSWORD = "seven kind herons wade"


def words(dice: random.Random) -> list[str]:
    """A vocabulary of some thousand words: plain ones, and invented ones that no list knows."""
    plain = (
        "router parcel invoice line phone order shop town again since monday morning week nobody call answer please "
        "the a and but with from for my your this that works broken late early green blue garden coffee train window "
        "letter when where why how is are was were it we you they here there still really quite happy sad cold warm"
    ).split()
    syllables = "ba ke li mo nu ra se ti vo za dre fla gru plo ski tra".split()
    return plain * 12 + ["".join(dice.choices(syllables, k=dice.randint(2, 4))) for _ in range(3_000)]


def rows(count: int, seed: int = 7) -> Iterator[dict[str, str]]:
    """Messages of about 120 characters over the last year; two fifths of them reply to one of the last thousand."""
    dice = random.Random(seed)
    vocabulary = words(dice)
    first, step = datetime.now(UTC) - timedelta(days=365), timedelta(days=365) / count
    for number in range(count):
        person = min(PEOPLE - 1, int(dice.paretovariate(0.35)))
        text = " ".join(dice.choices(vocabulary, k=dice.randint(6, 28)))
        row = {
            "id": f"m{number}",
            "author": f"person{person}",
            "date": (first + step * number).isoformat(timespec="seconds"),
            "text": f"{'@acme ' if dice.random() < 0.5 else ''}{text}{dice.choice('.?!')}",
        }
        if number and dice.random() < 0.4:
            row["reply_to"] = f"m{max(0, number - dice.randint(1, 1_000))}"
        yield row


@dataclass
class Session:
    """A member at work in a thread; ``desk``, ``note`` and ``answer`` are seconds, one for each request."""

    server: servers.Rapport
    company: servers.Callback
    desk: list[float] = field(default_factory=list)
    note: list[float] = field(default_factory=list)
    answer: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    """What the server said when it did not do as asked."""

    def __post_init__(self) -> None:
        self.http = httpx.Client(base_url=self.server.url, timeout=60, headers={"origin": self.server.url})
        who = {"name": "Dana", "email": "dana@acme.test", "password": PASSWORD}
        self.http.get(self.server.link)
        came = self.post(self.server.link, who)
        self.base = came.headers["location"]
        url = {"name": "Contact form", "callback_url": self.company.url}
        connected = self.post(f"{self.base}sources/new/webhook/", url).text
        self.address = re.search(r'id="address">([^<]+)', connected)[1]  # type: ignore[index]
        self.company.secret = re.search(r'id="secret-1">([^<]+)', connected)[1]  # type: ignore[index]

    def post(self, path: str, fields: dict[str, str]) -> httpx.Response:
        return self.http.post(path, data=fields | {"csrfmiddlewaretoken": self.http.cookies["csrftoken"]})

    def work(self, over: threading.Event) -> None:
        looks = 0
        while not over.wait(PAUSE):
            looks += 1
            try:
                self._look(answering=looks % ANSWERS == 0)
            except httpx.HTTPError as error:
                self.wrong.append(f"{type(error).__name__}: {error}")

    def _look(self, *, answering: bool) -> None:
        desk = self._timed(self.desk, 200, lambda: self.http.get(self.base))
        found = re.search(rf"{self.base}c/(\d+)/", desk.text)
        if found is None:
            return
        self._timed(self.note, 303, lambda: self.post(f"{found[0]}note/", {"text": f"Looked at {time.time():.0f}"}))
        if answering:
            self._answer()

    def _answer(self) -> None:
        """A message comes by webhook; it is found by its words and answered."""
        mark = f"heron{time.time_ns()}"
        servers.deliver(self.address, self.company.secret, id=mark, author={"id": f"{mark}@example.org", "name": "Ann"},
                        text=f"@acme where is my parcel {mark}?")  # fmt: skip
        for _ in range(30):
            time.sleep(1)
            page = self.http.get(f"{self.base}search/", params={"q": mark})
            if found := re.search(rf"{self.base}c/(\d+)/", page.text):
                words = {"text": f"Your parcel {mark} arrives tomorrow."}  # the same to everybody would be questioned
                self._timed(self.answer, 303, partial(self.post, f"{found[0]}reply/", words))
                return
        self.wrong.append("a message by webhook was not on the desk within 30 s")

    def _timed(self, kept: list[float], wanted: int, ask: Callable[[], httpx.Response]) -> httpx.Response:
        began = time.perf_counter()
        answer = ask()
        kept.append(time.perf_counter() - began)
        if answer.status_code != wanted:
            self.wrong.append(f"{answer.request.method} answered {answer.status_code}")
        return answer


def memory(pid: int) -> dict[str, int]:
    """Resident and anonymous memory of a process in MB (Linux: /proc/PID/status)."""
    said = Path(f"/proc/{pid}/status").read_text()
    return {
        name: int(re.search(rf"{line}:\s+(\d+)", said)[1]) // 1024  # type: ignore[index]
        for name, line in (("resident_mb", "VmRSS"), ("anonymous_mb", "RssAnon"))
    }


def stored(data: Path, database: str) -> int:
    """About how many messages there are, by the last id: cheap while others write."""
    with contextlib.closing(
        psycopg.connect(database) if database else sqlite3.connect(f"file:{data}/rapport.sqlite3?mode=ro", uri=True)
    ) as connection:
        return int(connection.execute("SELECT coalesce(max(id), 0) FROM inbox_message").fetchone()[0])  # type: ignore[index]


def figures(seconds: list[float]) -> dict[str, float | int]:
    """How many, and their median, 95th of a hundred and greatest in milliseconds."""
    if len(seconds) < 2:
        return {"count": len(seconds)}
    cut = statistics.quantiles(seconds, n=20, method="inclusive")
    return {
        "count": len(seconds),
        "p50_ms": round(statistics.median(seconds) * 1000),
        "p95_ms": round(cut[18] * 1000),
        "max_ms": round(max(seconds) * 1000),
    }


def measure(data: Path, file: Path, count: int, database: str, minutes: float, tell: Callable[[str], object]) -> Any:
    """Serve, import, work, watch; the figures of one engine."""
    more = {"RAPPORT_DATABASE_URL": database} if database else {}
    curve: list[dict[str, float | int]] = []
    with servers.callback() as company, servers.rapport(data, **more) as server:
        session, over = Session(server, company), threading.Event()
        worker = threading.Thread(target=session.work, args=(over,), daemon=True)
        worker.start()
        curve.append({"seconds": 0, "at": 0, **memory(server.process.pid)})
        began = time.monotonic()
        command = [*servers.COMMAND, "import", str(file), "--us", "@acme", "--yes"]
        importing = subprocess.Popen(command, env=servers.environment(data, **more), stdout=subprocess.PIPE,
                                     stderr=subprocess.DEVNULL, text=True)  # fmt: skip
        while importing.poll() is None and not (minutes and time.monotonic() - began > minutes * 60):
            with contextlib.suppress(subprocess.TimeoutExpired):
                importing.wait(WATCH)
            row = {"seconds": round(time.monotonic() - began), "at": stored(data, database)}
            curve.append({**row, **memory(server.process.pid)})
            tell(json.dumps(curve[-1]))
        took, ended = time.monotonic() - began, importing.poll() is not None
        importing.terminate()
        said = (importing.communicate()[0] or "").strip().splitlines()
        over.set()
        worker.join(60)
        check = servers.command(data, "check", **more)
        last = stored(data, database)
    return {
        "rows": count,
        "ended": ended,
        "messages": last,
        "seconds": round(took),
        "rows_a_second": round(last / took),
        "desk": figures(session.desk),
        "note": figures(session.note),
        "answer": figures(session.answer) | {"arrived": len(company.got)},
        "wrong": session.wrong[:20],
        "import_said": said[-1:],
        "check": check.stdout.strip().splitlines()[-2:] if ended else [],
        "anonymous_mb": {"first": curve[1]["anonymous_mb"], "most": max(row["anonymous_mb"] for row in curve)},
        "curve": curve[:: max(1, len(curve) // 40)],
    }


def main(report: Callable[[str], object] = print) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), action="append")
    parser.add_argument("--minutes", type=float, default=0, help="stop measuring after so long (0: at the end)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    asked = parser.parse_args()
    found = {}
    with tempfile.TemporaryDirectory(prefix="rapport-million-") as folder:
        file = Path(folder) / "history.jsonl"
        with file.open("w") as out:
            out.writelines(json.dumps(row) + "\n" for row in rows(asked.rows))
        for name in asked.engine or ("sqlite", "postgresql"):
            with contextlib.ExitStack() as stack:
                url = stack.enter_context(postgresql.database(durable=True)) if name == "postgresql" else ""
                data = Path(folder) / name
                found[name] = measure(
                    data, file, asked.rows, url, asked.minutes, lambda line: print(line, file=sys.stderr, flush=True)
                )
    if asked.json:
        report(json.dumps({"million": found}))
    else:
        for name, row in found.items():
            report(f"{name}: " + ", ".join(f"{key} {value}" for key, value in row.items() if key != "curve"))


if __name__ == "__main__":
    main()
