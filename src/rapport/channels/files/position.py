"""How far a reading of a file has come; as a cursor it lets the next one go on from there."""

from __future__ import annotations

from dataclasses import dataclass

from rapport.channels.base import ChannelError


@dataclass(frozen=True)
class Position:
    """``pieces``: rows, records or mails behind us; ``consumed``: bytes of the file itself, for a progress bar."""

    pieces: int = 0
    consumed: int = 0

    @property
    def cursor(self) -> str:
        return f"{self.pieces}:{self.consumed}"

    @classmethod
    def of(cls, cursor: str | None) -> Position:
        """Reads a cursor; raises a permanent :class:`ChannelError` for one that this module did not write."""
        if not cursor:
            return cls()
        pieces, _, consumed = cursor.partition(":")
        if not (pieces.isdecimal() and consumed.isdecimal() and len(cursor) < 40):
            raise ChannelError("The place where the import stopped cannot be read; start it again.", permanent=True)
        return cls(int(pieces), int(consumed))
