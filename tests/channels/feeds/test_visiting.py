"""Feeds over a web server: asked for politely, followed where they move, delivered by a hub; nasty ones do no harm."""

from __future__ import annotations

import gzip
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from rapport import net
from rapport.channels import bounded, syndication
from rapport.channels.base import Batch, ChannelError, Connected
from rapport.channels.feeds import FeedsChannel, fetching, websub
from tests.channels.feeds.test_entries import BLOG, FORUM, rss
from tests.peers.feeds import Site, site


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAPPORT_ALLOW_LOOPBACK", "1")
    monkeypatch.setattr(fetching, "GAP", 0.0)
    monkeypatch.setattr(bounded, "read", syndication.read)  # a process for each is tested where it is
    monkeypatch.setattr(fetching, "LONGEST_REST", 0)


@pytest.fixture
def server() -> Iterator[Site]:
    with site() as there:
        yield there


class Desk:
    """A source as the worker keeps it."""

    def __init__(self, url: str, address: str = "", **more: str) -> None:
        self.channel = FeedsChannel()
        self.settings = Connected({"url": url, **more}, address=address)
        self.cursor: str | None = None

    def visit(self) -> list[str]:
        batch = self.channel.fetch(self.settings, self.cursor)
        assert isinstance(batch, Batch)
        self.cursor = batch.cursor or self.cursor
        return [item.envelope.text for item in batch.items]


def post(title: str, n: int = 1) -> str:
    return f"<item><guid isPermaLink='false'>{n}</guid><title>{title}</title><link>/p/{n}</link></item>"


def test_what_is_unchanged_is_not_sent_again(server: Site) -> None:
    server.feed("/feed", rss(post("A")), etag='"v1"', last_modified="Tue, 10 Mar 2026 08:00:00 GMT")
    desk = Desk(f"{server.url}/feed")
    assert desk.visit() == ["A"]
    assert desk.visit() == []
    headers = server.asked[-1][1]
    assert headers["if-none-match"] == '"v1"'
    assert headers["if-modified-since"] == "Tue, 10 Mar 2026 08:00:00 GMT"
    server.feed("/feed", rss(post("B", 2), post("A")), etag='"v2"')
    assert desk.visit() == ["A", "B"]


def test_an_etag_that_lies_hides_nothing_and_costs_nothing(server: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    server.pages["/feed"] = (200, {"etag": '"always new"'}, rss(post("A")))
    desk = Desk(f"{server.url}/feed")
    assert desk.visit() == ["A"]
    monkeypatch.setattr("rapport.channels.bounded.read", lambda *_: pytest.fail("the same bytes are not read twice"))
    assert desk.visit() == []


def test_a_feed_that_moved_for_good_is_asked_there_and_one_that_moved_for_now_is_not(server: Site) -> None:
    server.feed("/new", rss(post("A")))
    server.pages["/old"] = (301, {"location": "/new"}, b"")
    server.pages["/now"] = (302, {"location": "/old"}, b"")
    desk, guest = Desk(f"{server.url}/old"), Desk(f"{server.url}/now")
    assert desk.visit() == guest.visit() == ["A"]
    server.asked.clear()
    desk.visit()
    assert [path for path, _ in server.asked] == ["/new"]
    guest.visit()
    assert server.asked[1][0] == "/now"


def test_redirects_lead_neither_inside_nor_in_circles(server: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    server.pages["/a"] = (301, {"location": "/b"}, b"")
    server.pages["/b"] = (301, {"location": "/a"}, b"")
    with pytest.raises(ChannelError, match="without end"):
        Desk(f"{server.url}/a").visit()
    server.pages["/inside"] = (301, {"location": "http://169.254.169.254/latest"}, b"")
    with pytest.raises(ChannelError, match="private network"):
        Desk(f"{server.url}/inside").visit()
    server.pages["/file"] = (301, {"location": "file:///etc/passwd"}, b"")
    with pytest.raises(ChannelError, match="web address must begin"):
        Desk(f"{server.url}/file").visit()


def test_what_is_gone_for_good_is_never_asked_for_again(server: Site) -> None:
    server.feed("/feed", rss(post("A")))
    desk = Desk(f"{server.url}/feed")
    desk.visit()
    server.pages["/feed"] = (410, {}, b"")
    assert desk.visit() == []
    asked = len(server.asked)
    for _ in range(3):
        with pytest.raises(ChannelError, match="gone for good") as caught:
            desk.visit()
        assert caught.value.permanent
    assert len(server.asked) == asked


@pytest.mark.parametrize(
    ("status", "headers", "says", "wait"),
    [
        (404, {}, "There is no feed at this address", None),
        (403, {}, "does not let us read", None),
        (429, {"retry-after": "120"}, "asks us to wait", timedelta(minutes=2)),
        (503, {"retry-after": "60"}, "does not give the feed now", timedelta(minutes=1)),
        (500, {}, "does not give the feed now", None),
    ],
)
def test_a_refusal_is_a_sentence(server: Site, status: int, headers: dict[str, str], says: str, wait: Any) -> None:
    server.pages["/feed"] = (status, headers, b"")
    with pytest.raises(ChannelError, match=says) as caught:
        Desk(f"{server.url}/feed").visit()
    assert caught.value.retry_after == wait


def test_a_feed_that_asks_for_rest_gets_it(server: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "LONGEST_REST", 3600)
    server.feed("/feed", rss(post("A")), cache_control="public, max-age=1800")
    desk = Desk(f"{server.url}/feed")
    desk.visit()
    assert desk.visit() == []
    assert len(server.asked) == 1


def test_a_host_is_asked_one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "GAP", 0.1)
    turns, began = fetching.Turns(), time.monotonic()
    for _ in range(3):
        turns.wait("a.example")
    turns.wait("b.example")
    assert 0.2 <= time.monotonic() - began < 2.0


def test_the_address_of_a_page_leads_to_its_feed(server: Site) -> None:
    page = b'<!doctype html><link rel="alternate" type="application/rss+xml" href="/feed">'
    server.pages["/"] = (200, {"content-type": "text/html"}, page)
    server.feed("/feed", rss(post("A")))
    desk = Desk(f"{server.url}/")
    found = desk.channel.check(desk.settings)
    assert found == f"Found the feed “T” with 1 entries at {server.url}/feed."
    assert desk.visit() == ["A"]
    server.asked.clear()
    desk.visit()
    assert [path for path, _ in server.asked] == ["/feed"]
    server.pages["/bare"] = (200, {"content-type": "text/html"}, b"<html><body>Hello")
    with pytest.raises(ChannelError, match="names no feed"):
        Desk(f"{server.url}/bare").visit()


def test_only_what_holds_the_words_is_taken(server: Site) -> None:
    server.feed("/feed", rss(post("ACME leaks", 1), post("Tea", 2)))
    assert Desk(f"{server.url}/feed", words="acme\n\nnorvik").visit() == ["ACME leaks"]


def test_an_entry_without_words_is_shown_and_holds_up_nothing(server: Site) -> None:
    server.feed("/feed", rss("<item><guid>1</guid></item>", post("A", 2)))
    batch = FeedsChannel().fetch({"url": f"{server.url}/feed"}, None)
    assert [one.reason for one in batch.unreadable] == ["There is no text."]
    assert [item.envelope.text for item in batch.items] == ["A"]


def test_nasty_answers_are_sentences(server: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = gzip.compress(b"<rss>" + b" " * 50_000_000)
    server.pages["/bomb"] = (200, {"content-encoding": "gzip"}, bomb)
    server.pages["/large"] = (200, {}, b"<rss>" + b" " * 6_000_000)
    server.pages["/empty"] = (200, {}, b"")
    server.pages["/short"] = (200, {"content-length": "5000"}, b"<rss>")
    server.pages["/type"] = (200, {"content-type": "image/png"}, BLOG)
    server.feed("/drip", BLOG)
    server.drips.add("/drip")
    monkeypatch.setattr(fetching, "PATIENCE", net.Patience(connect=1, read=1, total=1.5))
    for path, says in (
        ("/bomb", "more than 5.2 MB"), ("/large", "more than 5.2 MB"), ("/empty", "empty"),
        ("/short", "the connection broke"), ("/drip", "took too long"),
    ):  # fmt: skip
        with pytest.raises(ChannelError, match=says):
            Desk(f"{server.url}{path}").visit()
    assert len(Desk(f"{server.url}/type").visit()) == 2, "a wrong type is no reason to lose a feed"


# WebSub

CALLBACK = "https://desk.example/in/abc/"


def subscribed(server: Site) -> tuple[Desk, dict[str, str]]:
    """A desk whose feed names a hub, which has heard of it and proved it."""
    server.feed("/feed", FORUM.replace(b"https://hub.example/", f"{server.url}/hub".encode()))
    desk = Desk(f"{server.url}/feed", CALLBACK)
    desk.visit()
    (asked,) = server.subscriptions
    query = {
        "hub.mode": "subscribe",
        "hub.topic": asked["hub.topic"],
        "hub.challenge": "c-1",
        "hub.lease_seconds": "864000",
    }
    assert desk.channel.verify(desk.settings, query, datetime.now(UTC)) == "c-1"
    return desk, asked


def test_a_hub_is_asked_once_proved_and_renewed_before_its_lease_ends(server: Site) -> None:
    desk, asked = subscribed(server)
    assert (asked["hub.mode"], asked["hub.callback"]) == ("subscribe", CALLBACK)
    assert asked["hub.topic"] == "https://forum.example/feed.json"
    desk.cursor = None
    desk.visit()
    assert len(server.subscriptions) == 1
    known, now = websub.state(desk.settings), datetime.now(UTC)
    assert not websub.due(known, known.hub, known.topic, now + timedelta(days=8.9))
    assert websub.due(known, known.hub, known.topic, now + timedelta(days=9.1))
    assert websub.due(known, "https://other.example/", known.topic, now)


def test_what_a_hub_delivers_is_taken_if_it_is_signed(server: Site) -> None:
    desk, asked = subscribed(server)
    now = datetime.now(UTC)
    for method in ("sha1", "sha256", "sha512"):
        batch = desk.channel.receive(desk.settings, server.signed(asked, FORUM, method), FORUM, now)
        assert len(batch.items) == 2
        assert batch.cursor is None
    names = {item.envelope.external_id for item in batch.items}
    desk.cursor = None
    fetched = desk.channel.fetch(desk.settings, None)
    assert {item.envelope.external_id for item in fetched.items} == names, "delivered or fetched, it is the same"
    for headers in ({}, server.signed(asked | {"hub.secret": "guessed"}, FORUM), {"x-hub-signature": "md5=00"}):
        with pytest.raises(ChannelError) as caught:
            desk.channel.receive(desk.settings, headers, FORUM, now)
        assert caught.value.status == 403


@pytest.mark.parametrize(
    "change", [{"hub.topic": "https://other.example/"}, {"hub.mode": "unsubscribe"}, {"hub.challenge": ""}]
)
def test_what_was_not_asked_for_is_not_confirmed(server: Site, change: dict[str, str]) -> None:
    desk, asked = subscribed(server)
    query = {
        "hub.mode": "subscribe",
        "hub.topic": asked["hub.topic"],
        "hub.challenge": "c",
        "hub.lease_seconds": "9",
    } | change
    with pytest.raises(ChannelError) as caught:
        desk.channel.verify(desk.settings, query, datetime.now(UTC))
    assert caught.value.status == 404
    with pytest.raises(ChannelError):
        desk.channel.receive({"url": "x"}, server.signed(asked, FORUM), FORUM, datetime.now(UTC))


def test_without_an_address_of_our_own_no_hub_is_asked(server: Site) -> None:
    server.feed("/feed", FORUM.replace(b"https://hub.example/", f"{server.url}/hub".encode()))
    Desk(f"{server.url}/feed").visit()
    assert server.subscriptions == []


def test_a_hub_in_the_headers_will_do(server: Site) -> None:
    link = f'<{server.url}/hub>; rel="hub", <https://blog.example/feed>; rel="self"'
    server.pages["/feed"] = (200, {"link": link}, rss(post("A")))
    Desk(f"{server.url}/feed", CALLBACK).visit()
    assert server.subscriptions[0]["hub.topic"] == "https://blog.example/feed"


def test_a_hub_that_fails_stops_nothing(server: Site) -> None:
    server.feed("/feed", FORUM.replace(b"https://hub.example/", b"http://127.0.0.1:1/"))
    assert len(Desk(f"{server.url}/feed", CALLBACK).visit()) == 2
