"""One process: its port, its threads, its end."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError

from rapport.config import asgi, serving
from rapport.config.folder import Busy, hold, holder

pytestmark = pytest.mark.slow

Start = Callable[..., Any]
LISTENING = """
import sys, time, threading
from rapport.config import asgi, serving
from rapport.core.live import Hub
from rapport.core.tickets import ticket

def pages(environ, start_response):
    if environ["PATH_INFO"] == "/stuck":
        time.sleep(60)
    start_response("200 OK", [])
    return [b"page"]

def work(stop):
    stop.wait()
    print("work ended", flush=True)

if len(sys.argv) > 1:
    serving.LAST = float(sys.argv[1])
hub = Hub(lambda workspace, member: True, "key")
app = asgi.build(pages, hub, None, [work])
serving.serve(app, port=0, on_ready=lambda url: print(url, ticket(1, 1, "key", time.time()), flush=True))
print("served", flush=True)
"""
HOLDING = """
import sys, time
from pathlib import Path
from rapport.config.folder import hold

with hold(Path(sys.argv[1]), "http://127.0.0.1:8123"):
    print("held", flush=True)
    time.sleep(60)
"""


def python(code: str, *arguments: str) -> subprocess.Popen[str]:
    source = str(Path(serving.__file__).parents[2])
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": source},
    )


def line(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    return process.stdout.readline().strip()


def test_a_taken_port_gives_the_next_free_one() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        wanted = taken.getsockname()[1]
        port, was_taken = serving.free_port(wanted)
        assert was_taken
        assert wanted < port <= wanted + 100
    assert serving.free_port(wanted) == (wanted, False)


def test_an_address_that_is_not_ours_is_an_error() -> None:
    with pytest.raises(OSError, match="assign"):
        serving.free_port(8000, "203.0.113.7")


def test_the_address_shown_can_be_opened() -> None:
    assert serving.address("127.0.0.1", 80) == "http://127.0.0.1:80"
    assert serving.address("0.0.0.0", 8000) == "http://localhost:8000"
    assert serving.address("::1", 8000) == "http://[::1]:8000"


def test_pages_on_one_connection_do_not_wait_for_acknowledgements(start: Start) -> None:
    site = start()
    took = []
    with site.connect() as sock:
        for _ in range(20):
            began = time.perf_counter()
            sock.sendall(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n")
            heard = b""
            while not heard.endswith(b"0\r\n\r\n"):
                heard += sock.recv(4096)
            took.append(time.perf_counter() - began)
    assert statistics.median(took) < 0.03


def test_background_work_starts_with_the_server_and_stops_with_it(start: Start) -> None:
    started, ended = threading.Event(), threading.Event()

    def work(stop: threading.Event) -> None:
        started.set()
        stop.wait()
        ended.set()

    site = start(background=[work])
    assert started.wait(2)
    assert not ended.is_set()
    site.stop()
    assert ended.is_set()


def test_background_work_that_fails_begins_again(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rapport.config.asgi.AGAIN", 0.01)
    tries: list[int] = []
    again = threading.Event()

    def work(stop: threading.Event) -> None:
        tries.append(1)
        if len(tries) < 3:
            raise RuntimeError("once more")
        again.set()
        stop.wait()

    start(background=[work])
    assert again.wait(2)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly_with_streams_open(number: signal.Signals) -> None:
    process = python(LISTENING)
    url, paper = line(process).split()
    port = int(url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), 5) as stream:
        stream.sendall(f"GET /live?ticket={paper} HTTP/1.1\r\nHost: here\r\n\r\n".encode())
        assert b"200 OK" in stream.recv(4096)
        began = time.monotonic()
        process.send_signal(number)
        assert process.wait(5) == 0
        assert time.monotonic() - began < 3
    assert process.stdout
    assert process.stdout.read().split("\n") == ["work ended", "served", ""]


def test_a_page_that_never_ends_cannot_hold_the_process() -> None:
    process = python(LISTENING, "1")
    port = int(line(process).split()[0].rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), 5) as stuck:
        stuck.sendall(b"GET /stuck HTTP/1.1\r\nHost: here\r\n\r\n")
        time.sleep(0.3)
        process.send_signal(signal.SIGTERM)
        assert process.wait(3) == 1
    assert serving.LAST <= 5


def test_a_folder_is_held_by_one_and_says_by_whom(tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert holder(data) is None
    with hold(data, "http://127.0.0.1:8000") as held:
        who = holder(data)
        assert who
        assert (who["pid"], who["url"]) == (os.getpid(), "http://127.0.0.1:8000")
        held.tell("http://127.0.0.1:8001")
        with pytest.raises(Busy, match=rf"already runs on .*process {os.getpid()}, http://127.0.0.1:8001"), hold(data):
            pass
    assert holder(data) is None
    with hold(data):
        pass


def test_a_killed_holder_leaves_the_folder_free(tmp_path: Path) -> None:
    process = python(HOLDING, str(tmp_path))
    assert line(process) == "held"
    who = holder(tmp_path)
    assert who
    assert who["pid"] == process.pid
    process.kill()
    process.wait()
    assert holder(tmp_path) is None
    with hold(tmp_path):
        pass


def test_a_full_disk_is_one_sentence_and_waited_for_longer_each_time(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    waits: list[float] = []
    stop = threading.Event()
    monkeypatch.setattr(stop, "wait", lambda seconds: waits.append(seconds) or (len(waits) == 8 and stop.set()))

    def work(stop: threading.Event) -> None:
        full = sqlite3.OperationalError("database or disk is full")
        full.sqlite_errorcode = sqlite3.SQLITE_FULL
        raise OperationalError("database or disk is full") from full

    asgi.tend(work, stop, "line")
    assert waits == [5.0, 10.0, 20.0, 40.0, 80.0, 160.0, 300.0, 300.0]
    assert "The disk that holds the database is full. line waits" in caplog.text
    assert "Traceback" not in caplog.text and len(caplog.records) == 8
