"""The commands of the memory as somebody types them: alone, beside a running Rapport, and killed half-way."""

from __future__ import annotations

import gzip
import json
import random
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import postgresql
from tests.journeys.conftest import Start
from tests.journeys.servers import COMMAND, command, environment
from tests.memory.living import comparable

pytestmark = pytest.mark.slow


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Iterator[dict[str, str]]:
    if request.param == "sqlite":
        yield {}
        return
    with postgresql.database() as url:
        yield {"RAPPORT_DATABASE_URL": url}


def history(path: Path, rows: int) -> Path:
    with path.open("w") as out:
        for n in range(rows):
            text = f"@acme where is the marvellous parcel of number {n}?"
            row = {"id": f"m{n}", "author": f"person{n % 97}", "text": text, "reply_to": f"m{n - 1}" if n % 5 else ""}
            row["created"] = f"2026-01-{1 + n % 28:02}T10:00:00Z"
            out.write(json.dumps(row) + "\n")
    return path


def said(data: Path, *words: str, **more: str) -> str:
    done = command(data, *words, **more)
    assert done.returncode == 0, (words, done.stdout, done.stderr)
    return done.stdout


def records(path: Path) -> list[dict[str, object]]:
    return comparable(gzip.decompress(path.read_bytes()))


def test_out_in_and_forgotten(tmp_path: Path, database: dict[str, str]) -> None:
    data = tmp_path / "data"
    said(data, "import", str(history(tmp_path / "h.jsonl", 300)), "--us", "@acme", "--yes", **database)
    first, second = tmp_path / "a.jsonl.gz", tmp_path / "b.jsonl.gz"
    said(data, "export", "acme", "--out", str(first), **database)
    told = said(data, "import", str(first), "--yes", **database)
    assert "Took back the workspace acme-2" in told and "rapport link acme-2" in told
    said(data, "export", "acme-2", "--out", str(second), **database)
    assert records(first) == records(second)
    said(data, "link", "acme-2", **database)
    assert "97 people" in command(data, "export", "acme", "--out", str(tmp_path / "c.jsonl"), **database).stderr
    said(data, "export", "acme", "--csv", "--out", str(tmp_path / "c.csv"), **database)
    table = (tmp_path / "c.csv").read_bytes()
    assert table.startswith(b"\xef\xbb\xbfid,") and b"'@acme where" in table
    dry = said(data, "forget", "@person7", "--workspace", "acme", **database)
    assert "Nothing has been changed" in dry
    told = said(data, "forget", "person7", "--workspace", "acme", "--yes", **database)
    assert "      0  in rows" in told and "      0  by the search" in told
    assert ("Other workspaces here know them" in told) == (not database)
    said(data, "check", **database)
    said(data, "export", "acme", "--person", "person8", "--out", str(tmp_path / "p.jsonl"), **database)
    words = (tmp_path / "p.jsonl").read_text()
    assert "person8" in words and "person7" not in words and "person9" not in words


def test_beside_a_running_rapport(tmp_path: Path, start: Start) -> None:
    data = tmp_path / "data"
    said(data, "import", str(history(tmp_path / "h.jsonl", 300)), "--us", "@acme", "--yes")
    server = start(data)
    said(data, "export", "acme", "--out", str(tmp_path / "a.jsonl.gz"))
    assert "it will do this" in said(data, "import", str(tmp_path / "a.jsonl.gz"), "--yes")
    told = said(data, "forget", "person7", "--workspace", "acme", "--yes")
    assert "it will do this" in told and "Other workspaces" in told
    told = said(data, "forget", "person7", "--workspace", "acme-2", "--yes")
    assert "      0  in the bytes of rapport.sqlite3" in told
    assert "Verified" in said(data, "backup", str(tmp_path / "x.backup"))
    refused = command(data, "restore", str(tmp_path / "x.backup"), "--replace")
    assert refused.returncode == 1 and "already runs" in refused.stderr and str(server.process.pid) in refused.stderr
    told = said(tmp_path / "elsewhere", "restore", str(tmp_path / "x.backup"), "--data", str(tmp_path / "other"))
    assert "It needs the secret key with the mark" in told
    (tmp_path / "other" / "secret-key").write_text((data / "secret-key").read_text())
    said(tmp_path / "other", "check")
    told = said(tmp_path / "other", "restore", str(tmp_path / "x.backup"), "--replace")
    assert "The secret key fits" in told and "What was there before" in told


def test_killed_at_any_moment_no_half_file_is_left(tmp_path: Path) -> None:
    data, dice = tmp_path / "data", random.Random(5)
    said(data, "import", str(history(tmp_path / "h.jsonl", 3_000)), "--us", "@acme", "--yes")
    said(data, "backup", str(tmp_path / "whole.backup"))
    for number in range(5):
        kill(data, dice.uniform(0.3, 1.6), "backup", str(tmp_path / f"{number}.backup"))
        made = tmp_path / f"{number}.backup"
        assert not made.exists() or "Restored" in said(
            data, "restore", str(made), "--data", str(tmp_path / f"b{number}")
        )
    for number in range(5):
        folder = tmp_path / f"r{number}"
        kill(data, dice.uniform(0.2, 0.9), "restore", str(tmp_path / "whole.backup"), "--data", str(folder))
        if (folder / "rapport.sqlite3").exists():
            with sqlite3.connect(folder / "rapport.sqlite3") as found:
                assert found.execute("SELECT count(*) FROM inbox_message").fetchone() == (3_000,)
        else:
            assert "Restored" in said(data, "restore", str(tmp_path / "whole.backup"), "--data", str(folder))


def kill(data: Path, after: float, *words: str) -> None:
    quiet = subprocess.DEVNULL
    running = subprocess.Popen([*COMMAND, *words], env=environment(data), stdout=quiet, stderr=quiet)
    time.sleep(after)
    running.send_signal(signal.SIGKILL)
    running.wait(10)


WRONG = (
    (("export", "nobody"), "There is no workspace nobody"),
    (("export", "acme", "--person", "zed"), "There is nobody"),
    (("export", "acme", "--person", "a", "--stream", "needs"), "not both"),
    (("export", "acme", "--stream", "mine"), "mine"),
    (("export", "acme", "--out", "/no/such/folder/x.gz"), "cannot be written"),
    (("forget", "zed"), "There is nobody"),
    (("forget", "#99999999999999999999999"), "There is nobody"),
    (("forget", "ann", "--workspace", "nowhere"), "There is no workspace nowhere"),
    (("backup", "/no/such/folder/x"), "cannot be written"),
    (("restore", "h.jsonl"), "no backup"),
    (("restore", "/no/such/file"), "does not exist"),
)


def test_wrong_words_get_a_sentence(tmp_path: Path) -> None:
    data = tmp_path / "data"
    file = history(tmp_path / "h.jsonl", 10)
    said(data, "import", str(file), "--us", "@acme", "--yes")
    for words, sentence in WRONG:
        given = [str(file) if word == "h.jsonl" else word for word in words]
        done = command(data, *given, PWD=str(tmp_path))
        assert done.returncode != 0 and sentence in done.stderr, (words, done.stdout, done.stderr)
        assert "Traceback" not in done.stderr
    said(data, "export", "acme", "--out", str(tmp_path / "a.jsonl.gz"))
    done = command(data, "import", str(tmp_path / "a.jsonl.gz"), "--yes", "--workspace", "acme")
    assert done.returncode == 1 and "never mixed" in done.stderr
    done = command(data, "export", "acme", "--out", str(tmp_path / "a.jsonl.gz"))
    assert done.returncode == 1 and "exists already" in done.stderr
