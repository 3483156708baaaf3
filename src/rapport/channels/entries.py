"""An entry of a feed as an envelope: who wrote it, under which name it is always the same, what it says. Pure.

Names of entries are the weak point of feeds: missing, changing, or the same for several. So an entry is known by its
id where that is honest, else by its link, else by a hash of its words; an id means something in its own feed only,
unless it is an address of the whole world (RFC 4151, a URN, or a link).
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Literal, cast
from urllib.parse import urldefrag, urljoin, urlsplit

from rapport.channels import envelopes, html, moments
from rapport.channels.base import Envelope, Media
from rapport.channels.syndication import Enclosure, Entry, Feed
from rapport.channels.text import one_line

NETWORK = "feed"
WORLDWIDE = re.compile(r"(?:https?://|tag:|urn:)\S", re.IGNORECASE)
STARS = 5


def names(feed: Feed, scope: str, base: str) -> list[str]:
    """The name of each entry of a document, in its order; all different but for entries that say the very same.

    ``scope`` names the feed for as long as it is ours, wherever it moves; ``base`` is where it is, for its links.
    """
    ids = Counter(entry.id.strip() for entry in feed.entries if entry.id.strip())
    found = []
    for entry in feed.entries:
        id = entry.id.strip()
        if id and ids[id] > 1:  # one id for several: each is known by its link as well
            found.append(_scoped(f"{id} {_link(entry, feed, base) or fingerprint(entry)}", scope))
        elif id:
            found.append(id if WORLDWIDE.match(id) else _scoped(id, scope))
        else:
            found.append(_link(entry, feed, base) or _scoped(f"words {fingerprint(entry)}", scope))
    return found


def _scoped(id: str, scope: str) -> str:
    return f"{scope} {id}"


def fingerprint(entry: Entry) -> str:
    """A hash of what an entry says: the same words, the same hash."""
    said = "\x1f".join((html.to_text(entry.title), html.to_text(entry.content)))
    return hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()[:24]


def envelope(entry: Entry, feed: Feed, base: str, name: str) -> Envelope:
    """One entry. ``base`` is where its feed is. Raises ValueError for one without words."""
    host = _host(feed.link) or _host(base) or one_line(feed.title, 60) or "feed"
    title, said = one_line(html.to_text(entry.title), 500), html.to_text(entry.content)
    link = _link(entry, feed, base)
    author = one_line(entry.author, 120)
    where = entry.email if "@" in entry.email else f"{author} at {host}" if author else host
    return envelopes.build(
        network=NETWORK,
        external_id=name,
        author=where,
        name=author or one_line(feed.title, 120) or host,
        text=said if not title or said.startswith(title) else f"{title}\n\n{said}".strip(),
        said_at=_moment(entry.published) or _moment(entry.updated),
        version=fingerprint(entry),
        reply_to=entry.reply_to,
        # Comments on a page are named by its address and a mark: so they lie with the page, and with each other.
        thread="" if entry.reply_to else urldefrag(link).url,
        url=link,
        mentions=envelopes.mentioned(said),
        rating=_stars(entry.rating),
        language=entry.language or feed.language,
        media=[_media(one, feed, base) for one in entry.enclosures],
    )


def _link(entry: Entry, feed: Feed, base: str) -> str:
    return envelopes.web_address(_joined(base or feed.link, entry.link)) if entry.link.strip() else ""


def _joined(base: str, link: str) -> str:
    try:
        return urljoin(base, link.strip())
    except ValueError:
        return ""


def _host(address: str) -> str:
    try:
        return (urlsplit(address.strip()).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def _moment(written: str) -> datetime | None:
    """When it was said; a date that nobody can read is none, one in the future is set right where it arrives."""
    try:
        return moments.read(" ".join(written.split())) if written.strip() else None
    except ValueError:
        return None


def _stars(written: str) -> int | None:
    """Whole stars out of five, where the feed is one of reviews."""
    try:
        stars = round(float(written.replace(",", ".")))
    except (ValueError, OverflowError):
        return None
    return stars if 1 <= stars <= STARS else None


def _media(one: Enclosure, feed: Feed, base: str) -> Media:
    kind = one.type.partition("/")[0]
    known = cast(Literal["image", "video", "audio", "file"], kind if kind in {"image", "video", "audio"} else "file")
    return Media(kind=known, url=_joined(base or feed.link, one.url), alt=one.alt, type=one.type, size=one.size)


def holds_one_of(text: str, words: Sequence[str]) -> bool:
    """Does the text hold one of these words (case-folded), or is none looked for?"""
    folded = text.casefold()
    return not words or any(word in folded for word in words)
