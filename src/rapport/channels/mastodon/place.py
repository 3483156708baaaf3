"""Place: how far the reading of each list has come, and which messages are looked at again. Kept as the cursor. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from rapport.channels.cursor import Cursor

REMEMBERED = 60
"""Ids of each list that are kept: more than a page has, or a server that always gives the same would seem new."""
OVERLAP = 10
"""So many that are known are asked for again: servers hand out some ids late, and out of order."""
WATCHED = 150
"""The last messages that are looked at again, for edits and deletions of which nobody told us."""


class Seen(msgspec.Struct, frozen=True, array_like=True):
    """A message that is looked at again: its server's id, its uri, who wrote it, its version."""

    id: str
    uri: str
    author: str
    version: str = ""


class Place(Cursor, kw_only=True, omit_defaults=True):
    """``lists``: the newest ids of each list, the newest first; ``seen``: the last messages, the oldest first; ``next``:
    which of them is looked at next; ``looked``: when that was done last (seconds since 1970)."""

    lists: dict[str, list[str]] = {}
    seen: list[Seen] = []
    next: int = 0
    looked: int = 0

    def anchor(self, name: str) -> str:
        """From which id on a list is asked for; empty the first time, and "0" for one that had nothing yet."""
        if name not in self.lists:
            return ""
        known = self.lists[name]
        return known[min(len(known), OVERLAP) - 1] if known else "0"

    def fresh(self, name: str, ids: Sequence[str]) -> set[str]:
        """Those of a page that were not there before."""
        return set(ids) - set(self.lists.get(name, []))

    def reached(self, name: str, ids: Iterable[str]) -> None:
        """A page of this list was read, the newest first."""
        self.lists[name] = list(dict.fromkeys([*ids, *self.lists.get(name, [])]))[:REMEMBERED]

    def watch(self, seen: Seen) -> None:
        """Look at this one again from time to time; a newer version takes the place of the older."""
        kept = [one for one in self.seen if one.id != seen.id]
        self.seen = [*kept, seen][-WATCHED:]

    def forget(self, id: str) -> None:
        self.seen = [one for one in self.seen if one.id != id]

    def to_look_at(self, most: int) -> list[Seen]:
        """The next ones in turn, the newest first."""
        newest = self.seen[::-1]
        start = self.next if self.next < len(newest) else 0
        self.next = start + most
        return newest[start : start + most]
