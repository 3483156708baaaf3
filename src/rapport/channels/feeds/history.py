"""History: what a feed said before it was connected, page after page backwards, where it keeps its pages.

Archived feeds name the document before (RFC 5005, section 4: ``prev-archive``), paged ones the next page (section 3;
in a JSON Feed ``next_url``); WordPress names none and has them all the same. What stood in a newer document is not
taken from an older one, where it may say what it said before it was edited.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from rapport.channels import bounded, entries, envelopes
from rapport.channels.base import Batch, Item, Settings, Unreadable
from rapport.channels.cursor import Cursor
from rapport.channels.feeds import fetching, reading
from rapport.channels.feeds.place import Place
from rapport.channels.syndication import Feed
from rapport.net.sentence import Sentence

MOST_PAGES = 1_000
REMEMBERED = 3_000
"""Names of entries, the newest read last, that are known to stand in a newer document."""
WORDPRESS = "wordpress.org"
Begin = Callable[[Settings, Place], fetching.Got]


class Back(Cursor, kw_only=True, omit_defaults=True):
    """How far it has come: ``url`` of the document that is next; ``guessed``: it was named by nobody; marks of the
    documents (by address and by content) and of the entries that were read."""

    url: str = ""
    guessed: bool = False
    pages: list[str] = []
    names: list[str] = []
    over: bool = False


def backfill(settings: Settings, since: datetime, cursor: str | None, begin: Begin) -> Batch:
    """The next document backwards; ``more`` until one says nothing younger than ``since``, or none is named that was not
    read before. ``begin`` fetches the feed itself. Raises ChannelError."""
    back = Back.of(cursor)
    if back.over:
        return Batch(cursor=cursor)
    try:
        got = fetching.get(back.url, {}) if back.url else begin(settings, Place())
    except fetching.Missing:
        if not back.url:
            raise
        return _ended(back, missing=not back.guessed)
    if got.status == 410 or (back.url and _mark(got.body) in back.pages):
        return _ended(back, missing=got.status == 410 and not back.guessed)
    feed = bounded.read(got.body, got.headers.get("content-type", ""))
    found, unreadable = reading.items(feed, got.url, settings, Place())
    fresh = [item for item in found if _mark(item.envelope.external_id.encode()) not in set(back.names)]
    names = entries.names(feed, settings.get("url", ""), got.url)
    back.names = [*back.names, *(_mark(name.encode()) for name in names)][-REMEMBERED:]
    back.pages += [_mark((back.url or got.url).encode()), _mark(got.body)]
    back.url, back.guessed = _onward(feed, got.url, len(back.pages) // 2)
    back.over = not back.url or _mark(back.url.encode()) in back.pages or len(back.pages) >= 2 * MOST_PAGES
    back.over = back.over or _too_old(found, since)
    kept = tuple(item for item in fresh if item.envelope.said_at is None or item.envelope.said_at >= since)
    far = 1.0 if back.over else _far(found, since)
    return Batch(kept, unreadable, cursor=back.cursor, more=not back.over, far=far)


def _ended(back: Back, *, missing: bool) -> Batch:
    """The chain ends here; where a document was named and is not there, that is said."""
    told: tuple[Unreadable, ...] = ()
    if missing:
        why = Sentence("The feed names this page of its past, and it is not there.")
        told = (envelopes.unreadable(back.url[:200], why, b""),)
    back.over = True
    return Batch(unreadable=told, cursor=back.cursor, far=1.0)


def _onward(feed: Feed, here: str, read: int) -> tuple[str, bool]:
    """The document before this one, and whether nobody named it; empty where there is none."""
    if feed.older.strip():
        try:
            return envelopes.web_address(urljoin(here, feed.older.strip())), False
        except ValueError:
            return "", False
    if WORDPRESS not in feed.generator or not feed.entries:
        return "", False
    parts = urlsplit(here)
    query = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] != "paged"]
    return urlunsplit(parts._replace(query=urlencode([*query, ("paged", str(read + 1))]))), True


def _too_old(found: tuple[Item, ...], since: datetime) -> bool:
    """Does a document say nothing that is young enough? One without dates may."""
    said = [item.envelope.said_at for item in found]
    return bool(said) and all(at is not None and at < since for at in said)


def _far(found: tuple[Item, ...], since: datetime) -> float:
    """How much of the time back to ``since`` lies behind."""
    said = [item.envelope.said_at for item in found if item.envelope.said_at]
    if not said:
        return 0.0
    moment = datetime.now(UTC)
    return min(1.0, max(0.0, (moment - min(said)) / max(moment - since, timedelta(hours=1))))


def _mark(said: bytes) -> str:
    return hashlib.blake2b(said, digest_size=6).hexdigest()
