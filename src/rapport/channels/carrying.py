"""Carrying: which files may go along with one message of a network; told before anybody sends it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec

from rapport.channels.crossing import ChannelError, File
from rapport.channels.sniffing import PICTURES, calls_itself_picture
from rapport.net.sentence import Sentence


class Takes(msgspec.Struct, frozen=True, kw_only=True):
    """The files that one message takes along. Sizes are in bytes; 0 where there is no bound of that kind.

    ``types`` are MIME types, empty where any will do; ``alt`` is how many characters may say what a file shows, 0 where
    the network has no place for that; without ``mixed``, what is no picture goes alone.
    """

    most: int
    why_not: str = ""
    """Why nothing can go along, where ``most`` is 0."""
    types: tuple[str, ...] = ()
    bytes: int = 15_000_000
    """Of one file."""
    picture_bytes: int = 0
    """Of one picture, where that is another bound."""
    total: int = 0
    """Of all together."""
    alt: int = 0
    mixed: bool = True

    def largest(self, type: str) -> int:
        """Bytes that a file of this type may have."""
        return (self.picture_bytes or self.bytes) if type in PICTURES else self.bytes


NOTHING = Takes(most=0)


class Piece(NamedTuple):
    """What is judged of a file: everything but what is in it."""

    name: str
    type: str
    size: int
    alt: str = ""


def pieces(files: Iterable[File]) -> list[Piece]:
    return [Piece(one.name, one.type, len(one.content), one.alt) for one in files]


def must_take(takes: Takes, files: Sequence[Piece]) -> None:
    """Raises a permanent ChannelError for the first file that cannot go along."""
    if not files:
        return
    if not takes.most:
        raise _refused(takes.why_not or Sentence("No files can go along with this answer."))
    if len(files) > takes.most:
        raise _refused(Sentence("At most %(n)s files go along with one message here.", n=takes.most))
    for one in files:
        _must_take(takes, one)
    if not takes.mixed and len(files) > 1 and any(one.type not in PICTURES for one in files):
        raise _refused(Sentence("Several pictures may go along here, or one other file alone."))
    if takes.total and sum(one.size for one in files) > takes.total:
        raise _refused(Sentence("Together the files may have %(most)s here.", most=sized(takes.total)))


def _must_take(takes: Takes, one: Piece) -> None:
    if takes.types and one.type not in takes.types:
        if (
            calls_itself_picture(one.name)
            and one.type not in PICTURES
            and any(kind in PICTURES for kind in takes.types)
        ):
            raise _refused(Sentence("%(name)s is not a readable picture.", name=one.name))
        raise _refused(
            Sentence("%(name)s cannot go along: here only %(kinds)s can.", name=one.name, kinds=kinds(takes))
        )
    if one.size > (largest := takes.largest(one.type)):
        raise _refused(
            Sentence("%(name)s is too large to go along: at most %(most)s fit.", name=one.name, most=sized(largest))
        )
    if takes.alt and len(one.alt) > takes.alt:
        raise _refused(
            Sentence("What %(name)s shows is said in %(n)s characters; at most %(most)s fit.",
                     name=one.name, n=len(one.alt), most=takes.alt)
        )  # fmt: skip


def kinds(takes: Takes) -> str:
    """The types as people call them: ``JPEG, PNG, PDF``."""
    return ", ".join(dict.fromkeys(one.rpartition("/")[2].removeprefix("x-").upper() for one in takes.types))


def sized(size: int) -> str:
    """Megabytes as networks count them, rounded down: never more than fits."""
    return f"{size // 100_000 / 10:g} MB" if size >= 100_000 else f"{size // 1_000} kB"


def _refused(sentence: str) -> ChannelError:
    return ChannelError(sentence, permanent=True)
