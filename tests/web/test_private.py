"""The private page: who has the link reads and writes one conversation; whoever has not finds nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from rapport.core import work
from rapport.inbox import private, replying
from rapport.inbox.models import Conversation, Message, Outgoing
from tests.conftest import Cast
from tests.net import relays
from tests.web.conftest import Browser
from tests.web.visitors import Visitor, hidden, open_form, sort_in

QUESTION = "Is the shop open on Sunday?"


@pytest.fixture
def ann(cast: Cast) -> Visitor:
    return Visitor(cast, open_form(cast, sender="desk@acme.test"))


def answer(cast: Cast, row: Conversation, text: str) -> Outgoing:
    outgoing = replying.reply(row, text, by=cast.bea)
    cast.clock.shift(timedelta(seconds=11))
    work.run_due()
    outgoing.refresh_from_db()
    return outgoing


def the_one() -> Conversation:
    return Conversation.objects.get(network="form")


def test_both_sides_stand_on_the_page_and_she_writes_again(ann: Visitor, cast: Cast) -> None:
    path = ann.write(QUESTION, name="Ann Lee")
    outgoing = answer(cast, the_one(), "From ten to four. <b>Bring</b> it along!")
    assert outgoing.state == "delivered" and outgoing.message is not None
    page = ann.get(path).content.decode()
    assert page.index(QUESTION) < page.index("From ten to four.") and "<b>Bring" not in page and "Bea" in page
    assert "This link opens only your own conversation." in page
    said = ann.post(path, once=hidden(ann.get(path), "once"), text="And on Monday?")
    assert said.status_code == 200 and "joined the conversation" in said.content.decode()
    sort_in()
    row = the_one()
    assert row.message_count == 3 and row.state == "needs_answer" and row.identity is not None
    assert str(row.identity) == "Ann Lee" and "And on Monday?" in ann.get(path).content.decode()


def test_the_page_keeps_nothing_and_tells_nobody(ann: Visitor) -> None:
    path = ann.write(QUESTION)
    page = ann.get(path)
    assert page["Cache-Control"] == "no-store" and page["Referrer-Policy"] == "no-referrer"
    assert "noindex" in page["X-Robots-Tag"] and 'content="noindex' in page.content.decode()
    assert "<script" not in page.content.decode() and not ann.client.cookies
    assert "frame-ancestors 'none'" in page["Content-Security-Policy"]


def test_before_it_is_sorted_in_the_page_says_so(ann: Visitor, cast: Cast) -> None:
    from tests.web.visitors import link

    path = link(ann.send(QUESTION))
    early = ann.get(path)
    assert early.status_code == 200 and "is safe with us" in early.content.decode()
    assert ann.post(path, text="And?").status_code == 503 and Message.objects.filter(network="form").count() == 0
    cast.clock.shift(timedelta(minutes=11))
    assert ann.get(path).status_code == 404
    sort_in()
    assert QUESTION in ann.get(path).content.decode()


def test_a_wrong_link_finds_nothing(ann: Visitor, cast: Cast) -> None:
    path = ann.write(QUESTION)
    said, _, mark = path.strip("/").removeprefix("p/").rpartition("~")
    source, version, thread = said.partition("~")[0].split(".", 2)
    other = Visitor(cast, open_form(cast)).write("Another conversation, of somebody else.")
    forged = [
        "x", said, f"{said}~{mark[::-1]}", f"{said.replace(thread, 'A' * 22)}~{mark}", f"{said}x~{mark}",
        f"{source}.1.{thread}~{mark}", f"{int(source) + 1}.{version}.{thread}~{mark}", "~", ".~.~.", "é~ü", "a" * 4000,
        said + "~" + other.strip("/").rpartition("~")[2],
    ]  # fmt: skip
    for one in forged:
        for answer_ in (ann.get(f"/p/{one}/"), ann.post(f"/p/{one}/", text="hello?")):
            assert answer_.status_code == 404, one
            assert QUESTION not in answer_.content.decode() and "Acme" not in answer_.content.decode()
    assert "Another conversation" not in ann.get(path).content.decode()


def test_a_link_signed_for_another_purpose_or_source_opens_nothing(ann: Visitor, cast: Cast) -> None:
    from django.core import signing

    ann.write(QUESTION)
    row = the_one()
    words = f"{row.source_id}.0.{row.thread}"
    assert ann.get(f"/p/{signing.TimestampSigner(salt='other', sep='~').sign(words)}/").status_code == 404
    for source in (cast.source, open_form(cast)):
        path = private.link(source, row.thread)
        cast.clock.shift(timedelta(minutes=11))
        assert ann.get(path).status_code == 404
    public = cast.says("@bo", "@acme where is it?")
    assert private.address(public) == ""


def test_a_link_made_void_opens_nothing_and_the_next_one_does(ann: Visitor, cast: Cast, bea: Client) -> None:
    path = ann.write(QUESTION)
    row = the_one()
    assert "Make its link void" in bea.get(f"/w/acme/c/{row.pk}/").content.decode()
    assert bea.post(f"/w/acme/c/{row.pk}/link/").status_code == 303
    assert ann.get(path).status_code == 404 and ann.post(path, text="still me?").status_code == 404
    row.refresh_from_db()
    renewed = private.address(row).removeprefix("http://127.0.0.1:8000")
    assert QUESTION in ann.get(renewed).content.decode()
    cast.clock.shift(timedelta(days=366))
    assert ann.get(renewed).status_code == 404


def test_dot_and_observers_make_no_link_void(ann: Visitor, cast: Cast, browse: Browser) -> None:
    path = ann.write(QUESTION)
    row = the_one()
    assert browse(cast.dot).post(f"/w/acme/c/{row.pk}/link/").status_code == 404
    assert browse(cast.olga).post(f"/w/acme/c/{row.pk}/link/").status_code == 403
    assert ann.get(path).status_code == 200


def test_notes_drafts_and_held_answers_are_never_on_the_page(ann: Visitor, cast: Cast) -> None:
    from rapport.inbox import working

    path = ann.write(QUESTION)
    working.note(the_one(), "Between us: a difficult one.", by=cast.bea)
    replying.save_draft(the_one(), "A draft of mine", by=cast.cem)
    outgoing = replying.reply(the_one(), "A held answer", by=cast.bea)
    page = ann.get(path).content.decode()
    assert not any(words in page for words in ("difficult", "A draft", "A held answer", "Cem"))
    replying.withdraw(outgoing, by=cast.bea)
    assert "A held answer" not in ann.get(path).content.decode()


def test_what_cannot_be_is_said_and_a_replay_is_one_turn(ann: Visitor, cast: Cast) -> None:
    path = ann.write(QUESTION)
    empty, long = ann.post(path, text="  "), ann.post(path, text="y" * 10_001)
    assert empty.status_code == long.status_code == 422 and "Write a few words first." in empty.content.decode()
    assert "y" * 10_001 in long.content.decode()
    once = hidden(ann.get(path), "once")
    for _ in range(3):
        ann.post(path, once=once, text="And on Monday?")
    sort_in()
    assert the_one().message_count == 2
    for number in range(10):
        last = ann.post(path, once=f"{number}", text=f"More {number}?")
    assert last.status_code == 429 and "More 9?" in last.content.decode()


def test_an_answer_goes_by_mail_with_the_link_and_later_ones_follow_it(
    ann: Visitor, cast: Cast, bea: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    with relays.relay() as there:
        monkeypatch.setenv("RAPPORT_SMTP_URL", there.url)
        path = ann.write(QUESTION, name="Ann", email="ann@lee.test", subject="Sunday")
        assert "by e-mail, from desk@acme.test" in bea.get(f"/w/acme/c/{the_one().pk}/").content.decode()
        first = answer(cast, the_one(), "From ten to four.")
        ann.post(path, once="1", text="And on Monday?")
        sort_in()
        second = answer(cast, the_one(), "On Monday, too.")
    assert first.state == second.state == "sent"
    mails = [raw.decode() for _, _, raw in there.taken]
    assert len(mails) == 2 and "Subject: Re: Sunday" in mails[0] and "In-Reply-To" not in mails[0]
    assert f"In-Reply-To: <{first.key}.rapport@acme.test>" in mails[1].replace("\r\n ", " ")
    assert "> And on Monday?" in mails[1] and "> Is the shop open on Sunday?" in mails[0]
    assert "http://127.0.0.1:8000/p/" in mails[0].replace("=\r\n", "")
    page = ann.get(path).content.decode()
    assert "From ten to four." in page and "On Monday, too." in page


def test_a_mail_that_may_have_left_stands_on_the_page_and_is_not_sent_again(
    ann: Visitor, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    with relays.relay() as there:
        monkeypatch.setenv("RAPPORT_SMTP_URL", there.url)
        there.hang_up = True
        path = ann.write(QUESTION, email="ann@lee.test")
        outgoing = answer(cast, the_one(), "From ten to four.")
        for _ in range(8):
            cast.clock.shift(timedelta(minutes=10))
            work.run_due()
        outgoing.refresh_from_db()
        assert outgoing.state == "unknown" and len(there.taken) == 1
        assert "cannot be asked" in outgoing.error
        assert "From ten to four." in ann.get(path).content.decode()
        there.hang_up = False
        replying.retry(outgoing, by=cast.bea, insist=True)
        work.run_due()
        outgoing.refresh_from_db()
    assert outgoing.state == "sent" and len(there.taken) == 2
    assert ann.get(path).content.decode().count("From ten to four.") == 1
    ids = {line for _, _, raw in there.taken for line in raw.split(b"\r\n") if line.startswith(b"Message-ID")}
    assert len(ids) == 1


def test_a_mail_that_was_refused_comes_back_to_the_desk(
    ann: Visitor, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    with relays.relay() as there:
        monkeypatch.setenv("RAPPORT_SMTP_URL", there.url)
        there.at_recipient = "550 5.1.1 No such user"
        path = ann.write(QUESTION, email="ann@lee.test")
        outgoing = answer(cast, the_one(), "From ten to four.")
    assert outgoing.state == "failed" and "No such user" in outgoing.error
    assert the_one().state == "needs_answer" and "From ten to four." not in ann.get(path).content.decode()
