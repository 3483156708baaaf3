"""An import: read once, whoever starts it, however often; goes on where it was stopped; says what it could not read."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from rapport.channels.files import FilesChannel
from rapport.core import work
from rapport.core.models import Work
from rapport.core.refusal import Refused
from rapport.inbox import checking
from rapport.inbox.models import Conversation, Message, Source, Term
from rapport.ingest import importing, pipeline, progressing
from tests.conftest import Cast


@pytest.fixture
def history(tmp_path: Path) -> Path:
    """1,200 rows of the form people export, two of them unreadable."""
    file = tmp_path / "old.jsonl.gz"
    with gzip.open(file, "wt") as out:
        for n in range(1200):
            text = f"@acme where is parcel {n}?" if n % 4 == 0 else f"rain again, day {n}"
            created = "2015-02-24 11:15:48 -0800" if n != 701 else "the day before"
            out.write(
                json.dumps({"id": str(10**17 + n), "text": text, "created": created, "author": f"p{n % 50}"}) + "\n"
            )
            if n == 300:
                out.write("{broken\n")
    return file


def begin(cast: Cast, file: Path, **more: object) -> int:
    found = importing.look(file, file.name)
    return importing.start(cast.acme, file, file.name, found.mapping, by=cast.dana, **more)  # type: ignore[arg-type]


def test_an_import_ends_with_its_figures_and_its_unreadable_rows(cast: Cast, history: Path) -> None:
    job = begin(cast, history, us=["@acme", "Acme Shop"], rivals=["@norvik"])
    work.run_due(only=("import",))
    seen = progressing.of(job)
    assert seen is not None and seen.done and not seen.error
    assert (seen.read, seen.needs, seen.unreadable) == (1199, 300, 2)
    asides = [json.loads(line) for line in Path(seen.unreadable_file).read_text().splitlines()]
    assert [row["position"] for row in asides] == ["line 302", "line 703"]
    assert all(row["reason"].endswith(".") for row in asides)
    assert Term.objects.filter(workspace=cast.acme, kind="name", text="Acme Shop").exists()
    assert Conversation.objects.filter(due_at__isnull=False).count() == 0  # history starts no clock
    assert not checking.miscounted()


def test_the_same_file_again_changes_nothing(cast: Cast, history: Path) -> None:
    for _ in range(2):
        job = begin(cast, history)
        work.run_due(only=("import",))
        seen = progressing.of(job)
        assert seen is not None and (seen.read, seen.needs) == (1199, 300)
    assert (Message.objects.count(), Source.objects.filter(kind="files").count()) == (1199, 1)


def test_what_was_stopped_goes_on_where_it_stopped(cast: Cast, history: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    job = begin(cast, history)
    honest, runs = pipeline.run, []

    def die(*args: object, **more: object) -> int:
        runs.append(1)
        if len(runs) == 2:
            raise KeyboardInterrupt  # nothing in the job may catch it: it stands for a process that is gone
        return honest(*args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(pipeline, "run", die)
    with pytest.raises(KeyboardInterrupt):
        work.run_due(only=("import",))
    monkeypatch.setattr(pipeline, "run", honest)
    starts: list[str | None] = []
    read = FilesChannel.read
    monkeypatch.setattr(
        FilesChannel,
        "read",
        lambda self, *a, cursor=None, **k: (starts.append(cursor), read(self, *a, cursor=cursor, **k))[1],
    )
    assert begin(cast, history) == job
    Work.objects.filter(pk=job).update(lease="", lease_until=None)
    work.run_due(only=("import",))
    seen = progressing.of(job)
    assert starts and starts[0] and starts[0] != "0:0"
    assert seen is not None and (seen.read, seen.unreadable) == (1199, 2)
    assert Message.objects.count() == 1199


def test_what_cannot_be_imported_is_refused_in_a_sentence(cast: Cast, tmp_path: Path) -> None:
    nothing = tmp_path / "nothing.csv"
    nothing.write_text("")
    with pytest.raises(Refused, match="empty"):
        importing.look(nothing, nothing.name)
    table = tmp_path / "table.csv"
    table.write_text("id,who,words\n1,ann,hello there\n2,bo,good morning to you\n")
    with pytest.raises(Refused, match="words"):
        importing.checked("text=body", importing.look(table, table.name))
    with pytest.raises(Refused, match="owner or a manager"):
        importing.start(cast.acme, table, table.name, {"text": "words"}, by=cast.bea)


def test_a_file_that_is_gone_when_the_job_runs_says_so(cast: Cast, history: Path) -> None:
    job = begin(cast, history)
    history.unlink()
    work.run_due(only=("import",))
    seen = progressing.of(job)
    assert seen is not None and seen.done and "cannot be read" in seen.error


def test_a_file_whose_first_line_is_endless_is_refused_before_anything_is_made(cast: Cast, tmp_path: Path) -> None:
    file = tmp_path / "endless.jsonl"
    file.write_bytes(
        b'{"id": 1, "text": "' + b"x" * 3_000_000 + b'"}\n{"id": 2, "author": "bo", "text": "where is it"}\n'
    )
    with pytest.raises(Refused, match="1 MB at most"):
        importing.look(file, file.name)
    found = importing.look(file, file.name, mapped=True)
    importing.start(cast.acme, file, file.name, importing.checked("text=text,author=author,id=id", found), by=None)
    while work.run_due(5, only=("import",)):
        pass
    assert list(Message.objects.values_list("text", flat=True)) == ["where is it"]
    assert Source.objects.get(name="endless.jsonl").unreadable == 1
