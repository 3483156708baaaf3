"""Where the words that were sought stand in a text: the stretch around the first of them, with every one marked."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rapport.core.folding import fold
from rapport.web.marking import Piece, mark

AROUND = 120
READ = 20_000
"""Letters of a text in which words are looked for."""
_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
_WORD = re.compile(rf"[{_CJK}]|[^\W_{_CJK}]+")


def excerpt(text: str, sought: Sequence[str]) -> tuple[Piece, ...]:
    """The stretch of a text around its first hit, with every hit marked. ``sought`` are words and phrases as typed."""
    found = spans(text[:READ], sought)
    first = min((start for start, _ in found), default=0)
    begin = text.rfind(" ", 0, max(0, first - AROUND // 2)) + 1
    end = min(len(text), begin + 2 * AROUND)
    cut = mark(text[begin:end], [(start - begin, stop - begin) for start, stop in found])
    before = (Piece("… ", False),) if begin else ()
    return (*before, *cut, *((Piece(" …", False),) if end < len(text) else ()))


def spans(text: str, sought: Sequence[str], *, starts: bool = False) -> list[tuple[int, int]]:
    """From and to of every hit, found by the search's own folding; with ``starts`` a word need only begin so."""
    phrases = [parts for one in sought if (parts := fold(one).split())]
    if not phrases:
        return []
    words = [(_fold(match[0]), match.start(), match.end()) for match in _WORD.finditer(text)]
    found = []
    for phrase in phrases:
        for at in range(len(words) - len(phrase) + 1):
            if _fits(words[at : at + len(phrase)], phrase, starts):
                found.append((words[at][1], words[at + len(phrase) - 1][2]))
    return found


def _fits(words: list[tuple[str, int, int]], phrase: list[str], starts: bool) -> bool:
    heads = all(word[0] == sought for word, sought in zip(words[:-1], phrase[:-1], strict=True))
    last = words[-1][0]
    return heads and (last.startswith(phrase[-1]) if starts else last == phrase[-1])


def _fold(word: str) -> str:
    return word.lower() if word.isascii() else fold(word)
