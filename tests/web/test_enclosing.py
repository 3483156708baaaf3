"""Files in the composer: chosen, kept with the draft, described, taken out, shown, and sent with the answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from rapport.channels.fake.channel import FakeChannel
from rapport.core import work
from rapport.inbox import forgetting, replying, scanning
from rapport.inbox.models import Attachment, Conversation, Draft, Message, Outgoing
from rapport.net import scanner
from tests.conftest import Cast
from tests.peers.clamd import EICAR, Clamd, clamd
from tests.web.conftest import Browser

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 40
GIF = b"GIF89a" + b"\x01" * 40
PDF = b"%PDF-1.7 " + b"\x00" * 40


@pytest.fixture
def talk(cast: Cast) -> Conversation:
    return cast.says("@ann", "@acme which lid fits my kettle?", id="q1")


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clamd]:
    monkeypatch.setattr(scanning, "_rest_until", 0.0)
    with clamd() as world:
        monkeypatch.setenv(scanner.VARIABLE, world.address)
        yield world


def upload(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="text/html")


def add(who: Client, talk: Conversation, *files: SimpleUploadedFile, text: str = "", htmx: bool = True) -> HttpResponse:
    headers = {"HX-Request": "true", "HX-Target": "enclosed"} if htmx else {}
    return who.post(f"/w/acme/c/{talk.pk}/files/", {"text": text, "file": files}, headers=headers)


def reply(who: Client, talk: Conversation, text: str, **more: Any) -> HttpResponse:
    given = {"text": text, "enclosing": "1", "enclosed": [one.pk for one in Attachment.objects.order_by("place")]}
    return who.post(f"/w/acme/c/{talk.pk}/reply/", given | more)


def page(who: Client, talk: Conversation) -> str:
    return who.get(f"/w/acme/c/{talk.pk}/?stream=all").content.decode()


def leave(cast: Cast) -> None:
    cast.clock.shift(timedelta(seconds=11))
    work.run_due()


def test_a_picture_is_added_described_shown_and_leaves_with_the_answer(
    bea: Client, cast: Cast, talk: Conversation, network: FakeChannel
) -> None:
    listed = add(bea, talk, upload("../../lid.png", PNG), text="This one.").content.decode()
    [file] = Attachment.objects.all()
    assert (file.name, file.type, file.kind) == ("lid.png", "image/png", "image")
    assert f'<img src="/w/acme/files/{file.pk}/"' in listed and "Up to 2 files, 0.1 MB each" in listed
    draft = Draft.objects.get()
    assert draft.text == "This one." and draft.enclosed
    bea.post(f"/w/acme/c/{talk.pk}/draft/", {"text": "This one.", f"alt-{file.pk}": "A red lid, “grün”"})
    shown = page(bea, talk)
    assert "A red lid, “grün”" in shown and f'value="{file.pk}"' in shown
    preview = shown.split('id="preview"')[1].split("composer-foot")[0]
    assert "lid.png" in preview and "A red lid, “grün”" in preview, "the preview names it"
    assert "<img" not in preview, "and does not show it a second time"
    assert reply(bea, talk, "This one.").status_code == 303
    assert not Draft.objects.exists()
    assert f"/files/{file.pk}/" in page(bea, talk).split('id="turns"')[1].split('id="composer"')[0], "on its way"
    leave(cast)
    [sent] = network.sent.values()
    assert [(one.name, one.type, one.content, one.alt) for one in sent.manner.files] == [
        ("lid.png", "image/png", PNG, "A red lid, “grün”")
    ]
    file.refresh_from_db()
    ours = Message.objects.get(ours=True)
    assert bytes(file.key) == bytes(ours.key) and Outgoing.objects.get().enclosed == ""
    assert f"/files/{file.pk}/" in page(bea, talk) and bea.get(f"/w/acme/files/{file.pk}/").content == PNG


def test_without_scripts_the_plain_field_does_the_same(bea: Client, cast: Cast, talk: Conversation) -> None:
    shown = page(bea, talk)
    assert 'enctype="multipart/form-data"' in shown and '<input class="enclosing-file" id="composer-file"' in shown
    added = reply(bea, talk, "See.", do="enclose", file=upload("a.png", PNG)).content.decode()
    [first] = Attachment.objects.all()
    assert f'name="drop" value="{first.pk}"' in added and ">See.</textarea>" in added
    gone = reply(bea, talk, "See.", drop=str(first.pk)).content.decode()
    assert not Attachment.objects.exists() and 'name="drop"' not in gone and Draft.objects.get().enclosed == ""
    sent = reply(bea, talk, "See.", do="send", file=upload("b.png", PNG))
    assert sent.status_code == 303, "chosen and sent in one go"
    assert Outgoing.objects.get().enclosed and Attachment.objects.get().name == "b.png"


@pytest.mark.parametrize(
    ("files", "why"),
    [
        ([("offer.pdf", PDF)], "offer.pdf cannot go along: here only PNG, JPEG, GIF, WEBP can"),
        ([("page.png", b"<svg onload=alert(1)>")], "page.png is not a readable picture"),
        ([("page.svg", b"<svg onload=alert(1)>")], "page.svg cannot go along: here only PNG"),
        ([("big.png", PNG + bytes(100_000))], "big.png is too large to go along: at most 0.1 MB fit"),
        ([("a.png", b"")], "a.png is empty"),
        ([(f"{n}.png", PNG + bytes([n])) for n in range(21)], "too many files at once"),
    ],
)
def test_what_the_network_does_not_take_is_said_at_once_and_nothing_is_kept(
    bea: Client, talk: Conversation, files: list[tuple[str, bytes]], why: str
) -> None:
    listed = add(bea, talk, *(upload(*one) for one in files), text="Here:")
    assert listed.status_code == 200 and why in listed.content.decode()
    assert not Attachment.objects.exists() and Draft.objects.get().text == "Here:"


def test_of_many_files_as_many_are_taken_as_fit_and_the_others_are_named(bea: Client, talk: Conversation) -> None:
    many = (upload("offer.pdf", PDF), upload("a.png", PNG), upload("empty.png", b""), upload("b.gif", GIF))
    listed = add(bea, talk, *many, upload("c.png", PNG), text="Here:").content.decode()
    assert "offer.pdf cannot go along: here only PNG" in listed and "Left out: offer.pdf, empty.png, c.png." in listed
    assert [one.name for one in Attachment.objects.order_by("place")] == ["a.png", "b.gif"]
    assert "2 of 2" in listed and ">Add files" not in listed.replace("</svg>", "")
    third = add(bea, talk, upload("d.png", PNG), text="Here:").content.decode()
    assert "At most 2 files go along with one message here." in third and "Left out" not in third
    assert 'id="composer-file"' in third, "what is pasted next is answered, too"
    plain = reply(bea, talk, "See.", do="send", file=upload("e.png", PNG))
    assert plain.status_code == 422 and not Outgoing.objects.exists(), "nothing leaves with less than was chosen"


def test_a_picture_that_was_made_smaller_says_so(bea: Client, talk: Conversation) -> None:
    path, headers = f"/w/acme/c/{talk.pk}/files/", {"HX-Request": "true"}
    given = {"text": "", "file": upload("tall <b>.jpg", PNG), "smaller": "tall <b>.jpg\r\nnever-came.jpg"}
    listed = bea.post(path, given, headers=headers).content.decode()
    assert "Made smaller, so that it fits: tall &lt;b&gt;.jpg</p>" in listed and "never-came" not in listed
    again = bea.post(path, {"text": "", "smaller": "tall <b>.jpg", "file": upload("b.gif", GIF)}, headers=headers)
    assert "Made smaller, so that it fits: tall" in again.content.decode(), "until the page is left"


def test_a_draft_of_files_alone_is_kept_found_and_gone_with_its_last_file(bea: Client, talk: Conversation) -> None:
    add(bea, talk, upload("a.png", PNG))
    add(bea, talk, upload("a.png", PNG))
    [file] = Attachment.objects.all()
    assert "draft" in bea.get("/w/acme/?stream=all&q=is:draft").content.decode()
    assert "a.png" in page(bea, talk)
    bea.post(f"/w/acme/c/{talk.pk}/draft/", {"text": ""})
    assert Draft.objects.exists(), "emptying the words takes no file away"
    assert "Write your answer first" in reply(bea, talk, "").content.decode()
    bea.post(f"/w/acme/c/{talk.pk}/files/", {"text": "", "drop": str(file.pk)}, headers={"HX-Request": "true"})
    assert not Draft.objects.exists() and not Attachment.objects.exists()


def test_a_withdrawn_answer_gives_its_files_back_to_the_draft(bea: Client, cast: Cast, talk: Conversation) -> None:
    add(bea, talk, upload("a.png", PNG), text="See.")
    reply(bea, talk, "See.")
    outgoing = Outgoing.objects.get()
    add(bea, talk, upload("b.gif", GIF))
    assert bea.post(f"/w/acme/o/{outgoing.pk}/withdrawal/").status_code == 303
    draft, rows = Draft.objects.get(), Attachment.objects.order_by("place")
    assert draft.text == "See." and [one.name for one in rows] == ["a.png", "b.gif"]
    assert {bytes(one.key).hex() for one in rows} == {draft.enclosed}
    outgoing.refresh_from_db()
    assert outgoing.enclosed == ""


def test_what_was_changed_in_another_window_is_looked_at_before_it_leaves(bea: Client, talk: Conversation) -> None:
    add(bea, talk, upload("a.png", PNG), text="See.")
    [seen] = Attachment.objects.all()
    add(bea, talk, upload("secret.gif", GIF), text="See.")
    told = reply(bea, talk, "See.", enclosed=[seen.pk])
    assert told.status_code == 422 and "changed in another window" in told.content.decode()
    assert "secret.gif" in told.content.decode() and not Outgoing.objects.exists()
    assert reply(bea, talk, "See.").status_code == 303


def test_the_files_of_a_draft_are_its_writers_alone(
    bea: Client, cast: Cast, browse: Browser, talk: Conversation
) -> None:
    add(bea, talk, upload("a.png", PNG), text="See.")
    [file] = Attachment.objects.all()
    cem, dot, olga = (browse(one) for one in (cast.cem, cast.dot, cast.olga))
    assert [one.get(f"/w/acme/files/{file.pk}/").status_code for one in (bea, cem, dot)] == [200, 404, 404]
    assert add(olga, talk, upload("b.png", PNG)).status_code == 403
    assert add(dot, talk, upload("b.png", PNG)).status_code == 404
    cem.post(f"/w/acme/c/{talk.pk}/files/", {"drop": str(file.pk)})
    assert Attachment.objects.count() == 1
    reply(bea, talk, "See.")
    assert cem.get(f"/w/acme/files/{file.pk}/").status_code == 200, "on its way it is everybody's"


def test_nothing_goes_along_where_the_network_takes_nothing_in_private(bea: Client, cast: Cast) -> None:
    private = cast.says("@ann", "Only for you.", id="d1", public=False, direct=True)
    assert 'id="composer-file"' not in page(bea, private)
    told = add(bea, private, upload("a.png", PNG), text="x").content.decode()
    assert "No files can go along" in told and not Attachment.objects.exists()


def test_nothing_leaves_that_the_scanner_has_not_seen_or_finds_harmful(
    bea: Client, cast: Cast, talk: Conversation, network: FakeChannel, there: Clamd
) -> None:
    add(bea, talk, upload("a.png", PNG), text="See.")
    assert "waits for the virus scanner" in page(bea, talk)
    assert reply(bea, talk, "See.").status_code == 303
    leave(cast)
    outgoing = Outgoing.objects.get()
    assert not network.attempts and "has not looked through a.png" in outgoing.error and outgoing.state == "queued"
    assert scanning.step() == 1
    cast.clock.shift(timedelta(minutes=5))
    work.run_due()
    assert len(network.sent) == 1
    add(bea, talk, upload("b.png", PNG + EICAR), text="And this.")
    scanning.step()
    told = bea.post(f"/w/acme/c/{talk.pk}/reply/", {"text": "And this."})
    assert told.status_code == 422 and "something harmful in b.png" in told.content.decode()
    assert len(network.attempts) == 1


def test_a_failed_answer_keeps_its_files_for_the_next_try(
    bea: Client, cast: Cast, talk: Conversation, network: FakeChannel
) -> None:
    network.will_send("refused")
    add(bea, talk, upload("a.png", PNG), text="See.")
    reply(bea, talk, "See.")
    leave(cast)
    outgoing = Outgoing.objects.get()
    assert outgoing.state == "failed" and outgoing.enclosed
    replying.retry(outgoing, by=cast.bea)
    leave(cast)
    assert [len(one.manner.files) for one in network.attempts] == [1, 1] and len(network.sent) == 1


@pytest.mark.parametrize("name", ["zz", "../../etc", "g" * 32, "AB" * 16])
def test_a_name_that_an_export_made_up_breaks_no_page(bea: Client, cast: Cast, talk: Conversation, name: str) -> None:
    Draft.objects.create(conversation=talk, member=cast.bea, text="See.", enclosed=name)
    assert "See." in page(bea, talk)
    add(bea, talk, upload("a.png", PNG), text="See.")
    assert "a.png" in page(bea, talk) and reply(bea, talk, "See.").status_code == 303


def test_forgetting_a_person_takes_unsent_files_along(bea: Client, cast: Cast, talk: Conversation) -> None:
    add(bea, talk, upload("a.png", PNG), text="See.")
    assert talk.identity is not None
    forgetting.forget(forgetting.know(talk.identity.person), by=cast.dana, apply=True)
    assert not Attachment.objects.exists() and not Draft.objects.exists()


def test_conversations_that_are_joined_join_the_files_of_their_drafts(bea: Client, cast: Cast) -> None:
    one = cast.says("@ann", "@acme first", id="m1")
    two = cast.says("@ann", "@acme third", id="m3", reply_to="m2")
    add(bea, one, upload("a.png", PNG), text="One.")
    add(bea, two, upload("b.gif", GIF), text="Two.")
    cast.says("@ann", "second", id="m2", reply_to="m1")
    draft = Draft.objects.get()
    assert re.sub(r"\s+", " ", draft.text) == "One. Two."
    assert {bytes(row.key).hex() for row in Attachment.objects.all()} == {draft.enclosed}
    assert sorted(Attachment.objects.values_list("place", flat=True)) == [1, 2]
