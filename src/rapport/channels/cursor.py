"""Where a channel stands with a source, as the one string that the desk keeps for it and never looks into."""

from __future__ import annotations

from typing import Self

import msgspec


class Cursor(msgspec.Struct):
    """What a channel remembers between two visits; its fields have defaults, for the first visit remembers nothing."""

    @classmethod
    def of(cls, cursor: str | None) -> Self:
        """What a cursor holds; a new one where there is none, or one that cannot be read."""
        try:
            return msgspec.json.decode(cursor or "{}", type=cls)
        except (msgspec.DecodeError, UnicodeError):
            return cls()

    @property
    def cursor(self) -> str:
        return msgspec.json.encode(self).decode()
