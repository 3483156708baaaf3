"""A mail's HTML: shown on request in a frame of its own, where nothing runs and nothing is fetched."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from rapport.channels.base import Author, Batch, Envelope, File, Item
from rapport.channels.mail.sanitising import framed, sanitise
from rapport.inbox.models import Attachment, Conversation, Message
from rapport.ingest import accepting, pipeline
from tests.conftest import NOW, Cast
from tests.web.conftest import Browser

RICH = (
    '<p onclick="alert(1)">Dear <b>Acme</b></p><script>alert(2)</script><img src="cid:logo" alt="Logo">'
    '<img src="https://track.example/p.gif"><a href="javascript:alert(3)">x</a><form action="/logout"><input></form>'
    '<a href="https://ann.example/">mine</a><iframe src="https://evil.example"></iframe><base href="https://evil.example">'
)
PNG = b"\x89PNG\r\n\x1a\n and the rest"


@pytest.fixture
def mail(cast: Cast) -> Conversation:
    said = Envelope(
        network="social", external_id="m1", author=Author("ann@lee.example", "Ann Lee"), text="Dear Acme, where is it?",
        said_at=NOW, direct=True, public=False,
    )  # fmt: skip
    picture = File(name="logo.png", type="image/png", content=PNG, cid="logo")
    accepting.accept(cast.source, Batch((Item(said, b"raw", (picture,), sanitise(RICH)),)))
    while pipeline.run():
        pass
    return Message.objects.get(external_id="m1").conversation


def test_plain_words_come_first_and_the_frame_is_closed(cast: Cast, bea: Client, mail: Conversation) -> None:
    page = bea.get(f"/w/acme/c/{mail.pk}/")
    words = page.content.decode()
    id = Message.objects.get().pk
    assert words.index("Dear Acme, where is it?") < words.index("As it was laid out")
    frame = re.search(r"<iframe[^>]*>", words)
    assert frame and f"/m/{id}/html/" in frame[0] and "allow-scripts" not in frame[0] and "allow-same" not in frame[0]
    assert "they learn your address on the internet" in words
    assert "frame-src 'self'" in page["Content-Security-Policy"]


def test_nothing_runs_in_it_and_nothing_is_fetched(cast: Cast, bea: Client, mail: Conversation) -> None:
    answer = bea.get(f"/w/acme/m/{Message.objects.get().pk}/html/")
    html, policy = answer.content.decode(), answer["Content-Security-Policy"]
    assert "<b>Acme</b>" in html and 'alt="Logo"' in html and "data:image/png;base64," in html
    for bad in (
        "script",
        "onclick",
        "javascript:",
        "track.example",
        "<form",
        "<input",
        "<iframe",
        'href="https://evil',
    ):
        assert bad not in html.lower().replace("</style>", ""), bad
    assert "sandbox" in policy and "allow-scripts" not in policy and "img-src data:;" in policy
    assert "default-src 'none'" in policy and "frame-ancestors 'self'" in policy
    assert answer["Referrer-Policy"] == "no-referrer" and "X-Frame-Options" not in answer
    assert 'rel="noopener noreferrer nofollow"' in html and '<base target="_blank">' in html


def test_remote_pictures_are_shown_for_this_mail_to_whoever_asks(cast: Cast, bea: Client, mail: Conversation) -> None:
    path = f"/w/acme/m/{Message.objects.get().pk}/html/"
    asked = bea.get(f"{path}?images")
    assert "https://track.example/p.gif" in asked.content.decode()
    assert "img-src data: https: http:;" in asked["Content-Security-Policy"]
    assert "track.example" not in bea.get(path).content.decode(), "asked for once, not for good"


def test_a_picture_that_a_scanner_refused_is_not_in_it(cast: Cast, bea: Client, mail: Conversation) -> None:
    Attachment.objects.filter(place=1).update(scan="infected: Eicar")
    assert "data:image" not in bea.get(f"/w/acme/m/{Message.objects.get().pk}/html/").content.decode()


def test_strangers_and_those_without_html_get_nothing(
    cast: Cast, bea: Client, browse: Browser, mail: Conversation
) -> None:
    path = f"/w/acme/m/{Message.objects.get().pk}/html/"
    assert browse(cast.dot).get(path).status_code == 404
    plain = cast.says("@ann", "@acme hello?", id="p1")
    assert "As it was laid out" not in bea.get(f"/w/acme/c/{plain.pk}/").content.decode()
    assert bea.get(f"/w/acme/m/{Message.objects.get(external_id='p1').pk}/html/").status_code == 404
    Message.objects.filter(external_id="m1").update(deleted_at=NOW)
    assert bea.get(path).status_code == 404


def test_only_pictures_that_came_along_are_put_in_their_places() -> None:
    source = '<img src="cid:a"><img src="cid:b"><img src="data:image/svg+xml,x"><img src="HTTPS://x.example/1">'
    assert framed(source, {"a": "data:image/png;base64,AA"}, remote=False).count("src=") == 1
    assert framed(source, {}, remote=True).count("src=") == 1
