"""The archive of an X account: ``tweets.js`` (``window.YTD.tweets.part0 = [{"tweet": {…}}]``) and ``account.js``."""

from __future__ import annotations

import html
from collections.abc import Iterator
from functools import partial

from rapport.channels import envelopes
from rapport.channels.base import Envelope
from rapport.channels.files.exports.export import Context, Export, Owner, Row, many, part, word
from rapport.channels.files.piece import Piece

NETWORK = "x"


def claims(row: Row, list: str) -> bool:
    tweet = _tweet(row)
    return "id_str" in tweet and "full_text" in tweet and "created_at" in tweet and "user" not in tweet


def split(row: Row, list: str, whole: Piece, context: Context) -> Iterator[Piece]:
    """One piece. A repost ("RT @…") says nothing of its own and is passed over."""
    tweet = _tweet(row)
    passed = word(tweet, "full_text").startswith("RT @")
    yield Piece(whole.position, whole.raw, make=partial(_said, tweet, context), passed=passed)


def owner(account: Row) -> Owner:
    """Whose archive it is, from the first record of its ``account.js``."""
    one = part(account, "account")
    return Owner(word(one, "username"), word(one, "accountId"), word(one, "accountDisplayName"))


def _tweet(row: Row) -> Row:
    return part(row, "tweet") or row


def _said(tweet: Row, context: Context) -> Envelope:
    entities = part(tweet, "entities")
    text = word(tweet, "full_text")
    for link in many(entities, "urls"):
        short, full = word(link, "url"), word(link, "expanded_url")
        text = text.replace(short, full) if short and envelopes.web_address(full) else text
    id, author = word(tweet, "id_str"), context.owner.address
    return envelopes.build(
        network=context.network or NETWORK,
        external_id=id,
        author=author or envelopes.UNKNOWN_AUTHOR,
        name=context.owner.name,
        text=html.unescape(text),
        said_at=context.moment(tweet.get("created_at")),
        reply_to=word(tweet, "in_reply_to_status_id_str") or word(tweet, "in_reply_to_status_id"),
        url=f"https://x.com/{author}/status/{id}" if author else "",
        mentions=[word(one, "screen_name") for one in many(entities, "user_mentions")],
        ours=True,
    )


EXPORT = Export("tweets", "X archive (tweets.js)", claims, split)
