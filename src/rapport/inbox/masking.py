"""Masking, pure: somebody's addresses, full name and words, found in any text and covered sign by sign.

A covered text is as long as before, so that what points into it (evidence, promises) still points to the same place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import ahocorasick

COVER = "█"
SHORTEST_WORDS = 30
"""Signs from which on a text is looked for in what others said: shorter ones ("Thank you!") are everybody's."""
SHORTEST_NAME = 5
SAFE_ALONE = 8
SNIPPET = 200
"""What a stream shows of a text: this many signs, on one line."""


@dataclass(frozen=True)
class Sought:
    """Whom to look for: addresses as networks know them, a name, and what they said."""

    addresses: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()


class Mask:
    """Finds and covers. ``near``: a name of one word counts as well (where they took part; elsewhere it is anybody's).
    ``raw``: for the bytes of files (see :func:`as_bytes`)."""

    def __init__(self, sought: Sought, *, near: bool = False, raw: bool = False) -> None:
        self._found: Any = ahocorasick.Automaton()
        for pattern, edges in _patterns(sought, near):
            # in the bytes of a file one column touches the next: there only short patterns must stand alone
            self._found.add_word(_low(pattern), (len(pattern), edges and not (raw and len(pattern) >= SAFE_ALONE)))
        self._any = len(self._found) > 0
        if self._any:
            self._found.make_automaton()

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Where they stand: (start, end), in order; overlapping ones joined."""
        if not text or not self._any:
            return []
        joined: list[tuple[int, int]] = []
        hits = ((last - size + 1, last + 1, edges) for last, (size, edges) in self._found.iter(_low(text)))
        for start, end in sorted((start, end) for start, end, edges in hits if not edges or _alone(text, start, end)):
            if joined and start <= joined[-1][1]:
                joined[-1] = (joined[-1][0], max(joined[-1][1], end))
            else:
                joined.append((start, end))
        return joined

    def cover(self, text: str) -> str:
        """The text with every occurrence covered; the same object when there is none."""
        spans = self.spans(text)
        for start, end in spans:
            text = text[:start] + "".join(sign if sign.isspace() else COVER for sign in text[start:end]) + text[end:]
        return text

    def cover_all(self, value: Any) -> Any:
        """JSON with every string in it covered."""
        if isinstance(value, str):
            return self.cover(value)
        if isinstance(value, list):
            return [self.cover_all(one) for one in value]
        if isinstance(value, dict):
            return {name: self.cover_all(one) for name, one in value.items()}
        return value


def handle(address: str) -> str:
    """An address as others write it: a bare handle (``ann``, a number) only counts with its @."""
    bare = address.strip().removeprefix("@")
    return bare if any(sign in bare for sign in "@:/") or ("." in bare and len(bare) >= 6) else f"@{bare}"


def as_bytes(sought: Sought) -> Sought:
    """The same for bytes read as Latin-1: what a database's file holds of UTF-8. Of long texts their beginning, which
    is less likely to be cut in two by the end of a page."""

    def latin(words: Iterable[str]) -> tuple[str, ...]:
        return tuple(word.encode("utf-8", "replace").decode("latin-1") for word in words)

    return Sought(latin(sought.addresses), latin(sought.names), latin(text[:64] for text in sought.texts))


def _patterns(sought: Sought, near: bool) -> Iterator[tuple[str, bool]]:
    for address in sought.addresses:
        if address.strip("@ "):
            yield handle(address), True
    for name in sought.names:
        words = name.split()
        if len(words) > 1 and len(name) >= SHORTEST_NAME:
            yield " ".join(words), True
        elif near and words and len(name) > 1:
            yield words[0], True
    for text in sought.texts:
        for piece in {text, " ".join(text.split())[:SNIPPET], *(line.strip() for line in text.splitlines())}:
            if len(piece) >= SHORTEST_WORDS:
                yield piece, False


def _alone(text: str, start: int, end: int) -> bool:
    """Not a part of a longer word, handle or address."""
    before, after = text[max(0, start - 1) : start], text[end : end + 1]
    if before.isalnum() or before == "_" or after.isalnum() or after == "_":
        return False
    if before in {".", "-", "+"} and text[start].isalnum() and text[max(0, start - 2) : start - 1].isalnum():
        return False
    return not (after in {".", "-"} and text[end + 1 : end + 2].isalnum())


def _low(text: str) -> str:
    """Lower case of the same length (a few letters have a longer one: they stay)."""
    low = text.lower()
    return low if len(low) == len(text) else "".join(s.lower() if len(s.lower()) == 1 else s for s in text)
