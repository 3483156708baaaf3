"""The contact form without a page: what it takes, what it asks once more, what it marks, how it answers."""

from __future__ import annotations

import email
from datetime import UTC, datetime, timedelta
from email.policy import default
from pathlib import Path
from urllib.parse import urlencode

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rapport.channels.form
from rapport.channels import addressing, letter, stamp, suspicion
from rapport.channels.base import Around, ChannelError, File, Manner, Outgoing
from rapport.channels.form import FormChannel, parse
from tests.net import relays

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
SECRET = "only this form knows it"
ALL = {"secret": SECRET, "ask_name": "1", "ask_email": "1", "ask_subject": "1", "sender": "desk@acme.test"}
FORM = FormChannel()
FIXTURE = (Path(rapport.channels.form.__path__[0]) / "fixtures" / "chromium.txt").read_text().strip()


def stamped(ago: float = 60, **more: bool) -> str:
    return stamp.new(NOW - timedelta(seconds=ago), **more).signed(SECRET)


def take(repeats: int = 0, settings: dict[str, str] = ALL, **given: str) -> parse.Taken | parse.Asked:
    words = {"stamp": stamped(), "text": "Is the shop open on Sunday?"} | given
    return parse.take(settings, words, b"", NOW, repeats)


def taken(repeats: int = 0, **given: str) -> parse.Taken:
    found = take(repeats, **given)
    assert isinstance(found, parse.Taken)
    return found


def asked(**given: str) -> dict[str, str]:
    found = take(**given)
    assert isinstance(found, parse.Asked)
    again = stamp.read(found.stamp, SECRET)
    assert again is not None and not again.too_old(NOW)
    return dict(found.errors)


def test_what_a_browser_sends_is_taken_word_by_word() -> None:
    body = FIXTURE.replace("%STAMP%", stamped()).encode()
    [item] = FORM.receive(ALL, {"content-type": "application/x-www-form-urlencoded"}, body, NOW).items
    envelope = item.envelope
    assert envelope.text == "Hello!\n\nAre you open on Sunday? 🌻\nشكرا"
    assert (envelope.author.address, envelope.author.name) == ("zoe@lindqvist.example", "Zoë Lindqvist")
    assert envelope.subject == "Opening hours" and envelope.thread == envelope.external_id and item.raw == body
    assert envelope.direct and not envelope.public and envelope.ours is False and envelope.suspicions == ()


def test_the_same_form_sent_twice_is_one_message_and_other_words_are_another() -> None:
    same = stamped()
    first, second = taken(stamp=same), taken(stamp=same)
    assert first.item.envelope.external_id == second.item.envelope.external_id
    assert taken(stamp=same, text="And on Monday?").item.envelope.external_id != first.item.envelope.external_id
    assert len(first.item.envelope.external_id) == 22


def test_who_leaves_no_address_gets_one_that_cannot_be_typed() -> None:
    author = taken().item.envelope.author
    assert author.address.startswith("visitor-") and addressing.mail_address(author.address) is None
    assert author.name.startswith("Visitor ")
    assert taken(name="Ann").item.envelope.author.name == "Ann"


def test_a_field_that_was_not_asked_for_is_not_taken() -> None:
    found = take(settings={"secret": SECRET}, email="ann@lee.test", subject="x", name="Ann")
    assert isinstance(found, parse.Taken)
    assert found.item.envelope.author.address.startswith("visitor-") and not found.item.envelope.subject


@pytest.mark.parametrize(
    ("field", "words", "sentence"),
    [
        ("text", " \n ", "Write a few words first."),
        ("text", "x" * 10_001, "At most 10,000 characters fit here; this has 10,001."),
        ("name", "x" * 201, "At most 200 characters"),
        ("subject", "x" * 201, "At most 200 characters"),
        ("email", "ann@", "This is no e-mail address"),
        ("email", "ann@lee.test, bo@lee.test", "This is no e-mail address"),
        ("email", "ann@lee.test\nBcc: all@lee.test", "This is no e-mail address"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(field: str, words: str, sentence: str) -> None:
    assert asked(**{field: words})[field].startswith(sentence)


def test_too_fast_and_too_old_are_asked_once_more() -> None:
    assert asked(stamp=stamped(1)) == {"": parse.HURRIED}
    assert asked(stamp=stamped(24 * 3600 + 1)) == {"": parse.STALE}
    assert asked(stamp=stamped(-3600)) == {"": parse.STALE}
    again = take(stamp=stamped(1))
    assert isinstance(again, parse.Asked)
    assert taken(stamp=again.stamp).item.envelope.suspicions == ("hurried",)


@pytest.mark.parametrize("forged", ["", "x", "1772366400.abcdefghijklmnop.0." + "0" * 64, "9" * 400])
def test_a_stamp_that_is_not_ours_is_asked_once_more(forged: str) -> None:
    assert asked(stamp=forged) == {"": parse.FORGED}


def test_a_stamp_of_another_form_opens_nothing() -> None:
    assert asked(stamp=stamp.new(NOW - timedelta(minutes=1)).signed("another form's secret")) == {"": parse.FORGED}
    assert stamp.read(stamp.new(NOW).signed(""), "") is None


def test_what_looks_like_a_machines_is_taken_and_marked() -> None:
    assert taken(homepage="https://pills.test").item.envelope.suspicions == ("trap",)
    assert taken(text="see www.a.test www.b.test and http://c.test").item.envelope.suspicions == ("links",)
    assert taken(1).item.envelope.suspicions == ()
    assert taken(2).item.envelope.suspicions == ("repeated",)
    assert suspicion.gist("Hello?") == ""
    long = "We offer the best prices for your website, order number {} today!"
    assert suspicion.gist(long.format(1)) == suspicion.gist(long.format(22).upper()) != ""


def test_what_is_no_form_is_refused_in_a_sentence() -> None:
    for kind, body, status in (
        ("application/json", b"{}", 415),
        ("application/x-www-form-urlencoded", b"x" * (parse.MOST_BYTES + 1), 413),
        ("application/x-www-form-urlencoded", b"&".join(b"a=%d" % n for n in range(50)), 400),
        ("application/x-www-form-urlencoded", b"\xff\xfe", 422),
    ):
        with pytest.raises(ChannelError) as caught:
            FORM.receive(ALL, {"content-type": kind}, body, NOW)
        assert caught.value.status == status and caught.value.message.endswith(".")


@settings(deadline=None, max_examples=100)
@given(st.dictionaries(st.sampled_from(["name", "email", "subject", "text", "homepage"]), st.text(max_size=80)))
def test_any_words_are_taken_or_asked_for_again(words: dict[str, str]) -> None:
    body = urlencode(words | {"stamp": stamped()}, errors="replace").encode()
    found = parse.take(ALL, parse.fields({}, body), body, NOW)
    if isinstance(found, parse.Taken):
        assert found.item.envelope.text
        assert msgspec.json.decode(msgspec.json.encode(found.item.envelope))["network"] == "form"
    else:
        assert all(found.errors.values())


@pytest.mark.parametrize(
    "deaf", ["noreply@a.test", "No-Reply@a.test", "do_not.reply@a.test", "donotreply+x@a.test", "no-reply-42@a.test",
             "ne-pas-repondre@a.test", "keine.antwort@a.test", "mailer-daemon@a.test", "bounce@a.test"],
)  # fmt: skip
def test_an_address_where_nobody_listens_is_refused(deaf: str) -> None:
    with pytest.raises(ChannelError, match="nobody reads what they answer"):
        FORM.validate({"sender": deaf})


def test_an_address_where_somebody_listens_is_not() -> None:
    for fine in ("", "noah@a.test", "hello@bücher.example", "norbert.replyson@a.test", "bouncer@a.test"):
        FORM.validate({"sender": fine})
    with pytest.raises(ChannelError, match="no e-mail address"):
        FORM.validate({"sender": "Acme <desk@acme.test>"})


def test_an_origin_is_a_websites_address_and_nothing_more() -> None:
    assert addressing.origin("https://WWW.Example.org/") == "https://www.example.org"
    assert addressing.origin("http://bücher.example:8080") == "http://xn--bcher-kva.example:8080"
    for wrong in ("*", "https://*", "https://*.example.org", "https://a.test/path", "javascript:alert(1)", "a.test",
                  "https://a.test;script-src",
                  "https://u:p@a.test", "https://", "http://[", "https://a.test 'self'"):  # fmt: skip
        assert addressing.origin(wrong) == "", wrong
        with pytest.raises(ChannelError):
            FORM.validate({"origins": f"https://fine.test\n{wrong}"})


ANSWER = Outgoing(
    idempotency_key="0123456789abcdef0123456789abcdef",
    text="Yes, from ten to four.\n.\nFrom us",
    author="Bea",
    recipient="ann@lee.test",
    subject="Opening hours",
    public=False,
    around=Around(
        said="Are you open\non Sunday?",
        who="Ann",
        said_at=NOW,
        page="https://desk.test/p/x/",
        earlier=("kept-by-hand", "a.rapport@acme.test", "b.rapport@acme.test"),
    ),
)


def sent(monkeypatch: pytest.MonkeyPatch, **changes: object) -> tuple[email.message.EmailMessage, bytes]:
    with relays.relay() as there:
        monkeypatch.setenv("RAPPORT_SMTP_URL", there.url)
        FORM.send(ALL, msgspec.structs.replace(ANSWER, **changes))
    [(sender, [recipient], raw)] = there.taken
    assert (sender, recipient) == ("desk@acme.test", "ann@lee.test")
    return email.message_from_bytes(raw, policy=default), raw  # type: ignore[return-value]


def test_a_letter_is_signed_by_a_person_and_quotes_what_it_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    mail, _ = sent(monkeypatch)
    assert mail["From"] == "Bea <desk@acme.test>" and mail["To"] == "ann@lee.test"
    assert mail["Subject"] == "Re: Opening hours" and mail.get_content_type() == "text/plain"
    assert mail["Message-ID"] == "<0123456789abcdef0123456789abcdef.rapport@acme.test>"
    assert mail["In-Reply-To"] == "<b.rapport@acme.test>"
    assert mail["References"] == "<a.rapport@acme.test> <b.rapport@acme.test>"
    assert "Auto-Submitted" not in mail
    words = mail.get_content().replace("\r\n", "\n")
    assert words.startswith("Yes, from ten to four.\n.\nFrom us\n\n-- \nBea\n")
    assert (
        "https://desk.test/p/x/" in words
        and "On 2026-03-10 09:00 UTC, Ann wrote:\n> Are you open\n> on Sunday?" in words
    )


def test_no_header_can_be_smuggled_in(monkeypatch: pytest.MonkeyPatch) -> None:
    nasty = 'Bea\r\nBcc: all@lee.test\r\n\r\n"<x@y.test>'
    mail, raw = sent(monkeypatch, author=nasty, subject=nasty, around=Around(who=nasty, earlier=(nasty, "a@b\r\nX: y")))
    assert set(mail.keys()) == {"From", "To", "Subject", "Date", "Message-ID", "Content-Type",
                                "Content-Transfer-Encoding", "MIME-Version"}  # fmt: skip
    assert len(mail["From"].addresses) == 1 and mail["From"].addresses[0].addr_spec == "desk@acme.test"
    assert b"\nBcc:" not in raw.partition(b"\r\n\r\n")[0]


def test_words_in_any_letters_travel(monkeypatch: pytest.MonkeyPatch) -> None:
    mail, raw = sent(monkeypatch, text="שלום 🌻\n" + "x" * 5000, author="Zoë", subject="مواعيد " * 30)
    assert mail.get_content().startswith("שלום 🌻") and mail["Subject"].startswith("Re: مواعيد")
    assert raw.isascii() and max(map(len, raw.split(b"\r\n"))) <= 998


@settings(deadline=None, max_examples=100)
@given(st.text(max_size=200), st.text(max_size=200), st.text(max_size=200))
def test_any_words_make_a_letter(text: str, name: str, line: str) -> None:
    outgoing = Outgoing(idempotency_key=line, text=text, author=name, subject=line)
    raw = letter.compose(outgoing, Around(said=text, who=name, earlier=(line,)), "a@b.test", "c@d.test", "Hello", NOW)
    mail = email.message_from_bytes(raw, policy=default)
    assert mail["To"] == "c@d.test" and "Bcc" not in mail and raw.isascii()


def test_without_a_mail_server_a_sender_or_an_address_the_page_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RAPPORT_SMTP_URL", raising=False)
    handle = FORM.send(ALL, ANSWER)
    assert handle.delivered and handle.external_id == ANSWER.idempotency_key
    assert FORM.find(ALL, ANSWER.idempotency_key) is None
    assert "This server sends no mail" in FORM.reads_where(ALL, "Ann", "ann@lee.test")
    with relays.relay() as there:
        monkeypatch.setenv("RAPPORT_SMTP_URL", there.url)
        assert FORM.send(ALL | {"sender": ""}, ANSWER).delivered
        assert FORM.send(ALL, msgspec.structs.replace(ANSWER, recipient="visitor-0a1b2c")).delivered
    assert there.taken == []
    assert FORM.reads_where(ALL, "Visitor 0A1B", "visitor-0a1b").startswith("Visitor 0A1B left no e-mail address.")
    assert FORM.reads_where(ALL, "Ann", "ann@lee.test").startswith("Ann reads your answer by e-mail")
    assert "no address to send mail from" in FORM.reads_where({}, "Ann", "ann@lee.test")


def test_what_the_mail_server_says_is_what_we_say(monkeypatch: pytest.MonkeyPatch) -> None:
    with relays.relay() as there:
        monkeypatch.setenv("RAPPORT_SMTP_URL", there.url)
        there.at_recipient = "550 5.1.1 No such user"
        with pytest.raises(ChannelError, match="No such user") as caught:
            FORM.send(ALL, ANSWER)
        assert caught.value.permanent and not caught.value.unknown
        there.at_recipient = "450 4.2.1 Later"
        with pytest.raises(ChannelError, match="Later") as caught:
            FORM.send(ALL, ANSWER)
        assert not caught.value.permanent and not caught.value.unknown
        there.at_recipient, there.hang_up = "", True
        with pytest.raises(ChannelError, match="private page") as caught:
            FORM.send(ALL, ANSWER)
        assert caught.value.unknown
        with pytest.raises(ChannelError, match="cannot be asked"):
            FORM.find(ALL, ANSWER.idempotency_key)


def test_files_of_ours_go_along_with_the_letter_and_too_many_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    files = (
        File(name="Größen \r\n.png", type="image/png", content=b"\x89PNG\r\n\x1a\n\x00\xff", alt="A lid"),
        File(name="hours.txt", type="text/plain", content="Öffnung: 9\n".encode()),
        File(name="odd", type="application/octet-stream", content=b"\x00" * 90),
    )
    outgoing = Outgoing(
        idempotency_key="k", text="See below.", author="Bea", recipient="zoe@l.example", how=Manner(files=files)
    )
    with relays.relay() as there:
        monkeypatch.setenv("RAPPORT_SMTP_URL", there.url)
        FORM.send(ALL, outgoing)
        many = msgspec.structs.replace(outgoing, how=Manner(files=files[:1] * 11))
        with pytest.raises(ChannelError, match="At most 10 files"):
            FORM.send(ALL, many)
    [(_, _, raw)] = there.taken
    mail = email.message_from_bytes(raw, policy=default)
    body = mail.get_body(("plain",))
    assert body is not None and "See below." in body.get_content()
    assert [(one.get_filename(), one.get_content_type()) for one in mail.iter_attachments()] == [
        ("Größen .png", "image/png"), ("hours.txt", "text/plain"), ("odd", "application/octet-stream"),
    ]  # fmt: skip
    assert [bytes(one.get_payload(decode=True)) for one in mail.iter_attachments()] == [one.content for one in files]
