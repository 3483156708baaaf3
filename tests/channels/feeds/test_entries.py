"""What feeds say, read without a server: RSS, Atom, JSON Feed; names that stay the same; whatever a stranger wrote."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import rapport.channels.feeds
from rapport.channels import bounded, entries, syndication
from rapport.channels.base import ChannelError, Envelope
from rapport.channels.feeds import discovery
from rapport.channels.feeds.place import Place
from rapport.channels.syndication import Entry, Feed

FIXTURES = Path(rapport.channels.feeds.__path__[0]) / "fixtures"
BLOG, REVIEWS, FORUM = ((FIXTURES / name).read_bytes() for name in ("blog.rss", "reviews.atom", "forum.json"))


def read(body: bytes, address: str = "https://kitchen.example/feed", type: str = "") -> list[Envelope]:
    feed = syndication.read(body, type)
    names = entries.names(feed, address, address)
    return [entries.envelope(one, feed, address, name) for one, name in zip(feed.entries, names, strict=True)]


def test_a_blog_and_its_comments_lie_together() -> None:
    post, comment = read(BLOG)
    assert post.text == "The press that leaks\n\nI bought one from Acme & it leaks.\n\nNever again?"
    assert (post.author.address, post.author.name) == ("Ann at kitchen.example", "Ann")
    assert post.said_at == datetime(2026, 3, 10, 8, tzinfo=UTC)
    assert (post.public, post.direct, post.ours) == (True, False, None)
    assert post.external_id == "https://kitchen.example/feed kitchen-41"
    assert [(one.kind, one.url, one.size) for one in post.media] == [
        ("image", "https://kitchen.example/press.jpg", 1234)
    ]
    assert comment.text.endswith("Mine too sometimes.")
    assert post.thread == comment.thread == "https://kitchen.example/press"
    assert comment.external_id == comment.url == "https://kitchen.example/press#comment-7"


def test_reviews_have_stars_and_answers_know_what_they_answer() -> None:
    review, answer = read(REVIEWS, "https://reviews.example/acme/feed")
    assert (review.rating, review.language) == (4, "de")
    assert review.text == "Gut, aber laut\n\nLäuft. 1 < 2 & so weiter."
    assert review.url == "https://reviews.example/acme/1"
    assert review.said_at == datetime(2026, 3, 10, 7, tzinfo=UTC)
    assert answer.reply_to == review.external_id == "tag:reviews.example,2026:1"
    assert answer.said_at == datetime(2026, 3, 10, 10, tzinfo=UTC), "when it was published, not when it was edited"
    assert answer.text.endswith("Meine nicht.")


def test_a_json_feed_says_the_same() -> None:
    first, second = read(FORUM, "https://forum.example/feed.json")
    assert (first.text, first.mentions) == ("Where is my refund?\n\nTwo weeks, @acme!", ("acme",))
    assert first.external_id == "https://forum.example/feed.json 12"
    assert first.media[0].kind == "audio"
    assert second.text == "a < b\nand so on"
    assert second.author.address == "forum.example"
    feed = syndication.read(FORUM)
    assert (feed.hub, feed.self) == ("https://hub.example/", "https://forum.example/feed.json")


def test_an_edit_is_another_version_of_the_same() -> None:
    before, after = read(BLOG)[0], read(BLOG.replace(b"it leaks", b"it explodes"))[0]
    assert before.external_id == after.external_id
    assert before.version != after.version
    assert read(BLOG)[0].version == before.version


def rss(*items: str) -> bytes:
    return f"<rss version='2.0'><channel><title>T</title>{''.join(items)}</channel></rss>".encode()


def test_an_entry_without_an_id_is_known_by_its_link_or_its_words() -> None:
    linked, wordy, other = read(rss(
        "<item><title>A</title><link>/a</link></item>", "<item><title>B</title></item>", "<item><title>C</title></item>",
    ))  # fmt: skip
    assert linked.external_id == "https://kitchen.example/a"
    assert wordy.external_id.startswith("https://kitchen.example/feed words ")
    assert len({linked.external_id, wordy.external_id, other.external_id}) == 3


def test_one_id_for_several_entries_is_no_name() -> None:
    found = read(rss(*(f"<item><guid>same</guid><title>{n}</title><link>/{n}</link></item>" for n in range(3))))
    assert len({one.external_id for one in found}) == 3
    assert [one.external_id for one in found] == [one.external_id for one in read(rss(
        *(f"<item><guid>same</guid><title>{n}</title><link>/{n}</link></item>" for n in range(3))))]  # fmt: skip


def test_an_id_that_changes_at_every_visit_changes_nothing() -> None:
    place, seen = Place(), set()
    for visit in range(3):
        feed = syndication.read(
            rss(f"<item><guid isPermaLink='false'>x{visit}</guid><title>A</title><link>/a</link></item>")
        )
        place = Place.of(place.cursor)
        seen |= set(place.names(feed, "https://k/feed", "https://k/feed"))
    assert seen == {"https://k/feed x0"}


def test_a_link_that_all_share_is_nobodys_name() -> None:
    place = Place()
    body = rss(
        *(f"<item><guid isPermaLink='false'>{n}</guid><title>{n}</title><link>/</link></item>" for n in range(3))
    )
    assert len(set(place.names(syndication.read(body), "s", "https://k/"))) == 3
    assert place.links == {}


@pytest.mark.parametrize(
    "written", ["", "yesterday", "32 Foo 2026", "0000-00-00", "99999999999999999999", "Tue, 10 Mar"]
)
def test_a_date_that_nobody_can_read_is_none(written: str) -> None:
    assert read(rss(f"<item><title>A</title><pubDate>{written}</pubDate></item>"))[0].said_at is None


BOMB = b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aaaaaaaaaa">' + b"".join(
    f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">'.encode() for n in range(9)
) + b"]><rss version='2.0'><channel><title>T</title><item><title>&j;</title></item></channel></rss>"  # fmt: skip
XXE = (
    b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    b"<rss version='2.0'><channel><title>T</title><item><title>A &x; B</title></item></channel></rss>"
)
LATIN = (
    "<?xml version='1.0' encoding='utf-8'?>"
    "<rss version='2.0'><channel><title>T</title><item><title>Käse</title></item></channel></rss>"
)


def test_what_is_nasty_is_read_and_does_no_harm() -> None:
    assert len(syndication.read(BOMB).entries[0].title) < 10_000
    assert "root:" not in repr(syndication.read(XXE))
    assert read(LATIN.encode("latin-1"))[0].text == "Käse"
    assert read(rss("<item><title>A\x00B\x0bC</title></item>"))[0].text == "AB C"
    assert "AT" in read(rss("<item><title>AT&T</title></item>"))[0].text
    assert [one.text for one in read(rss("<item><title>A</title></item>", "<item><title>B</title>")[:-16])] == [
        "A",
        "B",
    ]
    assert read(LATIN.replace("utf-8", "utf-16").encode("utf-16"))[0].text == "Käse"


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "is empty"), (b"  \n", "is empty"), (b"\x00" * 9, "is empty"), (b"hello", "neither XML nor JSON"),
        (b"<!DOCTYPE html><html><body>Hi", "web page"), (b"<svg xmlns='x'><a/></svg>", "no feed that can be read"),
        (b'{"a": 1}', "no JSON Feed"), (b'{"version": ', "cannot be read"), (b"{" * 5_000, "cannot be read"),
        (b"\x89PNG\r\n\x1a\n", "neither XML nor JSON"), (b"<rss>" + b" " * 5_300_000, "larger than 5 MB"),
    ],
)  # fmt: skip
def test_what_is_no_feed_is_a_sentence(body: bytes, says: str) -> None:
    for reads in (syndication.read, bounded.read):
        with pytest.raises(ChannelError, match=says) as caught:
            reads(body)
        assert caught.value.permanent


@pytest.mark.slow
def test_a_feed_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    assert bounded.read(BLOG) == syndication.read(BLOG)
    monkeypatch.setattr(bounded, "SECONDS", 1)
    item = "<item><guid>{}</guid><title>T</title><description>It &lt;b&gt;leaks&lt;/b&gt;.</description></item>"
    large = f"<rss><channel>{''.join(map(item.format, range(40_000)))}</channel></rss>".encode()
    with pytest.raises(ChannelError, match="takes too long") as caught:
        bounded.read(large)
    assert caught.value.permanent


def test_where_this_machine_has_no_time_the_feed_is_not_to_blame(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hub that delivers it hears that it may come again, and does not throw it away."""
    monkeypatch.setattr(bounded, "PATIENCE", 0.01)
    with pytest.raises(ChannelError, match="no time here") as caught:
        bounded.read(BLOG)
    assert (caught.value.permanent, caught.value.status) == (False, 503)


@pytest.mark.slow
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from([BLOG, REVIEWS, FORUM]), st.data())
def test_whatever_is_damaged_it_is_a_feed_or_a_sentence(body: bytes, data: st.DataObject) -> None:
    for _ in range(data.draw(st.integers(1, 3))):
        at, gone = data.draw(st.integers(0, len(body))), data.draw(st.integers(0, 40))
        body = body[:at] + data.draw(st.binary(max_size=12) | st.text(max_size=8).map(str.encode)) + body[at + gone :]
    try:
        feed = syndication.read(body)
    except ChannelError as error:
        assert str(error).endswith(".")
        return
    names = Place().names(feed, "https://k/feed", "https://k/feed")
    assert len(names) == len(feed.entries)
    for one, name in zip(feed.entries, names, strict=True):
        try:
            envelope = entries.envelope(one, feed, "https://k/feed", name)
        except ValueError as error:
            assert str(error)
            continue
        assert msgspec.json.decode(msgspec.json.encode(envelope), type=Envelope) == envelope
        assert "\x00" not in repr(envelope)


@given(st.builds(Entry, id=st.text(), link=st.text(), title=st.text(), content=st.text(), author=st.text(),
                 published=st.text(), rating=st.text(), reply_to=st.text()), st.text())  # fmt: skip
def test_any_entry_is_an_envelope_or_a_sentence(entry: Entry, base: str) -> None:
    feed = Feed(entries=(entry,), link=base)
    (name,) = entries.names(feed, base, base)
    try:
        entries.envelope(entry, feed, base, name)
    except ValueError as error:
        assert str(error)


def test_a_page_names_its_feeds_comments_last() -> None:
    page = b"""<html><head><link rel="alternate" type="application/rss+xml" title="Comments" href="/comments/feed">
      <LINK href='/feed' type=application/rss+xml rel='ALTERNATE'><link rel=stylesheet href=/x.css>
      <link rel="alternate" type="application/json" href="/wp-json/wp/v2/posts/1">
      <link rel="alternate" hreflang="de" href="/de">
      <link rel="alternate" type="application/feed+json" href="/feed.json?a=1&amp;b=2"></head>"""
    assert discovery.feeds(page, "https://blog.example/about") == [
        "https://blog.example/feed", "https://blog.example/feed.json?a=1&b=2", "https://blog.example/comments/feed",
    ]  # fmt: skip
    assert discovery.is_page(page, "text/html")
    assert not discovery.is_page(BLOG, "text/html"), "many feeds are served as pages"
