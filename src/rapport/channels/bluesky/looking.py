"""Looking again at posts: was one deleted or edited since, or closed to us by a block?

The network's lists leave out what is deleted and what is blocked alike; only the record itself tells the two apart.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from rapport.channels.base import ChannelError, Item
from rapport.channels.bluesky import parse
from rapport.channels.bluesky.cursor import Basket, Cursor
from rapport.channels.bluesky.fields import row, rows, word
from rapport.channels.bluesky.session import Session
from rapport.channels.bluesky.xrpc import XrpcError

AT_ONCE = 25
Fate = Literal["there", "hidden", "gone"]


def posts(session: Session, uris: list[str]) -> dict[str, bytes]:
    """Those of these posts (25 at most) that are shown to us, by address, as the network shows them."""
    answer = session.get("app.bsky.feed.getPosts", uris=uris)
    found = {}
    try:
        for raw in rows(answer, "posts"):
            found[word(row(raw), "uri")] = bytes(raw)
    except ValueError as error:
        raise ChannelError("Bluesky answered with something that is no list of posts.") from error
    return found


def fate(session: Session, uri: str) -> Fate:
    """Why a post is not shown: it was deleted (or its account), or it is hidden from us."""
    did, collection, rkey = parse.split(uri)
    try:
        session.get("com.atproto.repo.getRecord", repo=did, collection=collection, rkey=rkey)
    except XrpcError as error:
        if error.code in {"RecordNotFound", "RepoNotFound"}:
            return "gone"
        raise
    return "hidden"


def again(session: Session, cursor: Cursor, basket: Basket) -> None:
    """The next 25 of what was brought lately: tombstones and new versions into the basket."""
    if cursor.place >= len(cursor.recent):
        cursor.place = 0
    some = cursor.recent[cursor.place : cursor.place + AT_ONCE]
    if not some:
        return
    shown = posts(session, [uri for uri, _ in some])
    changed: dict[str, str | None] = {}
    for uri, cid in some:
        if uri not in shown:
            if fate(session, uri) == "gone":
                basket.items.append(tombstone(uri, cid))
                changed[uri] = None
        elif word(row(shown[uri]), "cid") != cid:
            item = parse.view(shown[uri], session.did)
            basket.items.append(item)
            changed[uri] = item.envelope.version
    cursor.recent = [(uri, changed.get(uri) or cid) for uri, cid in cursor.recent if changed.get(uri, cid) is not None]
    cursor.place += AT_ONCE - sum(version is None for version in changed.values())


def tombstone(uri: str, cid: str) -> Item:
    """That the post is gone, with what we know of it as its bytes."""
    return Item(parse.gone(uri, cid), msgspec.json.encode({"uri": uri, "cid": cid, "deleted": True}))


def shown(session: Session, uri: str) -> bytes | None:
    """The post as the network shows it now, or None."""
    return posts(session, [uri]).get(uri)
