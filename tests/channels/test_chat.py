"""The web chat without a page: what it takes, who signed visitors are, how it looks, what it never says of a stranger."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rapport.channels import stamp
from rapport.channels.base import Around, ChannelError, Outgoing
from rapport.channels.chat import ChatChannel, asking, parse, visitor
from tests.net import relays

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
SETTINGS = {"secret": "only this chat knows it", "visitors": "shared with the shop", "origins": "https://shop.test"}
CHAT = ChatChannel()


def said(text: str = "Do you deliver on Sunday?", *, ago: float = 60, **more: str) -> parse.Said:
    paper = stamp.new(NOW - timedelta(seconds=ago)).signed(SETTINGS["secret"])
    return parse.Said(**({"text": text, "once": "name-of-this", "stamp": paper} | more))


def refused(*given: Any, **more: Any) -> ChannelError:
    with pytest.raises(ChannelError) as caught:
        parse.begin(*given, **more)
    return caught.value


def test_first_words_are_a_private_talk_addressed_to_us() -> None:
    taken = parse.begin(SETTINGS, said(page="https://shop.test/prices?session=1#top"), NOW)
    envelope = taken.item.envelope
    assert (envelope.network, envelope.public, envelope.direct, envelope.ours) == ("chat", False, True, False)
    assert envelope.thread == taken.thread and len(taken.thread) == 22
    assert envelope.author.address.startswith("visitor-") and envelope.author.name.startswith("Visitor ")
    assert envelope.url == "https://shop.test/prices" and envelope.suspicions == ()
    assert b"stamp" not in taken.item.raw or SETTINGS["secret"].encode() not in taken.item.raw


def test_the_same_message_sent_again_is_the_same_and_another_is_another() -> None:
    first = said()
    one, two = (parse.begin(SETTINGS, first, NOW + timedelta(seconds=n)) for n in (0, 9))
    assert one.item.envelope.external_id == two.item.envelope.external_id
    other = parse.go_on(
        SETTINGS, said("And on Monday?", once="another-one"), NOW, parse.Who(one.thread, "visitor-1", "V")
    )
    assert other.item.envelope.external_id != one.item.envelope.external_id
    assert other.item.envelope.thread == one.thread


def test_the_page_is_kept_only_where_it_may_be_and_with_its_query_only_where_wished() -> None:
    chat, whole = asking.chat_of(SETTINGS), asking.chat_of(SETTINGS | {"whole": "1"})
    assert parse.page_of(whole, "https://shop.test/a?b=c#d") == "https://shop.test/a?b=c"
    for forged in (
        "https://evil.test/a",
        "javascript:alert(1)",
        "https://shop.test@evil.test/",
        "https://[",
        "",
        "x" * 5_000,
    ):
        assert parse.page_of(chat, forged) == ""


@pytest.mark.parametrize("paper", ["", "x", "9" * 400])
def test_a_stamp_that_is_not_ours_needs_another(paper: str) -> None:
    assert refused(SETTINGS, said(stamp=paper), NOW).status == 409


def test_a_page_that_stood_open_for_eight_days_needs_another_stamp_and_one_of_six_does_not() -> None:
    assert refused(SETTINGS, said(ago=8 * 86_400), NOW).status == 409
    assert parse.begin(SETTINGS, said(ago=6 * 86_400), NOW).thread
    assert refused(SETTINGS, said(ago=-3600), NOW).status == 409


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"text": " \n\x00"}, "Write a few words first."),
        ({"text": "x" * 5_001}, "At most 5,000 characters fit here; this has 5,001."),
        ({"once": ""}, "no name of its own"),
        ({"once": "x" * 81}, "no name of its own"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(change: dict[str, str], sentence: str) -> None:
    error = refused(SETTINGS, said(**change), NOW)
    assert error.status == 422 and sentence in error.message


def test_signs_of_a_machine_are_marked_and_keep_nobody_out() -> None:
    links = "https://a.test https://b.test https://c.test buy"
    assert parse.begin(SETTINGS, said(links, ago=1), NOW, 5).item.envelope.suspicions == (
        "repeated",
        "links",
        "hurried",
    )


@settings(deadline=None, max_examples=150)
@given(st.text(max_size=200), st.text(max_size=90), st.text(max_size=120), st.text(max_size=120), st.text(max_size=90))
def test_whatever_a_page_sends_is_taken_or_refused_with_a_sentence(
    text: str, once: str, paper: str, page: str, name: str
) -> None:
    for words in (said(text, once=once, page=page, name=name), parse.Said(text=text, once=once, stamp=paper)):
        try:
            envelope = parse.begin(SETTINGS, words, NOW).item.envelope
        except ChannelError as error:
            assert error.message.endswith((".", "?"))
        else:
            assert envelope.text and "\x00" not in repr(envelope)


@settings(deadline=None, max_examples=150)
@given(
    st.binary(max_size=300) | st.dictionaries(st.text(max_size=8), st.integers() | st.text()).map(msgspec.json.encode)
)
def test_any_bytes_are_taken_or_refused(body: bytes) -> None:
    with pytest.raises(ChannelError):
        CHAT.receive(SETTINGS, {}, body, NOW)


# Signed visitors


def token(**more: Any) -> str:
    expires = more.pop("expires", NOW + timedelta(minutes=5))
    return visitor.sign(more.pop("secret", SETTINGS["visitors"]), more.pop("id", "4711"), expires, **more)


def test_a_signed_visitor_is_who_the_website_says() -> None:
    known = visitor.read(token(name="Ann Lee", email="ann@lee.test"), SETTINGS["visitors"], NOW)
    assert known == visitor.Visitor("4711", "Ann Lee", "ann@lee.test")
    envelope = parse.begin(SETTINGS, said(), NOW, visitor=known).item.envelope
    assert (envelope.author.address, envelope.author.name) == ("id:4711", "Ann Lee")


def packed(words: str) -> str:
    return urlsafe_b64encode(words.encode()).decode().rstrip("=")


def test_a_token_of_another_program_is_read_the_same_way() -> None:
    """RFC 7515, appendix A.1 has its own key; this one was made by hand from the standard's steps."""
    import hashlib
    import hmac

    head, claims = packed('{"typ":"JWT",\r\n "alg":"HS256"}'), packed('{"sub":17,"exp":1900000000,"role":["x"]}')
    mac = hmac.digest(b"k", f"{head}.{claims}".encode(), hashlib.sha256)
    paper = f"{head}.{claims}.{urlsafe_b64encode(mac).decode().rstrip('=')}"
    assert visitor.read(paper, "k", NOW) == visitor.Visitor("17")


@pytest.mark.parametrize(
    ("paper", "why"),
    [
        (token(secret="another"), "not signed"),
        (token(expires=NOW), "expired"),
        (token(id=" "), "nobody"),
        (".".join((packed('{"alg":"none"}'), packed('{"sub":"1","exp":9e9}'), "")), "not signed"),
        ("a.b", "no signed token"),
        ("....", "no signed token"),
        ("é.é.é", "no signed token"),
        ("x" * 5_000, "no signed token"),
    ],
)
def test_a_wrong_token_says_why(paper: str, why: str) -> None:
    with pytest.raises(visitor.WrongVisitor, match=why):
        visitor.read(paper, SETTINGS["visitors"], NOW)


def test_without_a_secret_nobody_is_signed() -> None:
    with pytest.raises(visitor.WrongVisitor):
        visitor.read(token(secret=""), "", NOW)


@pytest.mark.slow
@settings(deadline=None, max_examples=200)
@given(
    st.text(max_size=60) | st.lists(st.text(alphabet="AZaz09-_=", max_size=30), min_size=3, max_size=3).map(".".join)
)
def test_any_token_is_read_or_refused(paper: str) -> None:
    with pytest.raises(visitor.WrongVisitor):
        visitor.read(paper, SETTINGS["visitors"], NOW)


def test_no_stranger_can_take_the_address_of_a_signed_visitor() -> None:
    taken = parse.begin(SETTINGS, said(name="id:4711"), NOW)
    assert not taken.item.envelope.author.address.startswith(visitor.PREFIX)


# How it looks


@settings(deadline=None)
@given(st.integers(0, 0xFFFFFF))
def test_words_on_any_colour_can_be_read(number: int) -> None:
    colour = f"#{number:06x}"
    light, ink = asking._luminance(colour), asking._luminance(asking.ink_on(colour))
    assert (max(light, ink) + 0.05) / (min(light, ink) + 0.05) >= 4.5


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"colour": "red; } body { display: none"}, "no colour"),
        ({"language": "</script>"}, "no language"),
        ({"origins": "*"}, "no website"),
        ({"sender": "no-reply@acme.test"}, "nobody reads"),
    ],
)
def test_settings_that_cannot_be_are_refused(wrong: dict[str, str], sentence: str) -> None:
    with pytest.raises(ChannelError, match=sentence):
        CHAT.validate(SETTINGS | wrong)
    asking.chat_of(SETTINGS | wrong)  # and what is stored all the same harms nobody
    assert asking.chat_of(SETTINGS | wrong).colour == asking.COLOUR


# Letters

ANSWER = Outgoing(idempotency_key="visit1m2", text="Yes, on Sunday.", author="Bea", recipient="ann@lee.test")


def test_a_letter_goes_from_the_address_of_the_chat(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAPPORT_ALLOW_LOOPBACK", "1")
    with relays.relay() as there:
        monkeypatch.setenv("RAPPORT_SMTP_URL", there.url)
        name = CHAT.post(
            SETTINGS | {"sender": "desk@acme.test"}, ANSWER, Around(said="On Sunday?", page="https://d/p/x/")
        )
    [(sender, recipients, raw)] = there.taken
    assert (sender, recipients) == ("desk@acme.test", ["ann@lee.test"])
    assert name.encode() in raw and b"Yes, on Sunday." in raw and b"https://d/p/x/" in raw


@pytest.mark.parametrize("change", [{}, {"sender": "desk@acme.test"}])
def test_without_a_relay_or_a_sender_no_letter_goes(change: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RAPPORT_SMTP_URL", raising=False)
    with pytest.raises(ChannelError) as caught:
        CHAT.post(SETTINGS | change, ANSWER, Around())
    assert caught.value.permanent
