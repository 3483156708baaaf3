"""The network's views of posts and messages, as envelopes. Pure; what does not fit raises ValueError with a sentence.

Shapes: app.bsky.feed.defs#postView, app.bsky.notification.listNotifications#notification, com.atproto.repo.getRecord,
chat.bsky.convo.defs#messageView.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime

import msgspec

from rapport.channels import envelopes, moments
from rapport.channels.base import Envelope, Item, Media, Unreadable
from rapport.channels.bluesky import facets
from rapport.channels.bluesky.compose import POST
from rapport.channels.bluesky.fields import NOTHING, Row, many, number, part, row, word

NETWORK = "bluesky"
ADDRESS = re.compile(r"at://(did:[a-z]+:[A-Za-z0-9._:%-]{1,240})/([A-Za-z0-9.-]{1,100})/([A-Za-z0-9._~:-]{1,512})")
TALK = "chat:"
DEEPEST = 50
SERVED = "https://cdn.bsky.app/img/feed_fullsize/plain"


def split(uri: str) -> tuple[str, str, str]:
    """(DID, collection, record key) of an at-address. Raises :class:`ValueError`."""
    match = ADDRESS.fullmatch(uri)
    if match is None:
        raise ValueError("this is no address of a record")
    return match[1], match[2], match[3]


def page(uri: str) -> str:
    """Where a browser shows a post; empty for what is none."""
    try:
        did, collection, rkey = split(uri)
    except ValueError:
        return ""
    return f"https://bsky.app/profile/{did}/post/{rkey}" if collection == POST else ""


def view(raw: bytes | msgspec.Raw, us: str = "", *, asked: bool = False) -> Item:
    """A post as the network shows it (a postView or a notification about one). ``us`` is our DID.

    ``asked``: the network told us because it answers or quotes us.
    """
    found = row(raw)
    author, record = part(found, "author"), part(found, "record")
    return Item(
        post(
            word(found, "uri"),
            word(found, "cid"),
            record,
            us,
            did=word(author, "did"),
            name=word(author, "displayName").strip() or word(author, "handle"),
            handle=word(author, "handle"),
            indexed=moment(word(found, "indexedAt")),
            shown=part(found, "embed"),
            asked=asked,
        ),
        bytes(raw),
    )


def post(
    uri: str,
    cid: str,
    record: Row,
    us: str,
    *,
    did: str,
    name: str = "",
    handle: str = "",
    indexed: datetime | None = None,
    shown: Row = NOTHING,
    asked: bool = False,
) -> Envelope:
    """A post from its record. The time is what the network sorts by: the earlier of *written* and *seen*."""
    owner, collection, _ = split(uri)
    if collection != POST:
        raise ValueError("this is no post")
    if did and did != owner:
        raise ValueError("its author does not own it")
    text = word(record, "text")
    claimed = facets.claimed(text, record)
    times = [time for time in (moment(word(record, "createdAt")), indexed) if time is not None]
    parent = word(record, "reply", "parent", "uri")
    return envelopes.build(
        network=NETWORK,
        external_id=uri,
        author=owner,
        name=name or handle,
        text=_words(text, claimed, record),
        said_at=min(times) if times else None,
        version=cid,
        reply_to=parent,
        thread=word(record, "reply", "root", "uri"),
        url=page(uri),
        mentions=[*facets.mentioned(claimed), *envelopes.mentioned(text)],
        direct=asked or bool(us and parent.startswith(f"at://{us}/") and owner != us),
        ours=bool(us) and owner == us,
        media=list(pictures(owner, part(record, "embed"), shown)),
        language=_language(record),
    )


def _language(record: Row) -> str:
    """The first language that its writer's program names."""
    langs = record.get("langs")
    return langs[0] if isinstance(langs, list) and langs and isinstance(langs[0], str) else ""


def gone(uri: str, mark: str, *, at: datetime | None = None) -> Envelope:
    """A tombstone: the post at this address was deleted. ``mark`` tells one deletion from another."""
    owner, collection, _ = split(uri)
    if collection != POST:
        raise ValueError("this is no post")
    return envelopes.build(
        network=NETWORK, external_id=uri, author=owner, text="", said_at=at, version=f"deleted:{mark}", deleted=True
    )


def ancestors(thread: Row, us: str) -> Iterator[Item]:
    """What was said above a post, the nearest first, from a threadViewPost; what is gone or closed to us is left out."""
    above = part(thread, "parent")
    for _ in range(DEEPEST):
        if "post" not in above:
            return
        with suppress(ValueError):  # context that cannot be read is no reason to lose the post it belongs to
            yield view(msgspec.json.encode(part(above, "post")), us)
        above = part(above, "parent")


def closed_to_us(found: Row) -> bool:
    """One of the two sides has blocked the other: this post is not for us."""
    viewer = part(found, "author", "viewer")
    return bool(viewer.get("blockedBy")) or bool(viewer.get("blocking")) or bool(viewer.get("blockingByList"))


def message(raw: bytes, convo: Row, us: str) -> Item:
    """A direct message (messageView or deletedMessageView) of this conversation (convoView)."""
    found = row(raw)
    talk, id, sender = word(convo, "id"), word(found, "id"), word(found, "sender", "did")
    if not talk or not id or not sender:
        raise ValueError("the message has no sender or no id")
    deleted = word(found, "$type").endswith("#deletedMessageView")
    text = word(found, "text")
    names = {
        word(one, "did"): word(one, "displayName").strip() or word(one, "handle") for one in many(convo, "members")
    }
    return Item(
        envelopes.build(
            network=NETWORK,
            external_id=f"{TALK}{talk}:{id}",
            author=sender,
            name=names.get(sender, ""),
            text="" if deleted else _words(text, facets.claimed(text, found), found),
            said_at=moment(word(found, "sentAt")),
            version=f"deleted:{word(found, 'rev')}" if deleted else word(found, "rev"),
            thread=f"{TALK}{talk}",
            public=False,
            direct=sender != us,
            ours=sender == us,
            deleted=deleted,
        ),
        raw,
    )


def unreadable(where: str, error: Exception, raw: bytes) -> Unreadable:
    """What could not be read, at a position that is the same whenever the same bytes come again."""
    why = f"{error}".rstrip(".")
    position = f"{where} {hashlib.sha256(raw).hexdigest()[:16]}"
    return envelopes.unreadable(position, f"{why[:1].upper()}{why[1:300]}.", raw)


def moment(value: str) -> datetime | None:
    """A time as the network writes it; None for what is none."""
    try:
        return moments.read(value, UTC) if value else None
    except ValueError:
        return None


def _words(text: str, claimed: list[facets.Feature], record: Row) -> str:
    """What a reader of the post reads: whole addresses, the card's address, what is quoted, what pictures show."""
    more = [address for address in _cards(part(record, "embed")) if address not in text]
    words = facets.written_out(text, claimed)
    return "\n".join([words, *(line for line in more if line not in words)]).strip()


def _cards(embed: Row) -> Iterator[str]:
    for one in (embed, part(embed, "media"), part(embed, "record")):
        if address := word(one, "external", "uri"):
            yield address
    for path in (("record", "uri"), ("record", "record", "uri")):
        if quoted := page(word(embed, *path)):
            yield quoted


def pictures(did: str, embed: Row, shown: Row = NOTHING) -> Iterator[Media]:
    """The pictures and films of a post, with what their author says they show, also beside a quotation.

    ``shown`` is the network's view of them, which has their addresses; without it pictures are where all are served.
    """
    views = [*many(shown, "images"), *many(shown, "media", "images")]
    for place, image in enumerate([*many(embed, "images"), *many(embed, "media", "images")]):
        address = word(views[place], "fullsize") if place < len(views) else ""
        link = word(image, "image", "ref", "$link")
        served = f"{SERVED}/{did}/{link}@jpeg" if link.isalnum() else ""
        yield Media(
            kind="image",
            url=address or served,
            alt=word(image, "alt"),
            type=word(image, "image", "mimeType")[:100],
            size=max(0, number(image, "image", "size") or 0),
        )
    for film in (embed, part(embed, "media")):
        if part(film, "video"):
            yield Media(kind="video", alt=word(film, "alt"), type=word(film, "video", "mimeType")[:100])
