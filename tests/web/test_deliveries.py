"""Signed deliveries with hostile contents: each is refused in a sentence or taken whole, and none sticks in the line."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.test import Client

from rapport.channels.webhook import signing
from rapport.core.database import now
from rapport.inbox import checking
from rapport.inbox.models import Arrival, Conversation, Message, Source
from rapport.ingest import pipeline
from tests.conftest import Cast

SECRET = "a secret of sixteen and more letters"
GOOD = {"id": "1", "author": "ann", "text": "where is my parcel?"}
BIG = 10**400


@pytest.fixture
def shop(cast: Cast) -> Source:
    source = Source(workspace=cast.acme, kind="webhook", name="Shop")
    source.keep_settings({"secret": SECRET, "network": "shop"})
    source.save()
    return source


def deliver(source: Source, body: bytes, **more: str) -> tuple[int, str]:
    headers = signing.headers(SECRET, now(), body) | more
    answer = Client().post(f"/in/{source.token}/", body, content_type="application/json", headers=headers)
    while pipeline.run():
        pass
    return answer.status_code, answer.content.decode()


CASES = [
    {"id": -5},
    {"id": 0},
    {"id": 2**70},
    {"id": BIG},
    {"id": 1.5},
    {"id": None},
    {"id": ""},
    {"id": " "},
    {"id": "x" * 100_000},
    {"id": "a\x00b"},
    {"id": True},
    {"author": ""},
    {"author": {"id": -1}},
    {"author": {"id": "x" * 5_000}},
    {"author": ["a"]},
    {"author": "a\r\nBcc: b"},
    {"author": {"id": "a", "name": "\x1b[2J" + "n" * 9_000}},
    {"text": ""},
    {"text": "\x00"},
    {"text": "\u202e\ufeff\U0001f469" * 9_000},
    {"text": 5},
    {"text": None},
    {"text": "w" * 900_000},
    {"said_at": "9999-12-31T23:59:59-23:59"},
    {"said_at": "0001-01-01T00:00:00+23:59"},
    {"said_at": "2999-01-01T00:00:00Z"},
    {"said_at": "yesterday"},
    {"said_at": 5},
    {"said_at": "1900-01-01T00:00:00Z"},
    {"reply_to": "1"},
    {"reply_to": BIG},
    {"reply_to": "t" * 99_999},
    {"thread": "1"},
    {"thread": "\n\t"},
    {"subject": "a\r\nBcc: all@acme.test"},
    {"url": "javascript:x"},
    {"url": "http://[::1"},
    {"mentions": ["@" * 9_000] * 50},
    {"mentions": ["x"] * 51},
    {"mentions": [5]},
    {"deleted": True},
    {"deleted": "yes"},
    {"version": "v" * 9_000},
    {"version": -1},
    {"version": BIG},
    {"ours": True},
    {"public": "no"},
    {"unknown": {"a": [[[]]]}},
    {"text": {"$gt": ""}},
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: json.dumps(case)[:40])
def test_one_message_with_one_odd_field(cast: Cast, shop: Source, case: dict[str, object]) -> None:
    status, said = deliver(shop, json.dumps(GOOD | case).encode())
    assert status in {202, 400, 413}, said
    if status != 202:
        error = json.loads(said)["error"]
        assert error.endswith(".") and len(error) < 400 and not Arrival.objects.exists()
        return
    assert not Arrival.objects.filter(done_at=None).exists(), Arrival.objects.values_list("error", flat=True)
    for message in Message.objects.all():
        assert (
            message.said_at <= now()
            and "\x00" not in message.text
            and "\n" not in message.subject + message.external_id
        )
        assert not message.url.startswith("javascript")
    assert not checking.miscounted()


RAW = [
    b"",
    b"null",
    b"[]",
    b"5",
    b'"x"',
    b"{}",
    b"{",
    b'{"messages":[]}',
    b'{"messages":{}}',
    b'{"messages":[null,5]}',
    b"\xff\xfe",
    b'{"id":"1","author":"a","text":"\xff"}',
    b'{"id":"1","author":"a","text":"\\ud800"}',
    b'{"id":"1","id":"2","author":"a","text":"b"}',
    b"[" * 50_000,
    b'{"a":' * 50_000,
    b'{"messages":[' + b"[" * 5_000,
    b"NaN",
    b'{"id":NaN,"author":"a","text":"b"}',
    b'{"id":"1","author":"a","text":"b"}x',
    b" " * 100_000 + b"{}",
    b'{"id":"1","author":"a","text":"b","x":1e999999}',
    b"\xef\xbb\xbf{}",
]


@pytest.mark.parametrize("body", RAW, ids=lambda body: repr(body[:30]))
def test_a_body_that_is_no_message(cast: Cast, shop: Source, body: bytes) -> None:
    status, said = deliver(shop, body)
    assert status in {202, 400, 413}, said
    assert not Arrival.objects.filter(done_at=None).exists()
    if status == 202:
        assert Message.objects.count() == 1


def test_the_same_id_twice_in_one_body_and_again_later_is_one_message(cast: Cast, shop: Source) -> None:
    body = json.dumps({"messages": [GOOD, GOOD, GOOD | {"text": "other words"}]}).encode()
    assert deliver(shop, body)[0] == 202
    assert deliver(shop, body)[0] == 202
    assert Message.objects.count() == Conversation.objects.count() == 1
    assert not checking.miscounted()


def test_a_replayed_delivery_changes_nothing_and_an_old_one_is_refused(cast: Cast, shop: Source) -> None:
    body = json.dumps(GOOD).encode()
    headers = signing.headers(SECRET, now(), body)
    for known in (0, 1, 1):
        answer = Client().post(f"/in/{shop.token}/", body, content_type="application/json", headers=headers)
        assert answer.status_code == 202 and answer.json()["known"] == known
    cast.clock.shift(timedelta(minutes=6))
    answer = Client().post(f"/in/{shop.token}/", body, content_type="application/json", headers=headers)
    assert answer.status_code == 401


def test_a_deletion_that_overtakes_its_message_still_holds(cast: Cast, shop: Source) -> None:
    assert deliver(shop, json.dumps({"id": "1", "author": "ann", "deleted": True}).encode())[0] == 202
    assert deliver(shop, json.dumps(GOOD).encode())[0] == 202
    assert not Message.objects.filter(deleted_at=None).exists()
    assert not any("parcel" in bytes(raw).decode() for raw in Arrival.objects.values_list("raw", flat=True))
