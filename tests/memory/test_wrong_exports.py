"""An export is a stranger's file: what is not as it was written is one clear sentence, and nothing is taken back."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rapport.accounts.models import Workspace
from rapport.core import work
from rapport.core.refusal import Refused
from rapport.inbox.models import Message
from rapport.ingest import importing
from rapport.ingest.memory import returning
from rapport.people.models import Person
from tests.conftest import Cast
from tests.memory.living import exported

Rows = list[dict[str, Any]]


def signed(rows: Rows) -> bytes:
    """The file again, as if somebody had written these rows and a last line that fits."""
    raw = b"".join(json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in rows[:-1])
    raw = raw.replace(b'{"record": "rapport-export"', b'{"record":"rapport-export"', 1)
    return raw + json.dumps(rows[-1] | {"sha256": hashlib.sha256(raw).hexdigest()}).encode() + b"\n"


def refused(raw: bytes, folder: Path) -> str:
    """The sentence with which it is refused; nothing may have been kept."""
    (folder / "x.jsonl").write_bytes(raw)
    before = [Workspace.objects.count(), Message.objects.count(), Person.objects.count()]
    try:
        job = returning.start(folder / "x.jsonl")
    except Refused as error:
        sentence = str(error)
    else:
        while work.run_due(1, only=("return",)):
            pass
        row = work.Work.objects.get(pk=job)
        assert row.dead_at is not None, "It was taken back."
        sentence = row.error
    assert before == [Workspace.objects.count(), Message.objects.count(), Person.objects.count()]
    assert sentence.endswith(".") and "Traceback" not in sentence and "Error:" not in sentence
    return sentence


@pytest.fixture
def rows(lived: Cast) -> Rows:
    return [json.loads(line) for line in exported(lived.acme).splitlines()]


def of(rows: Rows, record: str) -> dict[str, Any]:
    return next(row for row in rows if row["record"] == record)


def test_a_file_cut_anywhere(rows: Rows, tmp_path: Path) -> None:
    raw = signed(rows)
    for length in (len(raw) - 2, len(raw) - 200, len(raw) // 2, len(raw) // 3 + 7):
        refused(raw[:length], tmp_path)
    packed = gzip.compress(raw)
    for length in (len(packed) - 1, len(packed) - 9, len(packed) // 2):
        assert "cut off" in refused(packed[:length], tmp_path) or length < len(packed) - 9


def test_a_tampered_count_and_a_tampered_word(rows: Rows, tmp_path: Path) -> None:
    rows[-1]["counts"]["message"] += 1
    assert "but" in refused(signed(rows), tmp_path)
    rows[-1]["counts"]["message"] -= 1
    raw = signed(rows)
    assert "changed after" in refused(raw.replace(b"kettle", b"bottle"), tmp_path)
    lines = raw.splitlines(keepends=True)
    assert "but" in refused(b"".join(lines[:-3] + lines[-1:]), tmp_path)
    assert "behind the last line" in refused(raw + lines[1], tmp_path)


def test_another_form(rows: Rows, tmp_path: Path) -> None:
    rows[0] |= {"format": 2, "rapport": "9.9.9"}
    assert "9.9.9" in refused(signed(rows), tmp_path)


CHANGES: dict[str, Callable[[Rows], Any]] = {
    "an unknown record": lambda rows: rows.insert(1, {"record": "spell", "id": 1}),
    "a missing key": lambda rows: of(rows, "message").pop("text"),
    "ids that do not ascend": lambda rows: of(rows, "message").update(id=10**12),
    "an id that is a word": lambda rows: of(rows, "person").update(id="1"),
    "an id that is true": lambda rows: of(rows, "person").update(id=True),
    "a reference to nothing": lambda rows: of(rows, "message").update(conversation=10**9),
    "a reference that is a list": lambda rows: of(rows, "message").update(conversation=[1]),
    "text that is a number": lambda rows: of(rows, "message").update(text=7),
    "a NUL": lambda rows: of(rows, "message").update(text="a\x00b"),
    "a NUL inside JSON": lambda rows: of(rows, "event").update(facts={"a": "\x00"}),
    "a name that is too long": lambda rows: of(rows, "person").update(name="x" * 201),
    "an unknown state": lambda rows: of(rows, "conversation").update(state="asleep"),
    "a time without a zone": lambda rows: of(rows, "message").update(said_at="2026-03-10T09:00:00"),
    "a time that is none": lambda rows: of(rows, "message").update(said_at="yesterday"),
    "a time before time": lambda rows: of(rows, "message").update(said_at="0001-01-01T00:00:00Z"),
    "null where it cannot be": lambda rows: of(rows, "message").update(said_at=None),
    "a key of another length": lambda rows: of(rows, "message").update(key="ab" * 17),
    "a key that is no key": lambda rows: of(rows, "message").update(key="zz"),
    "a reading of another shape": lambda rows: of(rows, "message")["reading"].update(data={"language": 5}),
    "reasons of another shape": lambda rows: of(rows, "message")["dispositions"][0].update(reasons=[1]),
    "parts that are no list": lambda rows: of(rows, "message").update(dispositions={}),
    "a row of the table that is none": lambda rows: of(rows, "message")["dispositions"][0].update(row=10**6),
    "an address that runs": lambda rows: of(rows, "message").update(url=" JavaScript:alert(1)"),
    "a count below zero": lambda rows: of(rows, "conversation").update(message_count=-1),
    "records in another order": lambda rows: rows.insert(1, rows.pop(-2)),
    "two of one key": lambda rows: [row.update(key="00" * 16) for row in rows if row["record"] == "message"],
    "no workspace": lambda rows: rows[0].pop("workspace"),
    "a workspace without a zone": lambda rows: rows[0]["workspace"].update(zone="Middle/Earth"),
    "a workspace without a name": lambda rows: rows[0]["workspace"].update(name=" "),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_what_cannot_be_is_refused(rows: Rows, tmp_path: Path, change: Callable[[Rows], Any]) -> None:
    change(rows)
    rows[-1]["counts"] = {}
    for row in rows[1:-1]:
        rows[-1]["counts"][row["record"]] = rows[-1]["counts"].get(row["record"], 0) + 1
    refused(signed(rows), tmp_path)


@pytest.mark.parametrize("line", [b"[" * 100_000, b"{" * 5, b'{"record": "\xff"}', b"nonsense", b'{"a": "\\ud800"}'])
def test_a_line_that_is_no_object(rows: Rows, tmp_path: Path, line: bytes) -> None:
    first, *rest = signed(rows).splitlines(keepends=True)
    assert "Line 2" in refused(first + line + b"\n" + b"".join(rest), tmp_path)


def test_a_word_of_another_kind_takes_no_job(cast: Cast, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(b'{"id": 1, "text": "hello"}\n')
    with pytest.raises(Refused, match="no export"):
        returning.start(tmp_path / "a.jsonl")


def test_the_upload_page_takes_none_into_its_workspace(rows: Rows, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(signed(rows)))
    with pytest.raises(Refused, match="export of Rapport"):
        importing.look(tmp_path / "a.jsonl.gz", "a.jsonl.gz")


def test_killed_half_way_it_begins_again(rows: Rows, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from rapport.ingest.memory import writing

    (tmp_path / "a.jsonl").write_bytes(signed(rows))
    count = Workspace.objects.count()
    honest = writing.insert

    def die(kind: Any, batch: Any, made: Any) -> None:
        if kind.name == "answer":
            raise KeyboardInterrupt
        honest(kind, batch, made)

    job = returning.start(tmp_path / "a.jsonl")
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(returning, "insert", die)
        work.run_due(1, only=("return",))
    assert Workspace.objects.count() == count + 1
    work.Work.objects.filter(pk=job).update(lease="", lease_until=None)
    assert returning.start(tmp_path / "a.jsonl") == job
    work.run_due(1, only=("return",))
    assert Workspace.objects.count() == count + 1
    assert work.Work.objects.get(pk=job).done_at
