"""A hub asks whether its deliveries are wanted, and delivers; what it brings takes the line."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

import msgspec
import pytest
from django.test import Client

from rapport.channels.feeds import websub
from rapport.inbox.models import Message, Source
from rapport.ingest import pipeline
from tests.channels.feeds.test_entries import BLOG
from tests.conftest import Cast

TOPIC = "https://kitchen.example/feed"


@pytest.fixture
def blog(cast: Cast) -> Source:
    source = Source(workspace=cast.acme, kind="feeds", name="Kitchen notes")
    asked = websub.Subscription(hub="https://hub.example/", topic=TOPIC, secret="s" * 40, asked=1)
    source.keep_settings({"url": TOPIC, "words": "", websub.KEPT: msgspec.json.encode(asked).decode()})
    source.save()
    return source


def ask(source: Source, **more: str) -> Any:
    query = {"hub.mode": "subscribe", "hub.topic": TOPIC, "hub.challenge": "<b>x", "hub.lease_seconds": "864000"}
    return Client().get(f"/in/{source.token}/", query | {f"hub.{name}": value for name, value in more.items()})


def deliver(source: Source, secret: str = "s" * 40) -> Any:
    signature = hmac.new(secret.encode(), BLOG, hashlib.sha256).hexdigest()
    headers = {"x-hub-signature": f"sha256={signature}"}
    return Client().post(f"/in/{source.token}/", BLOG, content_type="application/rss+xml", headers=headers)


def test_a_subscription_is_proved_once_and_then_its_deliveries_count(blog: Source) -> None:
    assert deliver(blog).status_code == 404, "before it is proved nothing is taken"
    assert ask(blog, topic="https://other.example/").status_code == 404
    answer = ask(blog)
    assert (answer.status_code, answer.content, answer["content-type"]) == (200, b"<b>x", "text/plain; charset=utf-8")
    assert answer["x-content-type-options"] == "nosniff"
    assert deliver(blog, "guessed").status_code == 403
    answer = deliver(blog)
    assert (answer.status_code, answer.json()) == (202, {"accepted": 2, "known": 0})
    assert deliver(blog).json() == {"accepted": 0, "known": 2}
    while pipeline.run():
        pass
    assert Message.objects.count() == 2
    assert len(set(Message.objects.values_list("conversation", flat=True))) == 1


def test_only_a_channel_that_is_asked_answers_a_get(cast: Cast) -> None:
    source = Source.objects.create(workspace=cast.acme, kind="webhook", name="Shop")
    assert Client().get(f"/in/{source.token}/?hub.challenge=x").status_code == 405
