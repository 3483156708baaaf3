"""The pages of imports: pause, go on, cancel, saved mappings, the unreadable rows as a file; and of health."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from rapport.core import work
from rapport.core.database import now
from rapport.core.models import Work
from rapport.inbox.models import Arrival, Message, Pulse, Source
from rapport.ingest.asides import unreadable_file
from rapport.ingest.models import SavedMapping
from rapport.web import uploads
from tests.conftest import NOW, Cast
from tests.web.conftest import Browser

CSV = b'when,who,words\n2026-03-01 10:00,@ann,"@acme where is my parcel?"\n2026-03-01 11:00,@bo,"What a lovely day."\n'
CHOSEN = {"map-text": "words", "map-author": "who", "map-said_at": "when"}


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "folder", lambda: tmp_path / "uploads")


def upload(dana: Client, content: bytes = CSV, name: str = "old.csv") -> str:
    """The address of the preview of an uploaded file."""
    return str(dana.post("/w/acme/import/", {"file": SimpleUploadedFile(name, content)})["Location"])


def test_a_mapping_saved_under_a_name_is_offered_for_files_of_the_same_columns(cast: Cast, dana: Client) -> None:
    there = upload(dana)
    dana.post(there, {"map-text": "words", "map-author": "who", "map-subject": "when", "save": " Old  desk "})
    [saved] = SavedMapping.objects.all()
    assert saved.name == "Old desk" and "subject=when" in saved.written
    swapped = b"words,when,who\n" + b'"@acme hello, are you there?",2026-03-01 10:00,@cyd\n'
    page = dana.get(upload(dana, swapped, "new.csv")).content.decode()
    assert "Filled in as you saved it: Old desk." in page
    assert "selected>when</option>" in page.split('id="map-subject"')[1].split("</select>")[0]
    guessed = dana.get(upload(dana, swapped, "new.csv") + "?mapping=guess").content.decode()
    assert "Filled in as guessed." in guessed
    other = dana.get(upload(dana, b"body,by\nhello there friends,@ann\n", "x.csv")).content.decode()
    assert "Old desk" not in other


def test_a_mapping_without_a_proper_name_is_refused_and_nothing_starts(cast: Cast, dana: Client) -> None:
    answer = dana.post(upload(dana), CHOSEN | {"save": "x" * 81})
    assert answer.status_code == 422 and "at most 80 characters" in answer.content.decode()
    assert not Work.objects.filter(kind="import").exists()


def test_an_import_is_paused_goes_on_and_is_cancelled_from_its_page(cast: Cast, dana: Client) -> None:
    there = dana.post(upload(dana), CHOSEN)["Location"]
    dana.post(f"{there}pause/")
    page = dana.get(there).content.decode()
    assert "Paused" in page and "Go on" in page and "hx-get" not in page.split('id="progress"')[1].split(">")[0]
    assert work.run_due(5, only=("import",)) == 0 and not Message.objects.exists()
    assert "cannot be paused" in dana.post(f"{there}pause/", follow=True).content.decode()
    dana.post(f"{there}resume/")
    work.run_due(5, only=("import",))
    assert Message.objects.count() == 2 and "Done" in dana.get(there).content.decode()
    assert "old.csv" in dana.get("/w/acme/import/").content.decode()
    dana.post(f"{there}cancellation/")
    work.run_due(5, only=("import",))
    page = dana.get(there).content.decode()
    assert "Cancelled" in page and "<dt>taken out<" in page and not Message.objects.exists()


def test_only_who_manages_pauses_cancels_and_downloads(cast: Cast, dana: Client, bea: Client) -> None:
    there = dana.post(upload(dana, CSV + b"the day before,@cyd,\n"), CHOSEN)["Location"]
    work.run_due(5, only=("import",))
    page = bea.get(there).content.decode()
    assert "Download" not in page and "Cancel it" not in page
    for verb in ("pause", "resume", "cancellation"):
        assert bea.post(f"{there}{verb}/").status_code == 403
    assert bea.get(f"{there}unreadable/").status_code == 403


def test_the_unreadable_rows_are_downloaded_under_a_safe_name(cast: Cast, dana: Client) -> None:
    there = dana.post(upload(dana, CSV + b"the day before,@cyd,\n", '../..\r\nX: y/ol"d.csv'), CHOSEN)["Location"]
    assert dana.get(f"{there}unreadable/").status_code == 404  # nothing is unreadable yet
    work.run_due(5, only=("import",))
    assert "Download the unreadable rows" in dana.get(there).content.decode()
    answer = dana.get(f"{there}unreadable/")
    disposition = answer["Content-Disposition"]
    assert disposition.startswith("attachment;") and "old.csv.unreadable.jsonl" in disposition
    assert not set(disposition) & {"\r", "\n", "/"}
    assert b"the day before" in b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    unreadable_file(Source.objects.get(kind="files")).unlink()


def test_health_tells_a_silence_and_what_gave_up_and_tries_again(cast: Cast, dana: Client, bea: Client) -> None:
    hour = Pulse.hour_of(NOW) - 5
    Pulse.objects.bulk_create(Pulse(source=cast.source, hour=hour - n, count=6) for n in range(8 * 168))
    Source.objects.filter(pk=cast.source.pk).update(last_arrival_at=NOW - timedelta(hours=5))
    dead = Work.objects.create(
        workspace_id=cast.acme.pk, kind="outgoing.send", due_at=now(), dead_at=now(), error="It broke. <b>"
    )
    page = dana.get("/w/acme/health/").content.decode()
    assert "Silent for 5 h, unusual for a Tuesday: some 30 messages" in page
    assert "An answer on its way out: It broke. &lt;b&gt;" in page and "look here" in page
    assert ">Try again<" not in bea.get("/w/acme/health/").content.decode()
    assert bea.post(f"/w/acme/health/jobs/{dead.pk}/again/").status_code == 403
    assert dana.post(f"/w/acme/health/jobs/{dead.pk}/again/")["Location"] == "/w/acme/health/"
    dead.refresh_from_db()
    assert dead.dead_at is None and dead.attempts == 0


def test_what_was_set_aside_is_tried_again_from_the_health_page(cast: Cast, dana: Client) -> None:
    cast.says("@ann", "@acme hello?")
    Arrival.objects.update(done_at=None, poison_at=now(), error="It failed.", raw=b"its bytes")
    page = dana.get("/w/acme/health/").content.decode()
    assert '<input type="hidden" name="from" value="wellbeing">' in page
    assert "It failed." in page and "its bytes" in page and "1 message is set aside." in page
    there = f"/w/acme/sources/arrivals/{Arrival.objects.get().pk}/again/"
    assert dana.post(there, {"from": "wellbeing"})["Location"] == "/w/acme/health/"
    assert "Everything does well" in dana.get("/w/acme/health/").content.decode()


def test_an_empty_workspace_is_told_what_to_do(cast: Cast, browse: Browser) -> None:
    page = browse(cast.dot).get("/w/elsewhere/health/").content.decode()
    assert "There is no source yet" in page
