"""A Bluesky repository as JSON Lines of Jetstream commits: create, update and delete of posts, and who has what handle.

https://github.com/bluesky-social/jetstream and the lexicon ``app.bsky.feed.post``.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from rapport.channels import envelopes
from rapport.channels.base import Card, Envelope
from rapport.channels.files.exports.export import Context, Export, Row, card, many, part, word
from rapport.channels.files.piece import Piece

NETWORK = "bluesky"
POST = "app.bsky.feed.post"


def claims(row: Row, list: str) -> bool:
    return word(row, "did").startswith("did:") and word(row, "kind") in {"commit", "identity", "account"}


def split(row: Row, list: str, whole: Piece, context: Context) -> Iterator[Piece]:
    """One piece: a post, its deletion, or the handle of somebody. Likes, follows and the rest are passed over."""
    if word(row, "kind") == "commit" and word(row, "commit", "collection") == POST:
        yield Piece(whole.position, whole.raw, make=partial(_post, row, context))
    elif word(row, "kind") == "identity" and word(row, "identity", "handle"):
        context.remember(word(row, "did"), handle=word(row, "identity", "handle"))
        yield Piece(whole.position, whole.raw, make=partial(_handle, row, context))
    else:
        yield Piece(whole.position, whole.raw, passed=True)


def _handle(row: Row, context: Context) -> Card:
    return card(word(row, "identity", "handle"), [(context.network or NETWORK, word(row, "did"))])


def _post(row: Row, context: Context) -> Envelope:
    did, commit = word(row, "did"), part(row, "commit")
    record, key = part(commit, "record"), word(commit, "rkey")
    if not key:
        raise ValueError("the commit has no rkey")
    gone = word(commit, "operation") == "delete"
    told = word(row, "time_us")
    happened = context.moment(int(told)) if told.isdecimal() else None
    reply = part(record, "reply")
    return envelopes.build(
        network=context.network or NETWORK,
        external_id=f"at://{did}/{POST}/{key}",
        author=did,
        name=context.of(did, "handle"),
        text=word(record, "text"),
        said_at=None if gone else context.moment(record.get("createdAt")) or happened,
        version=f"deleted:{word(commit, 'rev')}" if gone else word(commit, "cid"),
        reply_to=word(reply, "parent", "uri"),
        thread=word(reply, "root", "uri"),
        url="" if gone else f"https://bsky.app/profile/{did}/post/{key}",
        mentions=list_of_mentions(record, context),
        ours=True if context.owner.id and context.owner.id == did else None,
        deleted=gone,
    )


def list_of_mentions(record: Row, context: Context) -> list[str]:
    """Who is tagged: their handle where the file told it, else their did."""
    features = [feature for facet in many(record, "facets") for feature in many(facet, "features")]
    dids = [word(one, "did") for one in features if word(one, "$type") == "app.bsky.richtext.facet#mention"]
    written = envelopes.mentioned(word(record, "text"))
    return [*dict.fromkeys([*(context.of(did, "handle") or did for did in dids), *written])]


EXPORT = Export("jetstream", "Bluesky (Jetstream)", claims, split)
