"""Which of all the world's posts are about a topic: whole words, any case, however many topics there are. Pure.

One pass of Aho-Corasick finds all words at once, so ten thousand topics cost hardly more than ten. Only the words are
looked through, not the whole frame: reading a frame is cheaper than searching it (docs/decisions/0035).
"""

from __future__ import annotations

from collections.abc import Iterable

import ahocorasick


class Topics:
    """Words and phrases to listen for. A plain word also matches its ``@`` and ``#`` forms, one with the sign only that."""

    def __init__(self, words: Iterable[str]) -> None:
        self._machine = ahocorasick.Automaton()
        self.words = list(dict.fromkeys(" ".join(word.split()) for word in words if word.strip()))
        for word in self.words:
            folded = word.casefold()
            self._machine.add_word(folded, (word, len(folded)))
        if self.words:
            self._machine.make_automaton()

    def find(self, text: str) -> str:
        """The first topic that the text is about; empty where it is about none."""
        if not self.words:
            return ""
        folded = text.casefold()
        for last, (word, length) in self._machine.iter(folded):
            if _stands_alone(folded, last - length + 1, last + 1):
                return str(word)
        return ""


def _stands_alone(text: str, start: int, end: int) -> bool:
    before = text[start - 1] if start else " "
    after = text[end] if end < len(text) else " "
    return not (_joins(before) and _joins(text[start])) and not (_joins(after) and _joins(text[end - 1]))


def _joins(letter: str) -> bool:
    return letter.isalnum() or letter == "_"
