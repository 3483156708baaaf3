"""Saved searches: what anybody says about words the workspace asks for, through the network's own search."""

from __future__ import annotations

from datetime import datetime

from rapport.channels.base import ChannelError, Settings
from rapport.channels.bluesky import parse
from rapport.channels.bluesky.cursor import Basket, Cursor, first, stamp
from rapport.channels.bluesky.fields import row, rows, word
from rapport.channels.bluesky.hearing import back
from rapport.channels.bluesky.session import Session

MOST = 20
LONGEST = 200
PAGE = 50


def queries(settings: Settings) -> list[str]:
    """The saved searches, one a line. Raises a permanent ChannelError for too many or too long ones."""
    lines = [line.strip() for line in settings.get("searches", "").splitlines()]
    found = list(dict.fromkeys(line for line in lines if line))
    if len(found) > MOST or any(len(line) > LONGEST for line in found):
        raise ChannelError("There may be 20 searches of up to 200 characters, one a line.", permanent=True)
    return found


def searches(session: Session, wanted: list[str], cursor: Cursor, basket: Basket, now: datetime) -> None:
    """What is new under each search; what one side has closed to the other by a block is not for us."""
    cursor.found = {query: cursor.found[query] for query in wanted if query in cursor.found}
    for query in wanted:
        since = cursor.found.get(query, "") or first(now)
        answer = session.get("app.bsky.feed.searchPosts", q=query, sort="latest", limit=PAGE, since=back(since))
        cursor.found[query] = max([since, *_take(answer, session.did, basket)])
        if basket.full:
            return


def older(session: Session, query: str, since: datetime, at: str, basket: Basket) -> str:
    """One page of what a search found since then; where the next begins, empty at the end."""
    answer = session.get("app.bsky.feed.searchPosts", q=query, sort="latest", limit=PAGE, since=stamp(since), cursor=at)
    times = _take(answer, session.did, basket)
    return word(row(answer), "cursor") if times else ""


def _take(answer: bytes, us: str, basket: Basket) -> list[str]:
    """The hits into the basket; when the network saw each."""
    try:
        raws = rows(answer, "posts")
    except ValueError as error:
        raise ChannelError("Bluesky answered the search with something that is no list of posts.") from error
    times = []
    for raw in raws:
        try:
            found = row(raw)
            times.append(word(found, "indexedAt"))
            if not parse.closed_to_us(found) and not basket.has(word(found, "uri")):
                basket.items.append(parse.view(raw, us))
        except ValueError as error:
            basket.unreadable.append(parse.unreadable("search", error, bytes(raw)))
    return times
