"""Mail as it comes, however broken, and as it leaves: who wrote what, to which thread it belongs, what came back."""

from __future__ import annotations

import base64
import time
from email import message_from_bytes
from email.policy import SMTP
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rapport.channels import letter
from rapport.channels.base import Around, ChannelError, Connected, Item, Outgoing, Report, Unreadable
from rapport.channels.mail import MailChannel, asking, parse, quoting, sanitising, token
from rapport.channels.mail.parse import House
from tests.channels.test_contract import must_be_valid
from tests.conftest import NOW

KEY = "0123456789abcdef0123456789abcdef"
SECRET = "a secret of the threads"
HOUSE = House(SECRET, "acme.test", frozenset({"support@acme.test"}))


def mail(body: str = "Where is my parcel?", **heads: str) -> bytes:
    names = {
        "From": "Ann Frank <ann@example.org>", "To": "support@acme.test", "Subject": "Parcel",
        "Message-ID": "<a1@example.org>", "Date": "Mon, 9 Mar 2026 10:00:00 +0000",
    } | {name.replace("_", "-"): value for name, value in heads.items()}  # fmt: skip
    return ("".join(f"{name}: {value}\r\n" for name, value in names.items()) + f"\r\n{body}\r\n").encode()


def read(raw: bytes, house: House = HOUSE) -> Any:
    return parse.read(raw, house, "INBOX, mail 1")


def envelope(raw: bytes, house: House = HOUSE) -> Any:
    found = read(raw, house)
    assert isinstance(found, Item), found
    return found.envelope


# What they wrote


OWN = [
    ("Thanks.\n\nOn Mon, 9 Mar 2026 at 10:00, Bea <b@acme.test> wrote:\n> Did it arrive?", "Thanks."),
    ("Danke.\n\nAm Mo., 9. März 2026 um 10:00 Uhr schrieb Bea <b@acme.test>:\n> Kam es an?", "Danke."),
    ("Merci.\n\nLe lun. 9 mars 2026 à 10:00, Bea <b@acme.test> a écrit :\n> Bien ?", "Merci."),
    ("Gracias.\n\nEl lun, 9 mar 2026 a las 10:00, Bea (<b@acme.test>) escribió:\n> ¿Llegó?", "Gracias."),
    ("Grazie.\n\nIl giorno lun 9 mar 2026 alle ore 10:00 Bea <b@acme.test> ha scritto:\n> ?", "Grazie."),
    ("Dank.\n\nOp ma 9 mrt. 2026 om 10:00 schreef Bea <b@acme.test>:\n> ?", "Dank."),
    ("Thanks.\n\nOn Mon, 9 Mar 2026 at 10:00, Bea of the long name\n<b@acme.test> wrote:\n\n> ?", "Thanks."),
    ("Hi,\n\nthat works.\n\n-- \nAnn\nCEO", "Hi,\n\nthat works."),
    ("Ok\n\nSent from my iPhone", "Ok"),
    ("Ok\n\nVon meinem iPhone gesendet\n\n> Am 9. März 2026 um 10:00 schrieb Bea:\n> ?", "Ok"),
    (
        "Ja.\n\nVon: Bea <b@acme.test>\nGesendet: Montag, 9. März 2026 10:00\nAn: Ann\nBetreff: Paket\n\nKam es an?",
        "Ja.",
    ),
    ("Yes.\n\n-----Original Message-----\nFrom: Bea\nSent: Monday\nTo: Ann\nSubject: Parcel\n\nDid it?", "Yes."),
]
WHOLE = [
    "> Did it arrive?\nNo, it did not.\n> And the invoice?\nThat did.",
    "On Monday I wrote:\nplease send it.",
    "From: here on it gets worse.\nAnd I mean it.",
    "On Mon, 9 Mar 2026 at 10:00, Bea wrote:\n> Did it?\n\nNo! Where is it?",
    "> only quoted",
    "",
    "Sent from my heart: thank you.\nI mean it, every word of it, and there is more to say.",
]


@pytest.mark.parametrize(("text", "own"), OWN)
def test_their_own_words_stand_apart_and_nothing_is_lost(text: str, own: str) -> None:
    found, rest = quoting.split(text)
    assert found == own
    assert "".join((found + rest).split()) == "".join(text.split())


@pytest.mark.parametrize("text", WHOLE)
def test_what_is_theirs_is_never_cut(text: str) -> None:
    assert quoting.split(text) == (text, "")


@settings(deadline=None, max_examples=150)
@given(
    st.lists(
        st.sampled_from([*"\n\n\n", "> a\n", "On 9 ", "wrote:", "From: b\n", "--\n", "words ", "Sent from my "]),
        max_size=60,
    )
)
def test_no_text_is_ever_split_to_nothing_or_loses_a_word(pieces: list[str]) -> None:
    text = "".join(pieces)
    own, rest = quoting.split(text)
    assert "".join((own + rest).split()) == "".join(text.split())
    assert own.strip() or not any(sign.isalnum() for sign in text) or own == text


@pytest.mark.parametrize(
    "piece", ["On ", "> a\n", "From: a\n", "On 9 wrote:\n", "> ", "--\n>", "Sent from my a\n", "On 9\n"]
)
def test_a_text_made_to_be_slow_is_split_at_once(piece: str) -> None:
    began = time.perf_counter()
    quoting.split(piece * (190_000 // len(piece)))
    assert time.perf_counter() - began < 5


def test_the_history_is_folded_and_the_full_words_stay() -> None:
    found = envelope(mail("Thanks.\r\n\r\nOn Mon, 9 Mar 2026, Bea wrote:\r\n> Did it arrive?"))
    assert (found.text, found.quoted) == ("Thanks.", "On Mon, 9 Mar 2026, Bea wrote:\n> Did it arrive?")


# To which thread it belongs


def test_threads_are_named_by_ids_and_never_by_subjects() -> None:
    first = envelope(mail())
    second = envelope(mail(From="eve@elsewhere.test", Message_ID="<e1@elsewhere.test>"))
    assert (first.subject, first.thread, first.reply_to) == ("Parcel", "", "")
    assert (second.thread, second.reply_to) == ("", "")
    later = envelope(
        mail(Message_ID="<a2@x>", In_Reply_To="<m2@acme.test>", References="<a1@example.org> <m2@acme.test>")
    )
    assert (later.thread, later.reply_to) == ("a1@example.org", "m2@acme.test")


def test_the_signed_token_finds_the_conversation_where_ids_were_rewritten() -> None:
    mark = token.make(SECRET, KEY)
    own = letter.message_id(KEY, "support@acme.test")
    by_address = envelope(mail(To=f"support+{mark}@acme.test", In_Reply_To="<rewritten@ses.example>"))
    by_reference = envelope(mail(References=f"<other@x> <{mark}@acme.test>"))
    assert by_address.reply_to == by_reference.reply_to == own
    assert by_address.thread == by_reference.thread == ""


def test_a_token_that_somebody_made_up_leads_nowhere() -> None:
    forged = token.make("another secret", KEY)
    assert envelope(mail(To=f"support+{forged}@acme.test")).reply_to == ""
    assert token.read(SECRET, token.make(SECRET, KEY)) == KEY
    assert token.read("", token.make(SECRET, KEY)) == token.make("", KEY) == token.make(SECRET, "no key") == ""


@given(st.text(max_size=80))
def test_no_words_are_taken_for_a_token(words: str) -> None:
    assert token.read(SECRET, words) == ""


def test_an_address_without_room_stays_as_it_is() -> None:
    assert token.plus("a" * 40 + "@acme.test", token.make(SECRET, KEY)) == "a" * 40 + "@acme.test"


# Who wrote it


def test_our_own_address_is_believed_where_our_server_vouches() -> None:
    assert envelope(mail(From="support@acme.test")).ours is False
    said = "mx.acme.test; spf=pass; dmarc=pass header.from=acme.test"
    assert envelope(mail(From="support@acme.test", Authentication_Results=said)).ours is True
    other = "mx.acme.test; dkim=pass header.d=evil.test"
    assert envelope(mail(From="support@acme.test", Authentication_Results=other)).ours is False
    assert envelope(mail(From="bea@acme.test"), House(SECRET, "acme.test", sent=True)).ours is True


@pytest.mark.parametrize(
    ("heads", "signs"),
    [
        ({"Auto_Submitted": "auto-replied"}, ("automatic",)),
        ({"Auto_Submitted": "auto-generated; x=1"}, ("generated",)),
        ({"Auto_Submitted": "no"}, ()),
        ({"X_Autoreply": "yes"}, ("automatic",)),
        ({"Return_Path": "<>"}, ("automatic",)),
        ({"Precedence": "bulk"}, ("bulk",)),
        ({"List_Unsubscribe": "<https://x>", "From": "no-reply@shop.test"}, ("bulk", "deaf")),
        ({}, ()),
    ],
)
def test_programs_are_known_by_what_they_say(heads: dict[str, str], signs: tuple[str, ...]) -> None:
    assert envelope(mail(**heads)).suspicions == signs


# What came back


def dsn(
    action: str = "failed", status: str = "5.2.2", said: str = "smtp; 552 mailbox full", head: bool = False
) -> bytes:
    inner = "Message-ID: <m1.rapport@acme.test>\r\nSubject: Re: Parcel\r\n\r\n"
    kind = "text/rfc822-headers" if head else "message/rfc822"
    return (
        "From: MAILER-DAEMON@example.org\r\nTo: support@acme.test\r\nSubject: Undelivered\r\nMessage-ID: <d1@x>\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nIt could not be delivered.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.org\r\n\r\n"
        f"Final-Recipient: rfc822; ann@example.org\r\nAction: {action}\r\nStatus: {status}\r\nDiagnostic-Code: {said}\r\n"
        f"\r\n--b\r\nContent-Type: {kind}\r\n\r\n{inner}--b--\r\n"
    ).encode()


@pytest.mark.parametrize("head", [False, True])
def test_a_bounce_is_joined_to_the_mail_that_came_back(head: bool) -> None:
    found = read(dsn(head=head))
    assert found == Report(
        network="email", external_id="m1.rapport@acme.test", state="bounced", reason="The mailbox is full."
    )


def test_other_reports_say_what_they_say() -> None:
    assert read(dsn("delayed", "4.4.7")).state == "delayed"
    assert read(dsn("relayed", "2.0.0")).state == "delivered"
    assert read(dsn(status="5.9.9", said="smtp; 550 go away")).reason == "Their mail server said: 550 go away"
    assert isinstance(read(dsn("dreamt")), Item), "a report that says nothing is a mail like any other"


# HTML and files


def test_html_is_safe_and_its_words_are_there() -> None:
    source = (
        '<p onclick="x()">Hello <b>you</b><script>evil()</script><img src="https://t.test/p.gif">'
        '<a href="javascript:x">a</a>'
    )
    found = read(mail(source, Content_Type="text/html; charset=utf-8"))
    assert found.envelope.text == "Hello youa"
    assert "script" not in found.html and "onclick" not in found.html and "javascript" not in found.html
    assert "<b>you</b>" in found.html
    assert sanitising.sanitise("x" * 2_000_000) == ""


def multipart(*parts: str) -> bytes:
    body = "".join(f"--b\r\n{part}\r\n" for part in parts) + "--b--\r\n"
    return mail(body, Content_Type='multipart/mixed; boundary="b"')


def test_files_come_along_with_a_safe_name_and_an_inner_mail_is_a_file() -> None:
    data = base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"0" * 50).decode()
    found = read(
        multipart(
            "Content-Type: text/plain\r\n\r\nSee below.",
            'Content-Type: image/png; name="../../e\\til.png"\r\nContent-ID: <p1>\r\n'
            f"Content-Transfer-Encoding: base64\r\n\r\n{data}",
            "Content-Type: message/rfc822\r\n\r\nFrom: x@y.test\r\nSubject: Their words\r\n\r\nNot Ann's words.",
        )
    )
    assert [(file.name, file.type, file.cid) for file in found.files] == [
        ("til.png", "image/png", "p1"),
        ("Their words.eml", "message/rfc822", ""),
    ]
    assert [(one.kind, one.file) for one in found.envelope.media] == [("image", 1), ("file", 2)]
    assert found.envelope.text == "See below."


def test_an_oversized_mail_is_read_as_far_as_it_was_fetched_and_says_so() -> None:
    found = parse.read(mail("beginning of"), HOUSE, "x", cut=30_000_000)
    assert isinstance(found, Item) and "30 MB" in found.envelope.text and found.envelope.text.startswith("beginning of")


# However broken


BROKEN = [
    b"", b"\x00\x00", b"no head at all", mail(Date="yesterday-ish"), mail(From="=?utf-8?q?broken"),
    mail(From="", Message_ID=""),
    mail("x", Content_Type='multipart/mixed; boundary=""'), mail("x", Content_Type="text/plain; charset=klingon"),
    mail("caf\udce9".encode("utf-8", "surrogateescape").decode("latin-1")), mail(Subject="=?x-unknown?b?////?="),
    mail("x", Content_Type="multipart/report"), mail(References="<" * 5000), b"From: a@b\r\n" * 10_000 + b"\r\nx",
    b"X: y\r\n" * 10_000 + mail(),
    mail("--b\r\nContent-Type: text/plain\r\n\r\nhalf", Content_Type='multipart/mixed; boundary="b"'),
    b"".join(b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (n, n) for n in range(2000)),
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("raw", BROKEN, ids=range(len(BROKEN)))
def test_no_broken_mail_is_lost(raw: bytes) -> None:
    must_be_taken(raw)


def must_be_taken(raw: bytes) -> None:
    from rapport.channels.base import Batch

    began = time.perf_counter()
    found = read(raw)
    assert time.perf_counter() - began < 5
    if isinstance(found, Item):
        must_be_valid(Batch((found,)))
    elif isinstance(found, Unreadable):
        must_be_valid(Batch(unreadable=(found,)))
    else:
        assert isinstance(found, Report)


FIXTURES = [
    mail(),
    dsn(),
    dsn(head=True),
    multipart("Content-Type: text/html\r\n\r\n<p>Hi", "Content-Type: image/png\r\n\r\nx"),
]


@pytest.mark.slow
@settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(FIXTURES), st.lists(st.tuples(st.integers(0, 900), st.binary(max_size=12)), max_size=6))
def test_no_damage_to_a_mail_raises_or_loses_it(raw: bytes, damage: list[tuple[int, bytes]]) -> None:
    for place, piece in damage:
        raw = raw[:place] + piece + raw[place + len(piece) // 2 :]
    must_be_taken(raw)


@pytest.mark.slow
def test_twenty_megabytes_are_read_in_flat_time() -> None:
    data = base64.encodebytes(b"x" * 15_000_000).decode()
    raw = multipart(
        "Content-Type: text/plain\r\n\r\nhi",
        f"Content-Type: application/zip; name=a.zip\r\nContent-Transfer-Encoding: base64\r\n\r\n{data}",
    )
    assert len(raw) > 20_000_000
    began = time.perf_counter()
    found = read(raw)
    assert time.perf_counter() - began < 15
    assert isinstance(found, Item)
    assert len(found.files[0].content) == 15_000_000
    assert len(found.raw) <= parse.KEPT_RAW


# What leaves


def test_an_answer_is_signed_by_somebody_and_can_be_found_again() -> None:
    outgoing = Outgoing(
        idempotency_key=KEY, text="On its way.", author="Bea", recipient="ann@example.org", subject="Parcel",
        in_reply_to="a2@example.org", thread="a1@example.org", around=Around(said="Where?", who="Ann", page="https://x/p"),
    )  # fmt: skip
    from rapport.channels.mail.channel import _letter

    box = asking.box_of(SETTINGS)
    sent = message_from_bytes(_letter(box, outgoing, "ann@example.org"), policy=SMTP)
    assert sent["From"] == "Bea <support@acme.test>"
    assert sent["In-Reply-To"] == "<a2@example.org>"
    mark = token.make(SECRET, KEY)
    assert sent["References"] == f"<a1@example.org> <{mark}@acme.test> <a2@example.org>"
    assert sent["Reply-To"] == f"Bea <support+{mark}@acme.test>"
    assert "Auto-Submitted" not in sent
    words = sent.get_content()
    assert "-- \r\nBea\r\nAcme Support" in words.replace("\n", "\r\n").replace("\r\r", "\r")
    assert "> Where?" in words and "https://x/p" not in words


SETTINGS = {
    "address": "support@acme.test", "imap_host": "mail.acme.test", "password": "p", "thread_secret": SECRET,
    "signature": "Acme Support", "smtp_host": "mail.acme.test",
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"address": "no-reply@acme.test"}, "nobody reads"),
        ({"address": "donotreply@acme.test"}, "nobody reads"),
        ({"address": "nonsense"}, "no e-mail address"),
        ({"address": ""}, "no e-mail address"),
        ({"imap_host": ""}, "IMAP server"),
        ({"password": ""}, "needs a password"),
        ({"signs_in": "oauth"}, "refresh token"),
        ({"our_addresses": "bea@acme.test\nnobody at all"}, "“nobody at all”"),
        ({"password": "pässword"}, "letters that mail servers do not take"),
    ],
)
def test_a_mailbox_that_cannot_be_is_refused_with_a_reason(change: dict[str, str], words: str) -> None:
    with pytest.raises(ChannelError, match=words) as caught:
        MailChannel().validate(SETTINGS | change)
    assert caught.value.permanent
    MailChannel().validate(SETTINGS)


def test_a_mailbox_without_a_way_out_says_so_before_one_types() -> None:
    without = SETTINGS | {"smtp_host": ""}
    assert "names no SMTP server" in MailChannel().cannot_send_why(without)
    with pytest.raises(ChannelError, match="names no SMTP server"):
        MailChannel().send(without, Outgoing(idempotency_key=KEY, text="x", author="Bea", recipient="a@b.test"))


def test_a_cursor_of_nobody_begins_anew_and_a_new_validity_looks_back() -> None:
    from rapport.channels.mail.imap import Folder
    from rapport.channels.mail.reading import Place, places, valid

    assert places("not json") == places(None) == {}
    place = Place(7, 100, NOW.date().isoformat())
    assert msgspec.json.decode(msgspec.json.encode(place), type=Place) == place
    assert valid(place, Folder("INBOX", 7, 120)) == place
    assert valid(place, Folder("INBOX", 8, 20)) == Place(8, 0, NOW.date().isoformat())


def test_settings_of_nobody_end_in_a_sentence() -> None:
    for call in (lambda: MailChannel().fetch({}, None), lambda: next(MailChannel().listen(Connected({}), None, None))):  # type: ignore[arg-type]
        with pytest.raises(ChannelError):
            call()
