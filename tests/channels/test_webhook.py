"""The webhook in both directions: what a stranger may say to us, and how our answer reaches their callback."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rapport.channels.base import Batch, ChannelError, Outgoing
from rapport.channels.webhook import WebhookChannel, sign
from tests.net.peer import answers, hangs_up, peer

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
SECRET = "a secret that only the two sides know"
HOOK = WebhookChannel()
ONE = {"id": "m-1", "author": {"id": "ann", "name": "Ann"}, "text": "Is the shop open on Sunday?"}


def deliver(message: Any, *, at: datetime = NOW, secret: str = SECRET, network: str = "", **headers: str) -> Batch:
    body = message if isinstance(message, bytes) else json.dumps(message).encode()
    stamp = str(int(at.timestamp()))
    given = {"x-rapport-timestamp": stamp, "x-rapport-signature": sign(secret, stamp, body)}
    given |= {name.replace("_", "-"): value for name, value in headers.items()}
    return HOOK.receive({"secret": SECRET, "network": network}, given, body, NOW)


def refusal(message: Any, **more: Any) -> tuple[int, str]:
    with pytest.raises(ChannelError) as caught:
        deliver(message, **more)
    assert caught.value.permanent
    return caught.value.status, caught.value.message


def test_a_signature_is_what_the_readme_says() -> None:
    expected = "v1=90a64f88ebf606de162bfece044c01c80129bba6361c091018f52b4b50366e6b"
    assert sign("key", 1772366400, b'{"a":1}') == sign("key", "1772366400", b'{"a":1}') == expected


def test_a_message_is_taken_with_its_bytes() -> None:
    whole = ONE | {
        "said_at": "2026-03-10T09:58:00+01:00",
        "reply_to": "m-0",
        "thread": 17,
        "subject": "Opening\nhours",
        "url": "https://shop.example/m/1",
        "version": 2,
        "unknown": {"kept": "in the raw bytes"},
    }
    item = deliver(whole).items[0]
    assert item.raw == json.dumps(whole).encode()
    envelope = item.envelope
    assert (envelope.network, envelope.external_id, envelope.version) == ("webhook", "m-1", "2")
    assert (envelope.author.address, envelope.author.name) == ("ann", "Ann")
    assert envelope.said_at == datetime(2026, 3, 10, 8, 58, tzinfo=UTC)
    assert (envelope.reply_to, envelope.thread, envelope.subject) == ("m-0", "17", "Opening hours")
    assert envelope.url == "https://shop.example/m/1"
    assert (envelope.public, envelope.direct, envelope.ours) == (False, True, None)


def test_several_messages_each_keep_their_own_bytes() -> None:
    one = b'{"id": 1, "author": "ann", "text": "one"}'
    two = b'{"id":2,"author":"bob","text":"@acme two","public":true}'
    body = b'{"messages": [ ' + one + b",\n " + two + b"]}"
    batch = deliver(body, network="Forum")
    assert [item.raw for item in batch.items] == [one, two]
    second = batch.items[1].envelope
    assert (second.network, second.public, second.direct, second.mentions) == ("forum", True, False, ("acme",))


def test_a_tombstone_needs_no_words() -> None:
    assert deliver({"id": "m-1", "author": "ann", "deleted": True}).items[0].envelope.deleted


def test_only_a_right_and_recent_signature_opens() -> None:
    assert refusal(ONE, secret="another")[0] == 401
    assert "signature is wrong" in refusal(ONE, secret="another")[1]
    assert refusal(ONE, x_rapport_signature="")[0] == 401
    assert refusal(ONE, x_rapport_signature="v1=é☃")[0] == 401
    assert refusal(ONE, x_rapport_timestamp="")[1].endswith("are both needed.")
    for stamp in ("now", "-1", "1" * 30, "٣"):
        assert refusal(ONE, x_rapport_timestamp=stamp)[0] == 401
    assert refusal(ONE, x_rapport_timestamp=str(int(NOW.timestamp()) + 1))[0] == 401, "the time is signed, too"
    status, sentence = refusal(ONE, at=NOW - timedelta(seconds=301))
    assert (status, sentence) == (
        401,
        "The request is 301 seconds old; at most 300 are taken. It is 2026-03-10 09:00:00 UTC here.",
    )
    assert "ahead of our clock" in refusal(ONE, at=NOW + timedelta(minutes=6))[1]
    assert deliver(ONE, at=NOW - timedelta(seconds=300)).items
    with pytest.raises(ChannelError, match="no secret yet"):
        HOOK.receive({}, {}, b"{}", NOW)


def test_a_body_that_is_too_large_is_not_even_read() -> None:
    with pytest.raises(ChannelError, match="larger than 1 MB") as caught:
        HOOK.receive({"secret": SECRET}, {}, b"x" * 1_000_001, NOW)
    assert caught.value.status == 413


@pytest.mark.parametrize(
    ("message", "sentence"),
    [
        (b"", "The body is not JSON in UTF-8"),
        (b"hello", "The body is not JSON in UTF-8"),
        (b'{"id": "\xff"}', "The body is not JSON in UTF-8"),
        ([ONE], "The body must be a JSON object: one message, or {“messages”: […]}."),
        ({"author": "ann", "text": "x"}, "id is missing."),
        ({"id": "1", "text": "x"}, "author is missing."),
        ({"id": "1", "author": "ann"}, "text must not be empty, unless deleted is true."),
        ({"id": "1", "author": "ann", "text": 5}, "text must be text, not a whole number."),
        ({"id": "1", "author": {"name": "Ann"}, "text": "x"}, "author.id is missing."),
        ({"id": "1", "author": " ", "text": "x"}, "author must not be empty."),
        ({"id": "1", "author": 5, "text": "x"}, "author must be text or an object, not a whole number."),
        ({"id": "", "author": "ann", "text": "x"}, "id has the wrong length: it must be >= 1."),
        (ONE | {"said_at": "2026-03-10 09:00"}, "said_at must be a time with a zone, like 2026-03-01T12:00:00Z."),
        (ONE | {"said_at": "yesterday"}, "said_at must be a time with a zone, like 2026-03-01T12:00:00Z."),
        (ONE | {"public": "yes"}, "public must be true or false, not text."),
        (ONE | {"mentions": ["a", 1]}, "mentions[1] must be text, not a whole number."),
        ({"messages": []}, "messages has the wrong length: it must be >= 1."),
        ({"messages": [ONE] * 501}, "messages has the wrong length: it must be <= 500."),
        ({"messages": [ONE, ONE | {"text": None}]}, "messages[1].text must be text, not null."),
        ({"messages": [ONE, {"id": "2", "author": "b"}]}, "messages[1].text must not be empty"),
        ({"messages": [ONE, {"author": "b"}]}, "messages[1].id is missing."),
        ({"messages": {"id": 1}}, "messages must be a list, not an object."),
        (ONE | {"extra": json.loads("[" * 40 + "]" * 40)}, "The body is nested more than 32 levels deep."),
        (b'{"a":' + b"[" * 400_000, "The body is nested more than 32 levels deep."),
        (b'{"a": "' + b'\\"' * 400_000, "The body is not JSON in UTF-8"),
    ],
)
def test_a_wrong_body_is_answered_with_the_fields_name(message: Any, sentence: str) -> None:
    status, said = refusal(message)
    assert status == 400
    assert sentence in said


@given(
    st.binary(max_size=200)
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["id", "text", "author", "messages", "said_at", "deleted", "name"]), inner, max_size=5
            )
        ),
        max_leaves=12,
    )
)
@settings(deadline=None)
def test_anything_signed_is_taken_or_refused_with_a_sentence(message: Any) -> None:
    try:
        batch = deliver(message)
    except ChannelError as error:
        assert error.status == 400
        assert error.message.endswith(".")
        return
    assert all(item.envelope.external_id and "\x00" not in repr(item.envelope) for item in batch.items)


ANSWER = Outgoing(
    idempotency_key="k-1", text="Yes, from ten to four.", author="Bea", in_reply_to="m-1", recipient="ann"
)


def send(url: str, outgoing: Outgoing = ANSWER) -> Any:
    return HOOK.send({"secret": SECRET, "callback_url": url}, outgoing)


def sending_fails(url: str) -> ChannelError:
    with pytest.raises(ChannelError) as caught:
        send(url)
    return caught.value


@pytest.fixture(autouse=True)
def _development(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAPPORT_ALLOW_LOOPBACK", "1")


def test_an_answer_is_posted_signed_and_with_its_key() -> None:
    with peer(answers(201, b'{"id": "r-9", "url": "https://shop.example/r/9"}')) as server:
        handle = send(f"{server.url}/answers?shop=1")
    assert (handle.external_id, handle.url, handle.delivered) == ("r-9", "https://shop.example/r/9", True)
    head, _, body = server.seen[0].partition(b"\r\n\r\n")
    headers = dict(line.lower().split(": ", 1) for line in head.decode().split("\r\n")[1:])
    assert head.startswith(b"POST /answers?shop=1 HTTP/1.1")
    assert headers["idempotency-key"] == "k-1"
    assert headers["content-type"] == "application/json"
    assert headers["x-rapport-signature"] == sign(SECRET, headers["x-rapport-timestamp"], body)
    assert msgspec.json.decode(body, type=Outgoing) == ANSWER


@pytest.mark.parametrize("body", [b"", b"OK", b"[]", b'{"id": null}', b'{"id": true}', b'{"id": ""}', b"\xff"])
def test_without_an_id_of_theirs_the_key_is_the_id(body: bytes) -> None:
    with peer(answers(200, body)) as server:
        assert send(server.url).external_id == "k-1"


def test_a_refusal_carries_the_receivers_own_sentence() -> None:
    with peer(answers(422, b'{"error": "Ann has closed her account.\\n"}')) as server:
        error = sending_fails(server.url)
    assert (error.message, error.permanent) == ("The receiver refused it (422): Ann has closed her account.", True)
    with peer(answers(403, b"no " * 500, content_type="text/plain")) as server:
        assert len(sending_fails(server.url).message) < 260
    with peer(answers(404, b"<html>not here</html>", content_type="text/html")) as server:
        assert sending_fails(server.url).message == "The receiver refused it (404)."


@pytest.mark.parametrize("status", [429, 503, 408])
def test_a_busy_receiver_is_given_time(status: int) -> None:
    with peer(answers(status, retry_after="90")) as server:
        error = sending_fails(server.url)
    assert (error.permanent, error.unknown, error.retry_after) == (False, False, timedelta(seconds=90))
    assert len(server.seen) == 1


@pytest.mark.parametrize("status", [500, 502, 504, 409])
def test_a_failing_receiver_may_have_it(status: int) -> None:
    with peer(answers(status)) as server:
        error = sending_fails(server.url)
    assert (error.unknown, error.permanent) == (True, False)


def test_a_connection_that_breaks_leaves_it_unknown_and_is_not_tried_again() -> None:
    with peer(hangs_up) as server:
        error = sending_fails(server.url)
    assert (error.unknown, error.permanent) == (True, False)
    assert len(server.seen) == 1


def test_a_receiver_that_is_not_there_has_nothing() -> None:
    with peer(answers()) as server:
        pass
    error = sending_fails(server.url)
    assert (error.unknown, error.permanent) == (False, False)


def test_a_callback_inside_a_private_network_is_refused_for_good() -> None:
    error = sending_fails("http://10.0.0.7/answers")
    assert (error.unknown, error.permanent) == (False, True)


def test_a_redirect_is_not_followed_with_our_signature() -> None:
    with peer(answers(308, location="https://elsewhere.example/")) as server:
        error = sending_fails(server.url)
    assert error.permanent
    assert "final address" in error.message


def test_what_does_not_fit_is_not_sent() -> None:
    with pytest.raises(ChannelError, match=r"10,001 characters; at most 10,000 fit") as caught:
        send("http://127.0.0.1:9/", msgspec.structs.replace(ANSWER, text="x" * 10_001))
    assert caught.value.permanent


def test_without_a_callback_it_says_so_before_one_types() -> None:
    assert "has no callback address" in HOOK.cannot_send_why({"secret": SECRET})
    assert HOOK.cannot_send_why({"callback_url": "https://shop.example/"}) == ""
    with pytest.raises(ChannelError, match="has no callback address"):
        HOOK.send({"secret": SECRET}, ANSWER)


def find(url: str) -> Any:
    return HOOK.find({"secret": SECRET, "callback_url": url}, "k-1")


def test_whether_it_left_is_looked_up_with_a_signed_question() -> None:
    with peer(answers(200, b'{"id": "r-9"}'), answers(404)) as server:
        assert find(f"{server.url}/answers?shop=1").external_id == "r-9"
        assert find(f"{server.url}/answers") is None
    head = server.seen[0].decode()
    assert head.startswith("GET /answers?shop=1&idempotency_key=k-1 HTTP/1.1")
    headers = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:] if line)
    assert headers["x-rapport-signature"] == sign(SECRET, headers["x-rapport-timestamp"], b"idempotency_key=k-1")


@pytest.mark.parametrize(
    ("status", "body", "permanent"),
    [(405, b"", True), (501, b"", True), (200, b"{}", False), (500, b"", False), (302, b"", False)],
)
def test_what_does_not_answer_the_question_is_no_answer(status: int, body: bytes, permanent: bool) -> None:
    with peer(answers(status, body)) as server, pytest.raises(ChannelError) as caught:
        find(server.url)
    assert caught.value.permanent is permanent
