"""History: what was said to us before the account was connected, read backwards list by list."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from rapport.channels.base import Batch
from rapport.channels.cursor import Cursor
from rapport.channels.loose import Row, word
from rapport.channels.mastodon import parse
from rapport.channels.mastodon.client import Gone, Server
from rapport.channels.mastodon.home import Home
from rapport.channels.mastodon.place import Place
from rapport.channels.mastodon.polling import PAGE, Poll, Reads, Rows, lists


class Back(Cursor):
    """Which list is read, and before which of its ids."""

    list: int = 0
    before: str = ""


def backfill(server: Server, home: Home, since: datetime, cursor: str | None) -> Batch:
    """The next page backwards; ``more`` until every list has come to ``since`` or to its beginning."""
    back = Back.of(cursor)
    reading = lists(home, [], "", lambda row: False)
    if back.list >= len(reading):
        return Batch(cursor=cursor)
    reads = reading[back.list]
    fields = [*reads.fields, ("limit", str(PAGE)), *([("max_id", back.before)] if back.before else [])]
    try:
        rows = list(server.page(reads.path, fields).rows)
    except Gone:
        rows = []
    poll = Poll(server, home, Place())
    old = False
    for row, raw in rows[::-1]:
        said_at = _said_at(reads, row)
        if said_at is not None and said_at < since:
            old = True
        else:
            poll.take(reads, row, raw, reads.id(row))
    last = reads.id(rows[-1][0]) if rows else ""
    over = old or not rows or not last or last == back.before
    onward = Back(back.list + 1) if over else Back(back.list, last)
    return Batch(
        tuple(poll.items[-500:]), tuple(poll.unreadable), cursor=onward.cursor,
        more=onward.list < len(reading), far=_far(onward, len(reading), reads, rows, since),
    )  # fmt: skip


def _far(onward: Back, lists: int, reads: Reads, rows: Rows, since: datetime) -> float:
    """The lists that are done, and of the one in hand how much of the time."""
    last = _said_at(reads, rows[-1][0]) if rows and onward.before else None
    moment = datetime.now(UTC)
    part = (moment - last) / max(moment - since, timedelta(hours=1)) if last else 0.0
    return (onward.list + min(1.0, max(0.0, part))) / lists


def _said_at(reads: Reads, row: Row) -> datetime | None:
    said = reads.status(row) or row
    return parse.moment(word(said, "created_at"))
