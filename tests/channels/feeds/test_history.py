"""What a feed said before it was connected: archives, pages, loops, holes; read backwards once, politely, and it ends."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from rapport import net
from rapport.channels import bounded, syndication
from rapport.channels.base import Batch, ChannelError, Connected
from rapport.channels.feeds import FeedsChannel, fetching, history
from rapport.ingest import bringing
from tests.peers.feeds import Answer, Site, site

ALL = bringing.BEGINNING
ATOM = "http://www.w3.org/2005/Atom"


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAPPORT_ALLOW_LOOPBACK", "1")
    monkeypatch.setattr(fetching, "GAP", 0.0)
    monkeypatch.setattr(bounded, "read", syndication.read)


@pytest.fixture
def server() -> Iterator[Site]:
    with site() as there:
        yield there


def entry(n: int, words: str = "", *, year: int = 2026) -> str:
    return (
        f"<entry><id>tag:acme.example,{n}</id><title>{words or f'Post {n}'}</title><link href='/p/{n}'/>"
        f"<author><name>Ann</name></author><updated>{year}-01-{n:02}T09:00:00Z</updated></entry>"
    )


def atom(*entries: str, **links: str) -> bytes:
    named = "".join(f'<link rel="{rel.replace("_", "-")}" href="{href}"/>' for rel, href in links.items())
    return f"<feed xmlns='{ATOM}'><title>Acme</title>{named}{''.join(entries)}</feed>".encode()


def feed(there: Site, path: str, *entries: str, **links: str) -> None:
    there.pages[path] = (200, {"content-type": "application/atom+xml"}, atom(*entries, **links))


def read_back(there: Site, since: datetime = ALL, path: str = "/feed", **more: str) -> list[Batch]:
    channel, settings = FeedsChannel(), Connected({"url": f"{there.url}{path}", **more})
    batches: list[Batch] = []
    cursor: str | None = None
    for _ in range(history.MOST_PAGES + 2):
        batches.append(channel.backfill(settings, since, cursor))
        cursor = batches[-1].cursor
        if not batches[-1].more:
            assert channel.backfill(settings, since, cursor) == Batch(cursor=cursor), "the end stays the end"
            return batches
    pytest.fail("it never ends")


def said(batches: list[Batch]) -> list[str]:
    return [item.envelope.text for batch in batches for item in batch.items]


def test_an_archive_is_read_back_to_its_beginning_and_newer_words_stand(server: Site) -> None:
    feed(server, "/feed", entry(6), entry(5), entry(4, "Post 4, edited"), prev_archive="/archive/2")
    feed(server, "/archive/2", entry(4, "Post 4, with a slip"), entry(3), prev_archive="1", next_archive="/feed")
    feed(server, "/archive/1", entry(2), entry(1), next_archive="/archive/2")
    batches = read_back(server)
    assert said(batches) == ["Post 4, edited", "Post 5", "Post 6", "Post 3", "Post 1", "Post 2"]
    assert [path for path, _ in server.asked] == ["/feed", "/archive/2", "/archive/1"]
    assert [batch.more for batch in batches] == [True, True, False] and batches[-1].far == 1.0
    names = [item.envelope.external_id for batch in batches for item in batch.items]
    live = FeedsChannel().fetch(Connected({"url": f"{server.url}/feed"}), None)
    assert {item.envelope.external_id for item in live.items} < set(names), "the same names as by visits"


def test_it_ends_where_the_horizon_is_and_says_how_far_it_has_come(server: Site) -> None:
    feed(server, "/feed", entry(20), entry(15), next="/feed?page=2")
    since, pages = datetime(2026, 1, 10, tzinfo=UTC), itertools.count(2)

    def older(asked: dict[str, str]) -> Answer:
        page = next(pages)
        days = {2: (14, 12), 3: (11, 9), 4: (5, 4)}[page]
        return 200, {}, atom(*map(entry, days), next=f"/more?page={page + 1}")

    server.pages["/feed"], first = older, server.pages["/feed"]
    server.pages["/more"] = older
    server.pages["/begin"] = first
    batches = read_back(server, since, "/begin")
    assert said(batches) == ["Post 15", "Post 20", "Post 12", "Post 14", "Post 11"]
    assert len(server.asked) == 4, "one page beyond the horizon, and no further"
    fars = [batch.far for batch in batches]
    assert fars == sorted(fars) and 0 < fars[0] < 1 and fars[-1] == 1.0


@pytest.mark.parametrize("way", ["to itself", "to the first", "same bytes", "no address", "elsewhere"])
def test_a_chain_that_leads_in_a_circle_or_nowhere_ends(server: Site, way: str) -> None:
    onward = {"to itself": "/feed", "to the first": "/two", "same bytes": "/echo?1", "no address": "http://[",
              "elsewhere": "javascript:alert(1)"}[way]  # fmt: skip
    feed(server, "/feed", entry(2), next=onward)
    feed(server, "/two", entry(1), next="/feed")
    server.pages["/echo"] = lambda asked: (200, {}, atom(entry(1), next="/echo?more"))
    batches = read_back(server)
    assert said(batches)[0] == "Post 2" and len(server.asked) <= 4
    assert not any(batch.unreadable for batch in batches)


def test_a_chain_without_end_is_cut(server: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "MOST_PAGES", 7)
    numbers = itertools.count(1)

    def endless(asked: dict[str, str]) -> Answer:
        n = next(numbers)
        return 200, {}, atom(entry(n % 28 + 1, f"Word {n}"), next=f"/feed?{n}")

    server.pages["/feed"] = endless
    read_back(server)
    assert len(server.asked) == 7


def test_a_page_that_is_not_there_is_said_and_what_came_before_stays(server: Site) -> None:
    for gone in (404, 410):
        feed(server, "/feed", entry(2), prev_archive="/archive/1")
        server.pages["/archive/1"] = (gone, {}, b"")
        batches = read_back(server)
        assert said(batches) == ["Post 2"]
        [hole] = batches[-1].unreadable
        assert hole.position.endswith("/archive/1") and "not there" in hole.reason


def test_a_server_that_asks_to_wait_is_waited_for_and_goes_on_where_it_was(server: Site) -> None:
    channel, settings = FeedsChannel(), Connected({"url": f"{server.url}/feed"})
    feed(server, "/feed", entry(2), prev_archive="/archive/1")
    server.pages["/archive/1"] = (429, {"retry-after": "90"}, b"")
    first = channel.backfill(settings, ALL, None)
    with pytest.raises(ChannelError) as told:
        channel.backfill(settings, ALL, first.cursor)
    assert told.value.retry_after is not None and told.value.retry_after.total_seconds() == 90
    feed(server, "/archive/1", entry(1))
    assert said([channel.backfill(settings, ALL, first.cursor)]) == ["Post 1"]


def test_a_feed_without_a_past_brings_what_it_holds(server: Site) -> None:
    feed(server, "/feed", entry(2), entry(1))
    assert said(read_back(server)) == ["Post 1", "Post 2"] and len(server.asked) == 1
    with pytest.raises(fetching.Missing):
        FeedsChannel().backfill(Connected({"url": f"{server.url}/nothing"}), ALL, None)


def test_a_json_feed_names_its_next_page_and_words_are_looked_for_there_too(server: Site) -> None:
    def page(n: int, text: str, **more: str) -> Answer:
        item = {"id": str(n), "url": f"/p/{n}", "content_text": text}
        body = {"version": "https://jsonfeed.org/version/1.1", "title": "F", "items": [item], **more}
        return 200, {"content-type": "application/feed+json"}, json.dumps(body).encode()

    server.pages["/feed"] = page(3, "Acme is dear", next_url=f"{server.url}/2")
    server.pages["/2"] = page(2, "Nothing of note", next_url=f"{server.url}/1")
    server.pages["/1"] = page(1, "acme was cheap")
    assert said(read_back(server, words="acme")) == ["Acme is dear", "acme was cheap"]


def test_wordpress_names_no_pages_and_has_them(server: Site) -> None:
    def rss(*numbers: int) -> Answer:
        posts = "".join(f"<item><guid>{n}</guid><title>Post {n}</title><link>/p/{n}</link></item>" for n in numbers)
        made = "<generator>https://wordpress.org/?v=6.8</generator>"
        return 200, {}, f"<rss version='2.0'><channel><title>B</title>{made}{posts}</channel></rss>".encode()

    left = [rss(3, 2), rss(1)]
    server.pages["/feed"] = lambda asked: left.pop(0) if left else (404, {}, b"")
    batches = read_back(server)
    assert said(batches) == ["Post 2", "Post 3", "Post 1"]
    assert not any(batch.unreadable for batch in batches), "nobody named the page that is not there"


def test_pages_are_asked_for_one_a_second_and_never_inside(server: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[str] = []
    monkeypatch.setattr(fetching.TURNS, "wait", waited.append)
    feed(server, "/feed", entry(2), prev_archive="/archive/1")
    feed(server, "/archive/1", entry(1))
    read_back(server)
    assert waited == ["127.0.0.1"] * 2
    monkeypatch.delenv("RAPPORT_ALLOW_LOOPBACK")
    cursor = history.Back(url=f"{server.url}/archive/1").cursor
    with pytest.raises(ChannelError) as told:
        FeedsChannel().backfill(Connected({"url": f"{server.url}/feed"}), ALL, cursor)
    assert told.value.permanent and isinstance(told.value.__cause__, net.Refused)
