"""People and orders from files: vCards of every age, and tables; amounts and addresses as people write them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.channels import money
from rapport.channels.base import Card, Order
from rapport.channels.files.handles import of_address
from tests.channels.history import Read, packed

CARDS = (
    b"BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Ann Berg\\, PhD\r\nN:Berg;Ann;;;\r\nEMAIL;TYPE=work;PREF=1:Ann@Example.org\r\n"
    b"item1.TEL;VALUE=uri;TYPE=cell:tel:+49-30-123456\r\nORG:Berg & Co;Sales\r\n"
    b"NOTE:Likes tea\\; hates\r\n  coffee\\nCall after 5\r\nX-SOCIALPROFILE;TYPE=twitter:https://twitter.com/ann_b\r\n"
    b"SOCIALPROFILE;SERVICE-TYPE=Mastodon:https://social.example/@ann\r\nIMPP:xmpp:ann@chat.example\r\n"
    b"URL:https://ann.example/\r\nEND:VCARD\r\n"
    b"BEGIN:VCARD\nVERSION:2.1\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCller;J=C3=B6rg\n"
    b"NOTE;ENCODING=QUOTED-PRINTABLE:one =\ntwo\nTEL;CELL:0049 30 99 88 77\nEND:VCARD\n"
    b"BEGIN:VCARD\nVERSION:3.0\nFN:Nobody Reachable\nEND:VCARD\n"
    b"BEGIN:VCARD\nVERSION:3.0\nFN:Cut Off\nEMAIL:cut@example.org\n"
)


def test_vcards_of_every_age() -> None:
    for body in (CARDS, packed(CARDS)):
        read = Read(body)
        assert read.reading.guess.form == "vcard"
        first, second = read.cards
        assert first == Card(
            name="Ann Berg, PhD",
            addresses=(
                ("email", "ann@example.org"), ("phone", "+4930123456"), ("x", "ann_b"),
                ("mastodon", "ann@social.example"), ("xmpp", "ann@chat.example"),
            ),
            organisation="Berg & Co",
            note="Likes tea; hates coffee\nCall after 5",
        )  # fmt: skip
        assert second == Card(name="Jörg Müller", addresses=(("phone", "+4930998877"),), note="one two")
        assert read.reasons == [
            ("card 3", "There is neither e-mail, phone nor handle to know this person by."),
            ("card 4", "The card ends early: there is no END:VCARD."),
        ]


@given(st.binary(max_size=200))
def test_any_bytes_in_a_card_are_read_or_refused_with_a_sentence(body: bytes) -> None:
    read = Read(b"BEGIN:VCARD\nFN:x\n" + body + b"\nEND:VCARD\n", {"form": "vcard"})
    assert all(reason.endswith((".", "…")) for _, reason in read.reasons)


def test_a_table_of_people() -> None:
    body = (
        b"Name;E-Mail;Phone;Company;Twitter;Notes\nAnn Berg;ANN@example.org;+49 30 123456;Berg & Co;@ann_b;pays late\n"
        b"Bo;;;;bo_x;\nCy;not an address;;;;\nDee;;;;;\n"
    )
    read = Read(body)
    assert read.reading.guess.kind == "people"
    assert read.reading.guess.mapping["network"] == "x"
    assert read.cards == [
        Card(name="Ann Berg", addresses=(("email", "ann@example.org"), ("x", "ann_b"), ("phone", "+4930123456")),
             organisation="Berg & Co", note="pays late"),
        Card(name="Bo", addresses=(("x", "bo_x"),)),
    ]  # fmt: skip
    assert [reason for _, reason in read.reasons] == [
        "'not an address' is no e-mail address.",
        "There is neither e-mail, phone nor handle to know this person by.",
    ]


def test_a_table_of_orders() -> None:
    body = (
        b"Order number,Customer email,Name,Order date,Delivered,Total,Currency,Status,Items\n"
        b'A-1,ann@example.org,Ann,2026-02-01 10:00,2026-02-03,"1,049.90",EUR,delivered,"lamp, red"\n'
        b"A-2,,,2026-02-01,,3,EUR,open,x\n,bo@example.org,,,,,,,\nA-4,bo@example.org,,never,,1,EUR,,\n"
        b"A-5,bo@example.org,,,,lots,EUR,,\nA-6,bo@example.org,,,,,,,\n"
    )
    read = Read(body, {"map": ""})
    assert read.reading.guess.kind == "orders"
    assert read.orders[0] == Order(
        shop="file", number="A-1", network="email", address="ann@example.org", name="Ann", total=104990, currency="EUR",
        placed_at=datetime(2026, 2, 1, 10, tzinfo=UTC), delivered_at=datetime(2026, 2, 3, tzinfo=UTC),
        status="delivered", text="lamp, red",
    )  # fmt: skip
    assert (read.orders[1].number, read.orders[1].total) == ("A-6", None)
    assert [position for position, _ in read.reasons] == ["line 3", "line 4", "line 5", "line 6"]
    named = Read(body, {"map": "number=Order number,email=Customer email,network=shop-2"})
    assert {order.shop for order in named.orders} == {"shop-2"}


def test_words_that_somebody_said_are_messages_though_names_stand_beside() -> None:
    said = b"Name,Email,Message\nAnn,ann@example.org,my lamp is broken again\nBo,bo@example.org,mine too alas\n"
    assert Read(said).reading.guess.kind == "messages"
    inquiry = b"Name,Email,Inquiry\n" + b"Ann,ann@example.org," + b"what on earth has become of my parcel " * 3 + b"\n"
    assert Read(inquiry * 1).reading.guess.kind == "messages"


@pytest.mark.parametrize(
    ("written", "currency", "read"),
    [
        ("1,234.50", "EUR", (123450, "EUR")),
        ("1.234,50 €", "", (123450, "EUR")),
        ("$5", "", (500, "USD")),
        ("1,234", "USD", (123400, "USD")),
        ("1 234,5", "SEK", (123450, "SEK")),
        ("-3.10", "EUR", (-310, "EUR")),
        ("1200", "JPY", (1200, "JPY")),
        ("¥1,200", "", (1200, "JPY")),
        ("1.234", "BHD", (1234, "BHD")),
        ("12.0", "JPY", (12, "JPY")),
        ("7.5", "", (750, "")),
    ],
)
def test_amounts_are_minor_units(written: str, currency: str, read: tuple[int, str]) -> None:
    assert money.read(written, currency) == read


@pytest.mark.parametrize("written", ["", "free", "0.125", "1.23.4567 EURO", "9" * 30])
def test_what_is_no_amount_is_said(written: str) -> None:
    with pytest.raises(ValueError, match=r"is not an amount|more decimals|too much"):
        money.read(written, "EUR")


@given(st.integers(-(10**12), 10**12), st.sampled_from(["EUR", "JPY", "BHD"]))
def test_an_amount_is_written_and_read_back(total: int, currency: str) -> None:
    assert money.read(money.written(total, currency)) == (total, currency)


@pytest.mark.parametrize(
    ("address", "service", "handle"),
    [
        ("https://bsky.app/profile/ann.example", "", ("bluesky", "ann.example")),
        ("https://www.linkedin.com/in/ann-b/", "", ("linkedin", "ann-b")),
        ("@ann", "Instagram", ("instagram", "ann")),
        ("x-apple:ann%5Fb", "twitter", ("x", "ann_b")),
        ("https://ann.example/about", "", ("", "")),
        ("https://[broken", "", ("", "")),
        ("Ann Berg", "facebook", ("", "")),
    ],
)
def test_profiles_are_told_by_their_address(address: str, service: str, handle: tuple[str, str]) -> None:
    assert of_address(address, service) == handle
