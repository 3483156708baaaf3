"""Files that a visitor adds: kept, shown, saved, refused, gone with their words."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from rapport.inbox import forgetting
from rapport.inbox.models import Arrival, Attachment, Message
from tests.conftest import Cast
from tests.web.chatters import Page, open_chat, talk
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
    assert ann.look()["turns"][0]["files"] == ["box.png", "Rechnung ü.pdf"]
    picture, paper = Attachment.objects.order_by("place")
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
