"""An import that somebody pauses or cancels: it waits, goes on, or is taken out again, but for what people touched."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rapport.channels.base import Author, Batch, Envelope, Item, Unreadable
from rapport.core import work
from rapport.core.models import Work
from rapport.core.refusal import Refused
from rapport.inbox import checking, replying, working
from rapport.inbox.models import Arrival, Conversation, Disposition, Message, Source
from rapport.ingest import accepting, asides, importing, pipeline, progressing
from rapport.people.models import Identity, Person
from tests.conftest import NOW, Cast


def history(folder: Path, count: int = 1200, name: str = "old.jsonl") -> Path:
    file = folder / name
    with file.open("w") as out:
        for n in range(count):
            row = {"id": f"m{n}", "text": f"@acme where is parcel {n}?", "author": f"p{n % 50}",
                   "created": "2015-02-24 11:15:48"}  # fmt: skip
            out.write(json.dumps(row) + "\n")
    return file


def begin(cast: Cast, file: Path) -> int:
    return importing.start(cast.acme, file, file.name, importing.look(file, file.name).mapping, by=cast.dana)


def labour() -> None:
    while work.run_due(1, only=("import",)):
        pass


def seen(job: int) -> progressing.Progress:
    far = progressing.of(job)
    assert far is not None
    return far


def row(job: int) -> Work:
    return Work.objects.get(pk=job)


def stop_after_first_batch(monkeypatch: pytest.MonkeyPatch, act: object) -> None:
    """Somebody presses a button while the first batch takes the line."""
    honest, pressed = pipeline.run, []

    def run(*args: object, **more: object) -> int:
        if not pressed:
            pressed.append(act())  # type: ignore[operator]
        return honest(*args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(pipeline, "run", run)


@pytest.mark.slow
def test_a_paused_import_waits_and_goes_on_where_it_was(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = begin(cast, history(tmp_path))
    stop_after_first_batch(monkeypatch, lambda: importing.pause(row(job), by=cast.dana))
    labour()
    assert (seen(job).state, seen(job).read, Message.objects.count()) == ("paused", 500, 500)
    assert row(job).attempts == 0 and not row(job).error
    labour()
    assert Message.objects.count() == 500
    importing.resume(row(job), by=cast.dana)
    labour()
    assert (seen(job).state, seen(job).read, Message.objects.count()) == ("done", 1200, 1200)
    with pytest.raises(Refused, match="not running"):
        importing.pause(row(job), by=cast.dana)
    with pytest.raises(Refused, match="not paused"):
        importing.resume(row(job), by=cast.dana)


def test_the_same_command_lets_a_paused_import_go_on_and_another_mapping_must_wait(cast: Cast, tmp_path: Path) -> None:
    file = history(tmp_path, 10)
    job = begin(cast, file)
    importing.pause(row(job), by=None)
    with pytest.raises(Refused, match=f"Import {job} of old.jsonl is not over"):
        importing.start(cast.acme, file, file.name, {"text": "text"}, by=cast.dana)
    assert begin(cast, file) == job
    labour()
    assert seen(job).state == "done"


@pytest.mark.slow
def test_cancelling_half_way_leaves_nothing_and_the_file_can_be_imported_again(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast.says("@ann", "@acme hello, where is it?")
    before = (Message.objects.count(), Conversation.objects.count(), Identity.objects.count(), Person.objects.count())
    job = begin(cast, history(tmp_path))
    stop_after_first_batch(monkeypatch, lambda: importing.cancel(row(job), by=cast.dana))
    labour()
    far = seen(job)
    assert (far.state, far.removed, far.kept) == ("cancelled", 500, 0)
    after = (Message.objects.count(), Conversation.objects.count(), Identity.objects.count(), Person.objects.count())
    assert after == before and not Source.objects.filter(kind="files").exists()
    assert Arrival.objects.count() == 1 and not checking.miscounted()
    with pytest.raises(Refused, match="already"):
        importing.cancel(row(job), by=cast.dana)
    again = begin(cast, tmp_path / "old.jsonl")
    labour()
    assert again != job and seen(again).read == 1200 and Message.objects.count() == 1201


def test_what_a_person_acted_on_stays_and_is_counted(cast: Cast, tmp_path: Path) -> None:
    job = begin(cast, history(tmp_path, 60))
    labour()
    noted, typed, assigned = Conversation.objects.filter(source__kind="files").order_by("pk")[:3]
    working.note(noted, "I know her.", by=cast.bea)
    replying.save_draft(typed, "Dear …", by=cast.bea)
    working.assign(assigned, cast.cem, by=cast.bea)
    importing.cancel(row(job), by=cast.dana)
    labour()
    assert (seen(job).removed, seen(job).kept) == (57, 3)
    assert set(Conversation.objects.values_list("pk", flat=True)) == {noted.pk, typed.pk, assigned.pk}
    assert Identity.objects.count() == Person.objects.count() == 3
    assert Arrival.objects.count() == 3 and Source.objects.filter(kind="files").exists()
    assert not checking.miscounted()


def test_what_another_source_brought_stays_and_becomes_its_own(cast: Cast, tmp_path: Path) -> None:
    job = begin(cast, history(tmp_path, 5))
    labour()
    envelope = Envelope(network="file", external_id="m3", author=Author("p3"), text="@acme where is parcel 3?")
    accepting.accept(cast.source, Batch(items=(Item(envelope, b"{}"),)))
    assert pipeline.run() == 1
    importing.cancel(row(job), by=cast.dana)
    labour()
    [left] = Message.objects.all()
    assert (left.external_id, left.source_id) == ("m3", cast.source.pk)
    assert left.conversation.source_id == cast.source.pk and not checking.miscounted()


def test_a_conversation_that_keeps_other_messages_stands_as_they_make_it_stand(cast: Cast, tmp_path: Path) -> None:
    said = cast.says("@ann", "Thank you, that is all!", id="t1", thread="t", at=NOW, direct=True)
    was = (said.state, said.message_count, said.headline)
    envelope = Envelope(
        network="social", external_id="m0", author=Author("@ann"), text="@acme where is my refund?", thread="t"
    )
    old = Source.objects.create(workspace=cast.acme, kind="files", name="old.jsonl")
    job = importing.start(cast.acme, history(tmp_path, 0), "old.jsonl", {"text": "text"}, by=cast.dana)
    accepting.accept(old, Batch(items=(Item(envelope, b"{}"),)))
    pipeline.run()
    said.refresh_from_db()
    assert (said.state, said.message_count) == ("needs_answer", 2)
    importing.cancel(row(job), by=cast.dana)
    labour()
    said.refresh_from_db()
    assert (said.state, said.message_count, said.headline) == was and said.snippet.startswith("Thank you")
    assert not checking.miscounted() and Disposition.objects.count() == 1


def test_an_import_that_ended_is_taken_out_but_not_what_came_later(cast: Cast, tmp_path: Path) -> None:
    file = history(tmp_path, 20)
    first = begin(cast, file)
    labour()
    cast.clock.shift(3600)
    history(tmp_path, 30)
    second = begin(cast, file)
    labour()
    importing.cancel(row(first), by=cast.dana)
    labour()
    assert seen(first).removed == 20 and Message.objects.count() == 10
    cast.clock.shift(3600)
    importing.cancel(row(second), by=cast.dana)
    labour()
    assert not Message.objects.exists() and not checking.miscounted()


@pytest.mark.slow
def test_a_cancelled_import_that_is_killed_goes_on_with_the_rest(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from rapport.ingest import removing

    job = begin(cast, history(tmp_path))
    labour()
    importing.cancel(row(job), by=cast.dana)
    honest, calls = removing._take_out, []

    def die(*args: object, **kwargs: object) -> tuple[int, int]:
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return honest(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(removing, "_take_out", die)
    with pytest.raises(KeyboardInterrupt):
        work.run_due(only=("import",))
    Work.objects.filter(pk=job).update(lease="", lease_until=None)
    labour()
    assert (seen(job).state, seen(job).removed) == ("cancelled", 1200) and not checking.miscounted()


def test_who_does_not_manage_is_refused(cast: Cast, tmp_path: Path) -> None:
    job = begin(cast, history(tmp_path, 3))
    for verb in (importing.pause, importing.resume, importing.cancel):
        with pytest.raises(Refused, match="owner or a manager"):
            verb(row(job), by=cast.bea)


def test_a_failed_import_whose_file_came_again_is_not_read_from_the_wrong_place(cast: Cast, tmp_path: Path) -> None:
    file = history(tmp_path, 10)
    first = begin(cast, file)
    file.rename(tmp_path / "away")
    labour()
    assert seen(first).state == "failed"
    (tmp_path / "away").rename(file)
    begin(cast, file)
    labour()
    importing.resume(row(first), by=cast.dana)
    labour()
    assert "imported again since" in seen(first).error


def test_asides_are_counted_once_after_a_crash_and_a_torn_line_is_written_anew(tmp_path: Path) -> None:
    path = tmp_path / "unreadable.jsonl"
    rows = [Unreadable(f"line {n}", "It is no JSON.", b"{") for n in range(3)]
    asides.Asides(path, fresh=True).keep(rows)
    path.write_bytes(path.read_bytes() + b'{"position": "line 3", "rea')
    again = asides.Asides(path, fresh=False)
    again.keep([*rows, Unreadable("line 3", "It is no JSON.", b"{")])
    again.keep_refused(7, "Its id is taken.", b"x")
    last = asides.Asides(path, fresh=False)
    last.keep_refused(7, "Its id is taken.", b"x")
    assert last.count == again.count == 5 and last.last_arrival == 7
    assert [json.loads(line)["position"] for line in path.read_text().splitlines()] == [
        "line 0", "line 1", "line 2", "line 3", "arrival 7",
    ]  # fmt: skip
