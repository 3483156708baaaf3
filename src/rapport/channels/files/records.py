"""The objects inside one long JSON document, one after the other in flat memory; and objects that simply follow another.

The document is read once and never held: only the object at hand is, up to 16 MB. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rapport.channels.base import ChannelError
from rapport.channels.files.opening import KEPT, EndsEarly
from rapport.net.sentence import Sentence

LONGEST = 16 * 1024 * 1024
LONGEST_NAME = 60
DEEPEST = 1_000
TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|["{}\[\]]', re.DOTALL)
REST_OF_STRING = re.compile(rb'[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)


@dataclass(frozen=True)
class Record:
    """One object: its number from 1, its bytes, and the name of the list it stood in ("" where it stood alone)."""

    number: int
    raw: bytes
    list: str = ""
    problem: str = ""


def records(chunks: Iterable[bytes], lists: Iterable[str] = ()) -> Iterator[Record]:
    """The objects of a list at the top, those of the lists named so, and those that stand alone.

    A named list stands in the outermost object or in one inside it ({"data": {"payload": […]}}); the objects around it
    are the document, and no records. Raises a permanent :class:`ChannelError` for what nests beyond measure.
    """
    cutter = Cutter(frozenset(lists))
    try:
        for chunk in chunks:
            yield from cutter.feed(chunk)
    except EndsEarly as error:
        yield cutter.broken(str(error))
        return
    if cutter.stack:
        yield cutter.broken("the document ends early: what comes after is missing")


class Cutter:
    """Where we are in the document. ``stack`` holds the open brackets; a record begins at the depth ``base``."""

    def __init__(self, lists: frozenset[str]) -> None:
        self.stack: list[bytes] = []
        self._lists = lists
        self._list_at = 0
        """The depth inside the list whose objects are records; 0: there is none around us."""
        self._list = ""
        self._word, self._part = "", b""
        self._in_string = self._escaped = False
        self._recording = False
        self._base = self._from = self._size = self._number = 0
        self._held = bytearray()

    def feed(self, chunk: bytes) -> Iterator[Record]:
        """The records that end in this chunk."""
        self._from = 0
        place = self._out_of_string(chunk)
        while (token := TOKEN.search(chunk, place)) is not None:
            mark, place = token.group(), token.end()
            if mark == b'"':
                self._in_string, self._escaped = True, _escaped_at_end(chunk[place:])
                self._part = chunk[place : place + LONGEST_NAME]
                break
            if mark[:1] == b'"':
                self._word = _name(mark[1:-1])
            elif mark in b"{[":
                self._open(mark, token.start())
            elif self.stack:
                self.stack.pop()
                self._list_at = self._list_at if len(self.stack) >= self._list_at else 0
                if self._recording and len(self.stack) == self._base:
                    self._hold(chunk[self._from : place])
                    yield self._ended()
        if self._recording:
            self._hold(chunk[self._from :])

    def broken(self, problem: str) -> Record:
        """What stands at the end of a document that stops in the middle."""
        return Record(self._number + 1, bytes(self._held[:KEPT]), self._list, problem)

    def _out_of_string(self, chunk: bytes) -> int:
        """Where the string ends that began in an earlier chunk; the end of this one, if it does not end here."""
        if not self._in_string:
            return 0
        begin = 1 if self._escaped else 0
        rest = REST_OF_STRING.match(chunk, begin)
        if len(self._part) < LONGEST_NAME:
            self._part += chunk[: rest.end() - 1 if rest else LONGEST_NAME]
        if rest is None:
            self._escaped = _escaped_at_end(chunk[begin:])
            return len(chunk)
        self._in_string, self._word = False, _name(self._part)
        return rest.end()

    def _open(self, mark: bytes, at: int) -> None:
        if len(self.stack) >= DEEPEST:
            raise ChannelError(
                Sentence("The document is nested more than %(n)s levels deep.", n=DEEPEST), permanent=True
            )
        if mark == b"[" and self._holds_records():
            self._recording, self._held = False, bytearray()
            self._list, self._list_at = (self._word if self.stack else ""), len(self.stack) + 1
        elif mark == b"{" and not self._recording and len(self.stack) == self._list_at:
            self._recording, self._base, self._from = True, len(self.stack), at
            self._held, self._size = bytearray(), 0
            self._list = self._list if self._list_at else ""
        self.stack.append(mark)

    def _holds_records(self) -> bool:
        if not self.stack:
            return True
        return len(self.stack) <= 2 and b"[" not in self.stack and self._word in self._lists

    def _hold(self, piece: bytes) -> None:
        self._size += len(piece)
        if self._size <= LONGEST:
            self._held += piece
        else:
            del self._held[KEPT:]

    def _ended(self) -> Record:
        self._number += 1
        self._recording = False
        if self._size > LONGEST:
            return Record(self._number, bytes(self._held[:KEPT]), self._list, "the object is larger than 16 MB")
        return Record(self._number, bytes(self._held), self._list)


def _escaped_at_end(piece: bytes) -> bool:
    """Is the first byte of what follows escaped?"""
    return (len(piece) - len(piece.rstrip(b"\\"))) % 2 == 1


def _name(raw: bytes) -> str:
    """A short string, which may be the name of a list."""
    return raw.decode("utf-8", "replace") if len(raw) < LONGEST_NAME else ""
