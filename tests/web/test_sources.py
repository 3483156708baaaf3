"""Sources, the webhook's door, words about us, imports."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from rapport.channels.webhook import signing
from rapport.core import work
from rapport.core.database import now
from rapport.inbox.models import Arrival, Message, Source, Term
from rapport.web import uploads
from tests.conftest import Cast

CSV = b'when,who,words\n2026-03-01 10:00,@ann,"@acme where is my parcel?"\n2026-03-01 11:00,@bo,"What a lovely day."\n'


def connect(dana: Client, **values: str) -> tuple[str, str]:
    """(path of the address, secret) of a new webhook."""
    page = dana.post("/w/acme/sources/new/webhook/", {"name": "Contact form"} | values).content.decode()
    path = page.split('id="address">')[1].split("<")[0].removeprefix("http://testserver")
    return path, page.split('id="secret-1">')[1].split("<")[0]


def deliver(path: str, secret: str, body: bytes) -> tuple[int, dict[str, object]]:
    headers = signing.headers(secret, now(), body)
    answer = Client(enforce_csrf_checks=True).post(path, body, content_type="application/json", headers=headers)
    return answer.status_code, json.loads(answer.content)


def test_a_webhook_is_connected_and_its_secret_shown_once(cast: Cast, dana: Client) -> None:
    path, secret = connect(dana)
    listed = dana.get("/w/acme/sources/").content.decode()
    assert "Contact form" in listed and path in listed and secret not in listed
    assert secret not in Source.objects.get(kind="webhook").sealed


def test_a_delivery_is_accepted_once(cast: Cast, dana: Client) -> None:
    path, secret = connect(dana)
    body = json.dumps(
        {"id": "1", "author": {"id": "ann@b.test", "name": "Ann"}, "text": "Where is my router?"}
    ).encode()
    assert deliver(path, secret, body) == (202, {"accepted": 1, "known": 0})
    assert deliver(path, secret, body) == (202, {"accepted": 0, "known": 1})
    assert Arrival.objects.count() == 1


def test_what_is_not_signed_or_no_json_gets_a_sentence_and_a_status(cast: Cast, dana: Client) -> None:
    path, secret = connect(dana)
    status, said = deliver(path, "wrong", b"{}")
    assert status == 401 and "signature" in str(said["error"])
    status, said = deliver(path, secret, b"{not json")
    assert status == 400 and said["error"]
    assert Client().get(path).status_code == 405
    assert Client().post("/in/nothing/").status_code == 404
    assert not Arrival.objects.exists()


def test_a_file_has_no_door(cast: Cast) -> None:
    source = Source.objects.create(workspace=cast.acme, kind="files", name="history.csv")
    assert Client().post(f"/in/{source.token}/", b"{}", content_type="application/json").status_code == 404


def test_a_wrong_callback_is_refused_and_what_was_written_stays(cast: Cast, dana: Client) -> None:
    values = {"name": "Contact form", "callback_url": "javascript:alert(1)"}
    answer = dana.post("/w/acme/sources/new/webhook/", values)
    page = answer.content.decode()
    assert answer.status_code == 422 and "whole address" in page and 'value="Contact form"' in page
    assert not Source.objects.filter(kind="webhook").exists()
    assert dana.get("/w/acme/sources/new/nothing/").status_code == 404


def test_what_was_set_aside_is_shown_with_its_bytes_and_tried_again(cast: Cast, dana: Client) -> None:
    cast.says("@ann", "@acme hello?")
    raw = b"<script>alert(1)</script>\xff\x00" + b"x" * 5000
    Arrival.objects.update(done_at=None, poison_at=now(), error="ValueError: it cannot be read", raw=raw)
    page = dana.get("/w/acme/sources/").content.decode()
    assert "it cannot be read" in page and "&lt;script&gt;" in page and "Only its beginning" in page
    dana.post(f"/w/acme/sources/arrivals/{Arrival.objects.get().pk}/again/")
    assert Arrival.objects.get().poison_at is None


def test_our_words_are_added_and_removed(cast: Cast, dana: Client, bea: Client) -> None:
    dana.post("/w/acme/us/term/", {"kind": "handle", "text": "@acmehelp"})
    term = Term.objects.get(text="@acmehelp")
    assert "@acmehelp" in dana.get("/w/acme/us/").content.decode()
    dana.post("/w/acme/us/term/", {"remove": str(term.pk)})
    assert not Term.objects.filter(text="@acmehelp").exists()
    assert "Write the word first." in dana.post("/w/acme/us/term/", {"kind": "name"}, follow=True).content.decode()
    assert bea.post("/w/acme/us/term/", {"kind": "name", "text": "x"}).status_code == 403


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(uploads, "folder", lambda: tmp_path / "uploads")
    return tmp_path / "uploads"


def test_a_file_is_looked_at_before_it_is_imported(cast: Cast, dana: Client, place: Path) -> None:
    file = SimpleUploadedFile("../../his tory.csv", CSV)
    there = dana.post("/w/acme/import/", {"file": file, "us": "@acme", "rivals": "Norvik"})["Location"]
    page = dana.get(there).content.decode()
    assert (
        "where is my parcel?" in page and "his tory.csv" in page and ".." not in page.split("<h1>")[1].split("</p>")[0]
    )
    assert not Message.objects.exists()
    chosen = {"map-text": "words", "map-author": "who", "map-said_at": "when"}
    progress = dana.post(there, chosen)["Location"]
    assert "Waiting for the worker" in dana.get(progress).content.decode()
    while work.run_due(5, only=("import",)):
        pass
    page = dana.get(progress).content.decode()
    assert "Done" in page and Message.objects.count() == 2
    assert list(place.iterdir()) == []


def test_a_wrong_mapping_and_a_wrong_file_are_refused_in_words(cast: Cast, dana: Client, place: Path) -> None:
    there = dana.post("/w/acme/import/", {"file": SimpleUploadedFile("h.csv", CSV)})["Location"]
    answer = dana.post(there, {"map-text": "nothing like it"})
    assert answer.status_code == 422 and b'role="alert"' in answer.content
    for wrong in (
        {},
        {"file": SimpleUploadedFile("x.csv", b"")},
        {"file": SimpleUploadedFile("x.bin", bytes(range(256)) * 8)},
    ):
        answer = dana.post("/w/acme/import/", wrong)
        assert answer.status_code == 422 and b'role="alert"' in answer.content
    assert dana.get("/w/acme/import/forged/").status_code == 404


def test_a_form_that_is_sent_again_by_a_reload_connects_nothing_more(cast: Cast, dana: Client) -> None:
    page = dana.get("/w/acme/sources/new/form/").content.decode()
    once = page.split('name="once" value="')[1].split('"')[0]
    given = {"name": "Help", "title": "Write to us", "once": once}
    made = dana.post("/w/acme/sources/new/form/", given)
    assert made.status_code == 200 and "name that website" in made.content.decode()
    again = dana.post("/w/acme/sources/new/form/", given)
    source = Source.objects.get(kind="form")
    assert again.status_code == 302 and again["Location"] == f"/w/acme/sources/{source.pk}/"
    dana.post("/w/acme/sources/new/form/", {"name": "Second", "title": "Write to us"})
    assert Source.objects.filter(kind="form").count() == 2, "another form is another source"
