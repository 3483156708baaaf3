"""One file of an archive, and what is never read of one: the same for ZIP, tar and folders."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import BinaryIO, Protocol, cast

from rapport.channels.base import ChannelError
from rapport.channels.files.opening import Opened

LINKS = "it is a link to somewhere else, which is not followed"


class Trap(ChannelError):
    """The archive is made to do harm: nothing of it is read any further."""

    def __init__(self, message: str) -> None:
        super().__init__(message, permanent=True)


class Readable(Protocol):
    """All that reading needs of a file."""

    def read(self, size: int = -1, /) -> bytes: ...


@dataclass(frozen=True)
class Member:
    """One file of an archive. ``stream`` is good until the next one is asked for; ``problem``: why it is not read."""

    name: str
    stream: Readable
    problem: str = ""

    def open(self, encoding: str = "") -> Opened:
        return Opened(cast("BinaryIO", self.stream), encoding=encoding)


class Nothing:
    """The stream of what is not read."""

    def read(self, size: int = -1, /) -> bytes:
        return b""


def must_stay_inside(name: str) -> None:
    """Raises :class:`Trap` for a name that leads out of the archive's own folder."""
    plain = name.replace("\\", "/")
    if plain.startswith("/") or re.match(r"[A-Za-z]:", plain) or ".." in plain.split("/"):
        shown = re.sub(r"[^\x20-\x7e]", "?", name)[:80]
        raise Trap(f"The archive holds a file that leads out of it ({shown}): Rapport does not open it.")
