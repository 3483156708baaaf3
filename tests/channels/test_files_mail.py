"""Mails, from an mbox or one by one, however broken."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rapport.channels.files import mail
from tests.channels.history import Read, packed

PLAIN = b"""Return-Path: <ann@example.org>
From: =?utf-8?q?Ann_M=C3=BCller?= <Ann@Example.org>
To: Help <help@acme.example>, second@acme.example
Cc: Bob <bob@example.org>
Subject: =?utf-8?b?UmVjaG51bmcgMTI=?=
Date: Sun, 1 Mar 2026 13:00:00 +0100 (CET)
Message-ID: <abc@example.org>
In-Reply-To: <first@acme.example>
References: <root@acme.example> <first@acme.example>
MIME-Version: 1.0
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: 8bit

The invoice is wrong, it says 12 \xa3.
"""

RICH = b"""From: bob@example.org
Subject: Photo
Date: Mon, 2 Mar 2026 09:00:00 -0000
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="B"

--B
Content-Type: text/html; charset=utf-8

<p>The <b>hinge</b> broke.</p><script>alert(1)</script><p>See photo.</p>
--B
Content-Type: image/png; name="hinge.png"
Content-Disposition: attachment; filename="../../hinge.png"
Content-Transfer-Encoding: base64

iVBORw0KGgo=
--B--
"""


def test_a_mail_becomes_an_envelope() -> None:
    envelope = Read(PLAIN).items[0].envelope
    assert (envelope.author.address, envelope.author.name) == ("ann@example.org", "Ann Müller")
    assert envelope.text == "The invoice is wrong, it says 12 £."
    assert envelope.subject == "Rechnung 12"
    assert envelope.said_at == datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
    assert envelope.external_id == "abc@example.org"
    assert (envelope.reply_to, envelope.thread) == ("first@acme.example", "root@acme.example")
    assert envelope.mentions == ("help@acme.example", "second@acme.example", "bob@example.org")
    assert (envelope.public, envelope.direct, envelope.ours) == (False, True, None)


def test_html_becomes_text_and_attachments_are_counted() -> None:
    read = Read(RICH)
    assert read.texts == ["The hinge broke.\n\nSee photo."]
    assert read.reading.attachments == 1
    assert read.items[0].raw == RICH.rstrip(b"\n")


def test_an_mbox_is_cut_at_its_from_lines_only() -> None:
    body = (
        b"From ann@example.org Sun Mar  1 13:00:00 2026\n" + PLAIN + b"\n>From here on it is quoted.\n"
        b"From inside a paragraph it is not cut.\n\n"
        b"From bob@example.org Mon Mar  2 09:00:00 2026\n" + RICH + b"\n"
    )
    for packing in (body, packed(body), body.replace(b"\n", b"\r\n")):
        read = Read(packing)
        assert [item.envelope.author.address for item in read.items] == ["ann@example.org", "bob@example.org"]
        assert read.texts[0].endswith("From here on it is quoted.\nFrom inside a paragraph it is not cut.")
        assert read.reading.position.pieces == 2


def test_the_mapping_may_name_the_network_and_the_zone() -> None:
    envelope = (
        Read(PLAIN.replace(b" +0100 (CET)", b""), {"map": "network=old-desk,zone=Europe/Berlin"}).items[0].envelope
    )
    assert envelope.network == "old-desk"
    assert envelope.said_at == datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def test_a_mail_without_an_id_gets_the_same_one_each_time() -> None:
    one, two = Read(RICH).items[0].envelope, Read(b"From x\n" + RICH, {"form": "mbox"}).items[0].envelope
    assert one.external_id == two.external_id
    assert one.external_id.startswith("row-")


@pytest.mark.parametrize(
    ("broken", "text"),
    [
        (PLAIN.replace(b"iso-8859-1", b"no-such-charset"), "The invoice is wrong, it says 12 £."),
        (PLAIN.replace(b"charset=iso-8859-1", b'charset="\xff\xfe'), "The invoice is wrong, it says 12 £."),
        (PLAIN.replace(b"8bit", b"base64").replace(b"The invoice is wrong, it says 12 \xa3.", b"!!!"), "Rechnung 12"),
        (PLAIN.replace(b"=?utf-8?q?Ann_M=C3=BCller?=", b"=?klingon?q?Ann?="), "The invoice is wrong, it says 12 £."),
        (
            PLAIN.replace(b"Cc: Bob <bob@example.org>", b"Cc: ,,<<>>@@ (((" + b"(" * 300),
            "The invoice is wrong, it says 12 £.",
        ),
        (PLAIN.replace(b"To: Help", b"Subject: again\nTo: \x00Help"), "The invoice is wrong, it says 12 £."),
        (RICH.replace(b"--B--", b""), "The hinge broke.\n\nSee photo."),
    ],
)
def test_broken_mime_is_read_as_far_as_it_goes(broken: bytes, text: str) -> None:
    read = Read(broken, {"form": "eml"})
    assert (read.texts, read.reasons) == ([text], [])


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        (b"just words\n\nand more", "it has neither sender, date nor subject"),
        (PLAIN.replace(b"Sun, 1 Mar 2026 13:00:00 +0100 (CET)", b"whenever"), "its date cannot be read"),
        (PLAIN.split(b"\n\n")[0].replace(b"Subject", b"X-Subject") + b"\n\n", "there is no text"),
    ],
)
def test_what_is_no_mail_says_why(broken: bytes, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        mail.read(broken, "file")


@pytest.mark.parametrize(
    "hostile",
    [
        *(
            b"To: " + b'"' * 100_000,
            b"To: " + b"(" * 100_000,
            b"To: " + b"a@b.c, " * 50_000,
            b"Subject: " + b"=?" * 300_000,
        ),
        *(b"Content-Type: text/plain; " + b"a=b; " * 50_000, b"Content-Disposition: x; filename*0=" + b'"' * 100_000),
    ],
)
def test_hostile_headers_take_no_longer_than_their_length(hostile: bytes) -> None:
    began = time.process_time()
    letter = mail.read(
        b"From: Ann <ann@example.org>\nDate: Sun, 1 Mar 2026 12:00:00 +0000\nSubject: s\n" + hostile + b"\n\nwords\n",
        "file",
    )
    assert time.process_time() - began < 2
    assert letter.envelope.author.address == "ann@example.org"


def test_parts_within_parts_within_parts_are_a_sentence_or_a_mail() -> None:
    deep = b"From: a@example.org\nSubject: deep\nMIME-Version: 1.0\n"
    for level in range(600):
        deep += b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (level, level)
    read = Read(deep + b"Content-Type: text/plain\n\nbottom\n", {"form": "eml"})
    assert len(read.items) + len(read.unreadable) == 1


@given(
    st.binary(max_size=400)
    | st.tuples(st.just(PLAIN), st.integers(0, len(PLAIN)), st.binary(max_size=30)).map(
        lambda parts: parts[0][: parts[1]] + parts[2] + parts[0][parts[1] :]
    )
)
@settings(deadline=None)
def test_any_bytes_are_a_mail_or_a_value_error(raw: bytes) -> None:
    try:
        letter = mail.read(raw, "file")
    except ValueError:
        return
    assert letter.envelope.text
    assert "\x00" not in repr(letter.envelope)
