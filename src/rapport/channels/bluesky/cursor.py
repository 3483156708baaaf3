"""How far an account has been read: one text, kept with what was read, so that nothing is read past."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec

from rapport.channels.base import Item, Unreadable

RECENT = 200
"""Posts that are looked at again, in case they were deleted or edited."""
FULL = 400
"""Items after which a fetch brings what it has (a batch holds 500)."""
FIRST = timedelta(days=1)
"""How far back an account is read that was never read."""


class Walk(msgspec.Struct, frozen=True, omit_defaults=True):
    """A list that is read from its newest end in several fetches: where it goes on, and how far back it is to go."""

    at: str
    until: str
    newest: str


class Cursor(msgspec.Struct, omit_defaults=True):
    """Times are the network's own texts (ISO 8601 in UTC: they sort like times)."""

    heard: str = ""
    walk: Walk | None = None
    found: dict[str, str] = {}
    """The newest hit of each saved search."""
    talked: str = ""
    """The revision up to which direct messages are known."""
    recent: list[tuple[str, str]] = []
    """(address, cid) of what was brought lately, the newest last."""
    place: int = 0
    turn: int = 0

    @classmethod
    def read(cls, text: str | None) -> Cursor:
        """What was kept; a new one where it is nothing, or nothing of ours."""
        try:
            return msgspec.json.decode(text, type=cls) if text else cls()
        except (msgspec.DecodeError, msgspec.ValidationError, UnicodeError, RecursionError):
            return cls()

    def written(self) -> str:
        return msgspec.json.encode(self).decode()

    def known(self) -> frozenset[str]:
        return frozenset(uri for uri, _ in self.recent)


class Basket(msgspec.Struct):
    """What one fetch has gathered so far."""

    items: list[Item] = []
    unreadable: list[Unreadable] = []
    more: bool = False

    @property
    def full(self) -> bool:
        return len(self.items) + len(self.unreadable) >= FULL

    def has(self, uri: str) -> bool:
        return any(item.envelope.external_id == uri for item in self.items)


def stamp(moment: datetime) -> str:
    """A time as the network writes it."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def first(now: datetime) -> str:
    return stamp(now - FIRST)
