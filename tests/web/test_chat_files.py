"""Files that a visitor adds: kept, shown, saved, refused, gone with their words."""

from __future__ import annotations

import email
from email.policy import default

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from rapport.core import work
from rapport.inbox import forgetting
from rapport.inbox.models import Arrival, Attachment, Message
from tests.conftest import Cast
from tests.net import relays
from tests.web.chatters import Page, answered, open_chat, talk
from tests.web.test_chat import with_letters
from tests.web.visitors import sort_in


@pytest.fixture
def ann(cast: Cast) -> Page:
    return Page(cast, open_chat(cast))


PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 40


def upload(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="text/html")


def test_a_picture_and_a_pdf_come_along_and_are_shown_and_saved(ann: Page, bea: Client, cast: Cast) -> None:
    files = [upload("box.png", PNG), upload("../../Rechnung ü.pdf", b"%PDF-1.7 ...")]
    sent = ann.send("Look at this.", file=files)
    assert sent.status_code == 202, sent.content
    ann.token = sent.json()["token"]
    sort_in()
    picture, paper = Attachment.objects.order_by("place")
    shown = ann.look()["turns"][0]["files"]
    assert [(one["name"], one["image"]) for one in shown] == [("box.png", True), ("Rechnung ü.pdf", False)]
    assert shown[0]["url"] == f"/p/{ann.token}/files/{picture.pk}/"
    assert Client().get(shown[0]["url"]).content == PNG
    page = bea.get(f"/w/acme/c/{talk(ann).pk}/").content.decode()
    assert f'<img src="/w/acme/files/{picture.pk}/" alt="Picture: box.png"' in page and "Rechnung ü.pdf" in page
    shown, saved = (bea.get(f"/w/acme/files/{one.pk}/") for one in (picture, paper))
    assert (
        shown.content == PNG
        and shown["Content-Type"] == "image/png"
        and shown["Content-Disposition"].startswith("inline")
    )
    assert saved["Content-Disposition"].startswith("attachment") and "sandbox" in saved["Content-Security-Policy"]
    assert shown["X-Content-Type-Options"] == "nosniff" and "no-store" not in shown["Cache-Control"]
    assert ann.send("Look at this.", file=[upload("box.png", PNG)]).status_code == 202  # the same message again
    assert Attachment.objects.count() == 2


def test_a_file_alone_is_a_message(ann: Page) -> None:
    sent = ann.send("", once="a-file-alone", file=upload("box.png", PNG))
    assert sent.status_code == 202, sent.content
    sort_in()
    assert Message.objects.get().text == "" and Attachment.objects.get().kind == "image"


def test_what_is_no_picture_or_too_large_is_refused_in_a_sentence(ann: Page, cast: Cast) -> None:
    page = b"<html><script>alert(1)</script>"
    assert "neither a picture nor a PDF" in ann.send("See?", file=upload("box.png", page)).json()["error"]
    assert "neither" in ann.send("See?", file=upload("x.svg", b"<svg onload=alert(1)>")).json()["error"]
    big = ann.send("See?", file=upload("box.png", PNG + b"\x00" * 5_000_000))
    assert big.status_code == 413 and "5 MB" in big.json()["error"]
    assert ann.send("See?", file=[upload(f"{n}.png", PNG) for n in range(4)]).status_code == 413
    none = Page(cast, open_chat(cast, files=""))
    assert "takes no files" in none.send("See?", file=upload("box.png", PNG)).json()["error"]
    assert not Arrival.objects.exists() and not Attachment.objects.exists()


def test_a_file_goes_with_its_message(ann: Page, bea: Client, cast: Cast) -> None:
    ann.says("Look at this.", file=upload("box.png", PNG))
    id = Attachment.objects.get().pk
    identity = talk(ann).identity
    assert identity is not None
    forgetting.forget(forgetting.know(identity.person), by=cast.dana, apply=True)
    assert not Attachment.objects.exists() and bea.get(f"/w/acme/files/{id}/").status_code == 404


def test_an_infected_file_is_not_given_out(ann: Page, bea: Client) -> None:
    ann.says("Look at this.", file=upload("box.png", PNG))
    Attachment.objects.update(scan="infected: Eicar")
    answer = bea.get(f"/w/acme/files/{Attachment.objects.get().pk}/")
    assert answer.status_code == 403 and "harmful" in answer.content.decode()
    assert (
        "<img"
        not in bea.get(f"/w/acme/c/{talk(ann).pk}/").content.decode().split('id="turns"')[1].split("</section>")[0]
    )


def test_a_picture_of_ours_stands_in_the_talk_and_on_the_private_page_for_whoever_has_its_key(
    ann: Page, bea: Client, cast: Cast
) -> None:
    ann.says("Which lid is it?")
    row = talk(ann)
    added = {"text": "This one.", "file": [upload("lid.png", PNG), upload("lid.pdf", b"%PDF-1.7 ...")]}
    bea.post(f"/w/acme/c/{row.pk}/files/", added)
    picture, paper = Attachment.objects.order_by("place")
    Attachment.objects.filter(pk=picture.pk).update(alt="A red lid")
    path = f"/p/{ann.token}/files/{picture.pk}/"
    assert Client().get(path).status_code == 404, "a draft is nobody's but its writer's"
    answered(ann, "This one.")
    ours = ann.look()["turns"][-1]
    assert [(one["name"], one["image"]) for one in ours["files"]] == [("A red lid", True), ("lid.pdf", False)]
    assert ours["files"][0]["url"] == path
    got = Client().get(path)
    assert got.content == PNG and "sandbox" in got["Content-Security-Policy"] and got["Content-Type"] == "image/png"
    assert Client().get(f"/p/{ann.token}/files/{paper.pk}/")["Content-Disposition"].startswith("attachment")
    page = Client().get(f"/p/{ann.token}/").content.decode()
    assert f'<img src="files/{picture.pk}/" alt="A red lid"' in page
    other = Page(cast, ann.source)
    other.says("Somebody else.")
    assert Client().get(f"/p/{other.token}/files/{picture.pk}/").status_code == 404, (
        "another talk's key opens nothing here"
    )
    Attachment.objects.filter(pk=picture.pk).update(scan="infected: Eicar")
    assert Client().get(path).status_code == 404
    assert "url" not in ann.look()["turns"][-1]["files"][0]


def test_what_we_added_goes_along_in_the_letter_to_who_has_left(
    cast: Cast, bea: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    with relays.relay() as there:
        ann = with_letters(cast, monkeypatch, there.url)
        ann.says("Which lid is it?")
        ann.look()
        ann.post("address", email="ann@lee.test")
        ann.look("")
        bea.post(f"/w/acme/c/{talk(ann).pk}/files/", {"text": "This one.", "file": upload("lid ü.png", PNG)})
        answered(ann, "This one.")
        work.run_due()
    [(_, _, raw)] = there.taken
    mail = email.message_from_bytes(raw, policy=default)
    assert [(one.get_filename(), one.get_content_type(), one.get_content()) for one in mail.iter_attachments()] == [
        ("lid ü.png", "image/png", PNG)
    ]
