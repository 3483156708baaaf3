"""Feeds as a channel: visited politely, delivered to where a hub offers it; a feed takes no answers."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from rapport.channels import bounded
from rapport.channels.base import Batch, ChannelError, Limit, Setting, Settings
from rapport.channels.feeds import discovery, fetching, history, reading, websub
from rapport.channels.feeds.place import Place
from rapport.net.sentence import Sentence

CANNOT_SEND = (
    "This came from a feed, which takes no answers. Open the message where it was written and answer there; "
    "“I answered there” notes what you said."
)


class FeedsChannel:
    """One feed: of a blog, of reviews, of a forum."""

    kind = "feeds"
    label = "Feed"
    settings: tuple[Setting, ...] = (
        Setting(
            key="url",
            label="Address",
            kind="url",
            help="Of the feed (RSS, Atom, JSON Feed), or of a page that names one: a blog, a forum, a page of reviews.",
        ),
        Setting(
            key="words",
            label="Words to look for",
            kind="paragraph",
            required=False,
            help="One on each line. Only entries that hold one of them are taken in; empty: all of them.",
        ),
    )
    limit: Limit | None = None
    cannot_send = CANNOT_SEND
    every = timedelta(minutes=15)

    def check(self, settings: Settings) -> str:
        """Which feed is there, and how much it holds."""
        place = Place()
        got = self._got(settings, place)
        feed = bounded.read(got.body, got.headers.get("content-type", ""))
        facts: dict[str, object] = {"title": feed.title or got.url, "n": len(feed.entries), "url": got.url}
        if place.url and place.url != settings.get("url", ""):
            return Sentence("Found the feed “%(title)s” with %(n)s entries at %(url)s.", **facts)
        return Sentence("Found the feed “%(title)s” with %(n)s entries.", **facts)

    def fetch(self, settings: Settings, cursor: str | None) -> Batch:
        place = Place.of(cursor)
        moment = datetime.now(UTC)
        if place.gone:
            raise ChannelError("The feed says that it is gone for good (410). Remove this source.", permanent=True)
        if int(moment.timestamp()) < place.rest_until <= int(moment.timestamp()) + fetching.LONGEST_REST:
            return Batch()
        got = self._got(settings, place)
        if got.status == 410:
            place.gone = True
            return Batch(cursor=place.cursor, more=True)
        digest = hashlib.sha256(got.body).hexdigest()[:32]
        if got.status == 304 or (got.body and digest == place.digest):
            place.rest_until = fetching.rest(got, 0, moment)
            return Batch(cursor=place.cursor)
        feed = bounded.read(got.body, got.headers.get("content-type", ""))
        place.etag, place.modified = _short(got.headers.get("etag", "")), _short(got.headers.get("last-modified", ""))
        place.digest, place.rest_until = digest, fetching.rest(got, feed.minutes, moment)
        items, unreadable = reading.items(feed, got.url, settings, place)
        websub.subscribe(settings, feed, got, moment)
        return Batch(items, unreadable, cursor=place.cursor)

    def backfill(self, settings: Settings, since: datetime, cursor: str | None) -> Batch:
        """What the pages of its archive hold, where it keeps any: one page at a time."""
        return history.backfill(settings, since, cursor, self._got)

    def receive(self, settings: Settings, headers: Mapping[str, str], body: bytes, now: datetime) -> Batch:
        """What a hub delivers: the feed, or what is new in it, signed with the secret that we gave it."""
        websub.must_be_signed(settings, headers, body)
        feed = bounded.read(body, headers.get("content-type", ""))
        return Batch(*reading.items(feed, websub.state(settings).topic, settings, Place()))

    def verify(self, settings: Settings, query: Mapping[str, str], now: datetime) -> str:
        """What a hub asks before it delivers (WebSub, section 5.3): its challenge, where we did ask for this."""
        return websub.verify(settings, query, now)

    @staticmethod
    def _got(settings: Settings, place: Place) -> fetching.Got:
        """The feed, also where the address is that of a page which names it; ``place`` learns where it is."""
        url = place.url or settings.get("url", "")
        conditions = {"if-none-match": place.etag} if place.etag else {}
        conditions |= {"if-modified-since": place.modified} if place.modified else {}
        got = fetching.get(url, conditions)
        place.url = got.moved or place.url
        if got.status == 200 and discovery.is_page(got.body, got.headers.get("content-type", "")):
            named = discovery.feeds(got.body, got.url)
            if not named:
                raise ChannelError("This address shows a web page that names no feed.", permanent=True)
            got = fetching.get(named[0], {})
            place.url = got.moved or named[0]
        return got


def _short(header: str) -> str:
    """A header to be sent back, where it may be one."""
    return header if len(header) <= 300 and header.isprintable() and header.isascii() else ""
