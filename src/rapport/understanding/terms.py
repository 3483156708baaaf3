"""Words a workspace listens for, found in a text: whole words, any case, with spans that fit the text as written.

Aho-Corasick finds all terms in one pass, so a thousand terms cost hardly more than ten. Folding can change a text's
length (the sharp s becomes two letters): then an offset map leads back, and only then is it built.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import ahocorasick


class Hit(NamedTuple):
    """One term found: as the workspace wrote it, and where it stands in the text."""

    term: str
    start: int
    end: int


class Terms:
    """A set of terms made ready. A term is a word, a phrase, an ``@handle`` or a ``#tag``.

    A plain word also matches its ``@`` and ``#`` forms; a term with the sign matches only with it.
    """

    def __init__(self, terms: Iterable[str]) -> None:
        self._machine = ahocorasick.Automaton()
        self._any = False
        for term in terms:
            folded = " ".join(term.split()).casefold()
            if folded:
                self._machine.add_word(folded, (term, len(folded)))
                self._any = True
        if self._any:
            self._machine.make_automaton()

    def find(self, text: str) -> list[Hit]:
        """All whole-word hits in ``text``, in order of their end; overlapping ones each count."""
        if not self._any:
            return []
        folded = text.casefold()
        back = _offsets(text) if len(folded) != len(text) else None
        hits = []
        for last, (term, length) in self._machine.iter(folded):
            start, end = last - length + 1, last + 1
            if not _stands_alone(folded, start, end):
                continue
            if back is None:
                hits.append(Hit(term, start, end))
            else:
                hits.append(Hit(term, back[start], back[end - 1] + 1))
        return hits


def _stands_alone(folded: str, start: int, end: int) -> bool:
    before = folded[start - 1] if start else " "
    after = folded[end] if end < len(folded) else " "
    return not (_joins(before) and _joins(folded[start])) and not (_joins(after) and _joins(folded[end - 1]))


def _joins(letter: str) -> bool:
    return letter.isalnum() or letter == "_"


def _offsets(text: str) -> list[int]:
    """For each character of the folded text, the index of the character of ``text`` it came from."""
    back: list[int] = []
    for index, letter in enumerate(text):
        back.extend([index] * len(letter.casefold()))
    return back
