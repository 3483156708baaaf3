"""Who spoke to the account: mentions, replies and quotes from its notifications, and what was said above them.

Notifications come newest first and sorted by the earlier of *written* and *seen*; so a post that its author dated back
lies deeper. Therefore each reading goes a quarter of an hour beyond what is known, and the line takes doubles once.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec

from rapport.channels.base import ChannelError, Report
from rapport.channels.bluesky import parse
from rapport.channels.bluesky.cursor import Basket, Cursor, Walk, first, stamp
from rapport.channels.bluesky.fields import part, row, rows, word
from rapport.channels.bluesky.session import Session
from rapport.channels.bluesky.xrpc import XrpcError

SPOKEN = frozenset({"mention", "reply", "quote"})
PAGE = 50
PAGES = 3
BEYOND = timedelta(minutes=15)
LOOKED_UP = 15
"""Threads that are fetched for context in one go."""


def notifications(session: Session, cursor: Cursor, basket: Basket, now: datetime) -> None:
    """The next pages of notifications into the basket, and the cursor moved. Raises ChannelError."""
    walk = cursor.walk or Walk("", back(cursor.heard) if cursor.heard else first(now), "")
    at, newest = walk.at, walk.newest
    for _ in range(PAGES):
        answer = session.get("app.bsky.notification.listNotifications", limit=PAGE, cursor=at)
        raws, at = _page(answer)
        times = [_take(raw, session.did, basket) for raw in raws]
        newest = max([newest, *times])
        if not raws or not at or min(times) < walk.until:
            cursor.heard, cursor.walk = max(cursor.heard, newest, walk.until), None
            return
        if basket.full:
            break
    cursor.walk = Walk(at, walk.until, newest)
    basket.more = True


def backfill(session: Session, since: datetime, at: str, basket: Basket) -> str:
    """One page of older notifications; where the next begins, empty when ``since`` is reached."""
    answer = session.get("app.bsky.notification.listNotifications", limit=PAGE, cursor=at)
    raws, at = _page(answer)
    times = [_take(raw, session.did, basket) for raw in raws]
    return at if raws and min(times) >= stamp(since) else ""


def own(session: Session, since: datetime, at: str, basket: Basket) -> str:
    """One page of the answers that were written under this account before; where the next begins, empty at the end."""
    answer = session.get(
        "app.bsky.feed.getAuthorFeed", actor=session.did, filter="posts_with_replies", limit=PAGE, cursor=at
    )
    raws, oldest = _posts(answer), ""
    for raw in raws:
        try:
            item = parse.view(raw, session.did)
        except ValueError:
            continue  # a repost of what cannot be read is nobody's message to us
        if item.envelope.ours:
            oldest = word(row(raw), "indexedAt")
            if item.envelope.reply_to and oldest >= stamp(since):
                basket.items.append(item)
    return word(row(answer), "cursor") if raws and oldest >= stamp(since) else ""


def back(time: str) -> str:
    """A quarter of an hour before that time."""
    moment = parse.moment(time) or datetime.now(UTC)
    return stamp(moment - BEYOND)


def _page(answer: bytes) -> tuple[list[msgspec.Raw], str]:
    try:
        return rows(answer, "notifications"), word(row(answer), "cursor")
    except ValueError as error:
        raise ChannelError("Bluesky answered with something that is no list of notifications.") from error


def _take(raw: msgspec.Raw, us: str, basket: Basket) -> str:
    """One notification into the basket, if it has words; when the network saw it."""
    try:
        found = row(raw)
        if word(found, "reason") in SPOKEN:
            basket.items.append(parse.view(raw, us, asked=word(found, "reason") != "mention"))
        return word(found, "indexedAt")
    except ValueError as error:
        basket.unreadable.append(parse.unreadable("notifications", error, bytes(raw)))
        return ""


def context(session: Session, basket: Basket, known: frozenset[str]) -> None:
    """What was said above the replies of the basket, where it is not known: put before them, the oldest first.

    That a thread cannot be shown is no reason to lose the reply: then it comes without.
    """
    there = set(known) | {item.envelope.external_id for item in basket.items}
    above = []
    wanted = [one.envelope for one in basket.items if one.envelope.reply_to and one.envelope.reply_to not in there]
    for envelope in wanted[:LOOKED_UP]:
        if envelope.reply_to in there or basket.full:
            continue
        try:
            answer = session.get(
                "app.bsky.feed.getPostThread", uri=envelope.external_id, depth=0, parentHeight=parse.DEEPEST
            )
            found = list(parse.ancestors(part(row(answer), "thread"), session.did))
        except XrpcError as error:
            if error.reauthorise or error.retry_after:
                raise
            continue
        except ValueError:
            continue
        fresh = [item for item in reversed(found) if item.envelope.external_id not in there]
        there |= {item.envelope.external_id for item in fresh}
        above += fresh
    basket.items[:0] = above[: max(0, 490 - len(basket.items) - len(basket.unreadable))]


def ourselves(session: Session, basket: Basket) -> list[Report]:
    """Answers that were written elsewhere under this account; and that what we sent has arrived."""
    try:
        answer = session.get("app.bsky.feed.getAuthorFeed", actor=session.did, filter="posts_with_replies", limit=30)
    except XrpcError as error:
        if error.permanent:  # an account of this very minute is not known everywhere
            return []
        raise
    reports = []
    for raw in _posts(answer):
        try:
            item = parse.view(raw, session.did)
        except ValueError:
            continue  # a repost of what cannot be read is nobody's message to us
        if item.envelope.ours:
            uri = item.envelope.external_id
            reports.append(Report(network=parse.NETWORK, external_id=uri, state="delivered"))
            if item.envelope.reply_to:
                basket.items.append(item)
    return reports


def _posts(answer: bytes) -> list[bytes]:
    try:
        return [msgspec.json.encode(part(row(one), "post")) for one in rows(answer, "feed")]
    except ValueError as error:
        raise ChannelError("Bluesky answered with something that is no list of posts.") from error
