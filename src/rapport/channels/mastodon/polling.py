"""Polling: what is new in the lists of one account since last time, and what became of what was seen before.

Three lists concern us (notifications, what we ourselves said, private conversations), others are listened to (hashtags,
the public timeline). Each is read on from the last known id; an honest server gives the oldest first, one that ignores
``min_id`` is read backwards until something known appears.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from rapport.channels import envelopes
from rapport.channels.base import Batch, ChannelError, Item, Unreadable
from rapport.channels.loose import Row, part, word
from rapport.channels.mastodon import parse
from rapport.channels.mastodon.client import Fields, Gone, Server, segment
from rapport.channels.mastodon.family import Family
from rapport.channels.mastodon.home import Home
from rapport.channels.mastodon.place import Place, Seen

PAGE = 40
PAGES_BACK = 10
FULL = 440
"""Messages after which the rest waits for the next batch: one thread may bring forty more."""
LOOK, LOOK_SLOWLY = 20, 5
LOOK_EVERY = 60
"""Seconds between two looks at what is known."""
Rows = list[tuple[Row, bytes]]


@dataclass(frozen=True)
class Reads:
    """One list: where it is, what of a row is a status, and whether its threads are fetched from their beginning."""

    name: str
    path: str
    status: Callable[[Row], Row | None]
    fields: Fields = ()
    ours: bool = True
    optional: bool = False
    """Some servers have no such list."""
    id: Callable[[Row], str] = lambda row: word(row, "id")
    """By what its rows are read on."""


def lists(home: Home, hashtags: list[str], public: str, wanted: Callable[[Row], bool]) -> list[Reads]:
    """The lists of an account, and those it listens to."""

    def heard(row: Row) -> Row | None:
        return row if wanted(row) else None

    own = f"/api/v1/accounts/{segment(home.id)}/statuses"
    all_of_them, words_only = (("include_filtered", "true"),), (("exclude_reblogs", "true"),)
    found = [
        Reads("notifications", "/api/v1/notifications", lambda row: parse.spoken(row, home), all_of_them),
        Reads("own", own, lambda row: None if part(row, "reblog") else row, words_only, optional=True),
        Reads(
            "conversations",
            "/api/v1/conversations",
            lambda row: part(row, "last_status") or None,
            optional=True,
            id=lambda row: word(row, "last_status", "id"),
        ),
    ]
    for tag in hashtags:
        path = f"/api/v1/timelines/tag/{segment(tag)}"
        found.append(Reads(f"#{tag}", path, lambda row: row, ours=False, optional=True))
    if public:
        local = (("local", "true"),) if public == "local" else ()
        found.append(Reads("public", "/api/v1/timelines/public", heard, local, ours=False, optional=True))
    return found


@dataclass
class Poll:
    """One look at all lists. ``blocked`` are the ids of accounts that nobody wants to hear."""

    server: Server
    home: Home
    place: Place
    blocked: frozenset[str] = frozenset()
    items: list[Item] = field(default_factory=list)
    unreadable: list[Unreadable] = field(default_factory=list)
    more: bool = False

    def __post_init__(self) -> None:
        self.family = Family(self.server, self.home)

    def batch(self) -> Batch:
        return Batch(tuple(self.items), tuple(self.unreadable), cursor=self.place.cursor, more=self.more)

    def read(self, reads: Reads) -> None:
        """What is new in one list. Raises ChannelError."""
        anchor = self.place.anchor(reads.name)
        try:
            rows = self._page(reads, [("min_id", anchor)] if anchor else [])
        except Gone:
            if not reads.optional:
                raise
            return
        ids = [_id(reads, *one) for one in rows]
        fresh = self.place.fresh(reads.name, ids)
        if anchor and len(rows) >= PAGE and len(fresh) == len(rows):
            rows = self._back(reads, rows)
            ids = [_id(reads, *one) for one in rows]
            fresh = self.place.fresh(reads.name, ids)
        self.more = self.more or (bool(anchor) and len(rows) >= PAGE and bool(fresh))
        for (row, raw), id in zip(rows[::-1], ids[::-1], strict=True):
            if len(self.items) >= FULL:
                self.more, ids = True, ids[ids.index(id) + 1 :]
                break
            if id in fresh:
                self.take(reads, row, raw, id)
        self.place.reached(reads.name, ids)

    def take(self, reads: Reads, row: Row, raw: bytes, id: str) -> None:
        """One row of a list, whatever it is: a message, something that nobody said, or unreadable."""
        said = reads.status(row)
        if said is None or word(said, "account", "id") in self.blocked:
            return
        try:
            found = self.family.with_ancestors(said, raw) if reads.ours else [self.family.item(said, raw)]
        except ValueError as error:
            why = f"{str(error)[:1].upper()}{str(error)[1:]}."
            self.unreadable.append(envelopes.unreadable(f"{reads.name} {id}", why, raw))
            return
        self.items += found
        if reads.ours:
            envelope = found[-1].envelope
            self.place.watch(Seen(word(said, "id"), envelope.external_id, envelope.author.address, envelope.version))

    def look_again(self, now: datetime) -> None:
        """At some of what is known: what was edited comes as a new version, what is gone as a tombstone."""
        moment = int(now.timestamp())
        if not 0 <= moment - self.place.looked < LOOK_EVERY:
            self.place.looked = moment
            for seen in self._changed(self.place.to_look_at(LOOK)):
                self._look_at(seen)

    def _changed(self, seen: list[Seen]) -> list[Seen]:
        """Those of them that do not stand as they stood, asked for at once; a few one by one where a server cannot."""
        if not seen:
            return []
        try:
            page = self.server.page("/api/v1/statuses", [("id[]", one.id) for one in seen])
        except ChannelError as error:
            if error.retry_after or error.reauthorise or not error.permanent:
                raise
            self.place.next += LOOK_SLOWLY - LOOK
            return seen[:LOOK_SLOWLY]
        there = {word(row, "id"): word(row, "edited_at") for row, _ in page.rows}
        return [one for one in seen if there.get(one.id) != one.version]

    def _look_at(self, seen: Seen) -> None:
        try:
            said = self.server.row(f"/api/v1/statuses/{segment(seen.id)}")
        except Gone:
            self.place.forget(seen.id)
            tombstone = parse.gone(seen.uri, seen.author)
            self.items.append(Item(tombstone, parse.encoded({"id": seen.id, "uri": seen.uri, "deleted": True})))
            return
        try:
            item = self.family.item(said, parse.encoded(said))
        except ValueError:
            return
        if item.envelope.version != seen.version:
            self.items.append(item)
            self.place.watch(Seen(seen.id, seen.uri, seen.author, item.envelope.version))

    def _page(self, reads: Reads, more: list[tuple[str, str]]) -> Rows:
        fields = [*reads.fields, ("limit", str(PAGE)), *more]
        try:
            return list(self.server.page(reads.path, fields).rows)
        except Gone:
            if reads.name != "notifications":
                raise
        # Servers may give up the plain list for the grouped one.
        body = self.server.get("/api/v2/notifications", fields).body
        try:
            return parse.groups(body)
        except ValueError as error:
            raise ChannelError(f"{self.server.host} does not answer as a Mastodon server does.") from error

    def _back(self, reads: Reads, rows: Rows) -> Rows:
        """A full page without anything known: a server that ignores ``min_id``. Read back until something is known."""
        known = set(self.place.lists.get(reads.name, []))
        for _ in range(PAGES_BACK):
            older = self._page(reads, [("max_id", _id(reads, *rows[-1]))])
            there = {_id(reads, *one) for one in rows}
            older = [one for one in older if _id(reads, *one) not in there]
            for place, one in enumerate(older):
                if _id(reads, *one) in known:
                    return rows + older[:place]
            if not older:
                break
            rows = rows + older
        return rows


def _id(reads: Reads, row: Row, raw: bytes) -> str:
    """By what a row is known; one without an id by what it says, so that it is seen once."""
    return reads.id(row) or f"?{hashlib.sha256(raw).hexdigest()[:16]}"
