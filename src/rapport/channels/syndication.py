"""A feed as a document: RSS and Atom by feedparser, JSON Feed by hand, told apart from what is none. Pure.

https://www.rssboard.org/rss-specification, RFC 4287, https://www.jsonfeed.org/version/1.1/. What a stranger writes is
not trusted: feedparser expands no entities and fetches nothing, and its words are cleaned where they become envelopes.
It can be slow: whoever must not wait lets ``bounded`` call this.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from typing import Any

import msgspec

from rapport.channels.base import ChannelError
from rapport.channels.loose import Row, many, part, word
from rapport.net.sentence import Sentence

MOST_ENTRIES = 500
MOST_BYTES = 5 * 1024 * 1024
BEGINS = re.compile(rb"\A(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?[\s\x00]*(<\x00?[?!a-zA-Z]|\x00<|\{)")
PAGE = re.compile(rb"<!doctype\s+html|<html[\s>]", re.IGNORECASE)
ROOT = re.compile(rb"<(?:\w+:)?(?:rss|feed|rdf)[\s>]", re.IGNORECASE)
JSON_FEED = re.compile(r"https?://(?:www\.)?jsonfeed\.org/version/")


class Enclosure(msgspec.Struct, frozen=True, omit_defaults=True):
    """A picture, a sound or a film that belongs to an entry."""

    url: str
    type: str = ""
    size: int = 0
    alt: str = ""


class Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One entry as it was written; texts may be HTML, addresses relative to the feed, times in any form."""

    id: str = ""
    link: str = ""
    title: str = ""
    content: str = ""
    author: str = ""
    email: str = ""
    home: str = ""
    """The address of its author's page."""
    published: str = ""
    updated: str = ""
    reply_to: str = ""
    language: str = ""
    rating: str = ""
    tags: tuple[str, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()


class Feed(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A whole document. ``hub``: where it can be subscribed to (WebSub); ``self``: under which name it is known there."""

    title: str = ""
    link: str = ""
    language: str = ""
    hub: str = ""
    self: str = ""
    older: str = ""
    """Where what was said before stands (RFC 5005: ``prev-archive``, else ``next``; JSON Feed: ``next_url``)."""
    generator: str = ""
    """The address of the program that wrote it, where it says so."""
    minutes: int = 0
    """How long it asks to be left alone."""
    entries: tuple[Entry, ...] = ()


def looks_like_one(head: bytes) -> bool:
    """May a document that begins so be a feed?"""
    if head.lstrip()[:1] == b"{":
        return JSON_FEED.search(head[:2_000].decode("utf-8", "replace")) is not None
    return bool(BEGINS.match(head)) and bool(ROOT.search(head[:4_000].replace(b"\x00", b"")))


def read(body: bytes, content_type: str = "") -> Feed:
    """The feed in these bytes. Raises a permanent :class:`ChannelError` with a sentence for what is none."""
    if len(body) > MOST_BYTES:
        raise ChannelError("The feed is larger than 5 MB.", permanent=True)
    if not body.strip(b" \t\r\n\x00\xef\xbb\xbf"):
        raise ChannelError("The feed is empty: there is nothing in it.", permanent=True)
    if body.lstrip(b" \t\r\n\xef\xbb\xbf")[:1] == b"{":
        return _json(body)
    if not BEGINS.match(body):
        raise ChannelError("This is no feed, but something else: neither XML nor JSON.", permanent=True)
    return _xml(body, content_type)


def _json(body: bytes) -> Feed:
    try:
        row = msgspec.json.decode(body.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ChannelError("This feed is JSON that cannot be read.", permanent=True) from error
    if not isinstance(row, dict) or not JSON_FEED.match(word(row, "version")):
        raise ChannelError("This is JSON, but no JSON Feed.", permanent=True)
    hubs = [one for one in many(row, "hubs") if word(one, "type").lower() == "websub"]
    return Feed(
        title=word(row, "title"),
        link=word(row, "home_page_url"),
        language=word(row, "language"),
        hub=word(hubs[0], "url") if hubs else "",
        self=word(row, "feed_url"),
        older=word(row, "next_url"),
        entries=tuple(_item(one) for one in many(row, "items")[:MOST_ENTRIES]),
    )


def _item(one: Row) -> Entry:
    author = next(iter(many(one, "authors")), part(one, "author"))
    tags = one.get("tags")
    return Entry(
        id=word(one, "id"),
        link=word(one, "url") or word(one, "external_url"),
        title=word(one, "title"),
        content=word(one, "content_html") or _escaped(word(one, "content_text")) or word(one, "summary"),
        author=word(author, "name"),
        home=word(author, "url"),
        published=word(one, "date_published"),
        updated=word(one, "date_modified"),
        language=word(one, "language"),
        tags=tuple(str(tag) for tag in tags if isinstance(tag, str))[:20] if isinstance(tags, list) else (),
        enclosures=tuple(
            Enclosure(
                word(file, "url"), word(file, "mime_type"), _number(word(file, "size_in_bytes")), word(file, "title")
            )
            for file in many(one, "attachments")[:20]
        ),
    )


def _escaped(text: str) -> str:
    """Plain text as the HTML that says it, so that all content is read in one way."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("\n", "<br>")


def _xml(body: bytes, content_type: str) -> Feed:
    import feedparser  # slow to import, and needed where a feed is read

    headers = {"content-type": content_type} if content_type else {}
    try:
        found = feedparser.parse(
            io.BytesIO(body), sanitize_html=False, resolve_relative_uris=False, response_headers=headers
        )
    except Exception as error:
        # feedparser raises whatever its many parsers raise; for us it all means the same.
        raise ChannelError("This feed cannot be read: it is broken beyond repair.", permanent=True) from error
    if not found.get("entries") and not found.get("version"):
        if PAGE.search(body[:4_000]):
            raise ChannelError("This address shows a web page, not a feed.", permanent=True)
        raise ChannelError("This is XML, but no feed that can be read.", permanent=True)
    top = _plain(found.get("feed", {}))
    links = {word(one, "rel"): word(one, "href") for one in many(top, "links")}
    return Feed(
        title=word(top, "title"),
        link=word(top, "link"),
        language=word(top, "language"),
        hub=links.get("hub", ""),
        self=links.get("self", ""),
        older=links.get("prev-archive", "") or links.get("next", ""),
        generator=word(top, "generator")[:200],
        minutes=min(_number(word(top, "ttl")), 24 * 60),
        entries=tuple(_entry(_plain(one)) for one in list(found.get("entries", []))[:MOST_ENTRIES]),
    )


def _plain(one: Any) -> Row:
    return dict(one) if isinstance(one, Mapping) else {}


def _entry(one: Row) -> Entry:
    contents = many(one, "content")
    author = part(one, "author_detail")
    texts = [_marked(piece) for piece in contents if word(piece, "value").strip()]
    summary = part(one, "summary_detail") or {"value": word(one, "summary"), "type": "text/html"}
    return Entry(
        id=word(one, "id"),
        link=word(one, "link"),
        title=_marked(part(one, "title_detail")) or word(one, "title"),
        content=max(texts, key=len) if texts else _marked(summary),
        author=word(author, "name") or word(one, "author"),
        email=word(author, "email"),
        home=word(author, "href"),
        published=word(one, "published") or word(one, "created"),
        updated=word(one, "updated"),
        reply_to=word(part(one, "thr_in-reply-to"), "ref") or word(part(one, "thr_in-reply-to"), "href"),
        language=word(contents[0], "language") if contents else "",
        rating=word(one, "im_rating") or word(one, "rating") or word(one, "review_rating"),
        tags=tuple(word(tag, "term") for tag in many(one, "tags")[:20]),
        enclosures=tuple(_enclosures(one)),
    )


def _marked(piece: Row) -> str:
    """A text as HTML: what is written as plain text must not lose what looks like a tag."""
    value = word(piece, "value")
    return _escaped(value) if word(piece, "type") == "text/plain" and "<" in value else value


def _enclosures(one: Row) -> list[Enclosure]:
    found = [link for link in many(one, "links") if word(link, "rel") == "enclosure"]
    files = [Enclosure(word(link, "href"), word(link, "type"), _number(word(link, "length"))) for link in found]
    shown = [Enclosure(word(media, "url"), word(media, "type") or "image/jpeg") for media in many(one, "media_content")]
    known = {file.url for file in files}
    return [*files, *(file for file in shown if file.url not in known)][:20]


def _number(written: str) -> int:
    return int(written) if written.isdecimal() and written.isascii() and len(written) < 16 else 0


def because(error: ChannelError, address: str) -> Sentence:
    """The sentence with the address that it is about."""
    return Sentence("%(address)s: %(why)s", address=address, why=error.message)
