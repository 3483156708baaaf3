"""Questions asked again although they were answered: what makes people say "I told you already". Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

_QUESTION = re.compile(r"[^.!?\n]*\?")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_ASIDE = re.compile(r"(?:https?://|@)\S+")
_EMPTY: Final = frozenset({
    "the", "a", "an", "i", "you", "to", "is", "it", "my", "and", "of", "in", "on", "for", "me", "we", "us", "your", "our",
    "with", "this", "that", "do", "does", "did", "are", "be", "have", "has", "can", "could", "would", "will", "please",
    "what", "which", "how", "there", "so", "was", "were", "am", "at", "or", "if", "any", "tell", "know", "let", "again",
})  # fmt: skip
_ALIKE, _LEAST = 0.6, 2
READ_AT_MOST: Final = 4_000


@dataclass(frozen=True, slots=True)
class Turn:
    """Who said what, oldest first."""

    id: int
    ours: bool
    text: str


@dataclass(frozen=True, slots=True)
class Again:
    """A question that was asked before (in message ``before``) and answered since (``answered``)."""

    id: int
    ours: bool
    words: str
    before: int
    answered: int


def questions(text: str) -> list[str]:
    """The questions of a text, in its own words."""
    return [
        found.group().strip() for found in _QUESTION.finditer(text[:READ_AT_MOST]) if len(found.group().strip()) > 3
    ]


def again(turns: Sequence[Turn]) -> tuple[Again, ...]:
    """Every question of either side that the other had answered: they spoke between the two."""
    found: list[Again] = []
    asked: list[tuple[int, Turn, frozenset[str]]] = []
    last: dict[bool, int] = {}
    for place, turn in enumerate(turns):
        other = last.get(not turn.ours, -1)
        for words in questions(turn.text):
            holds = _content(words)
            for when, before, held in asked:
                if before.ours == turn.ours and when < other < place and _alike(holds, held):
                    found.append(Again(turn.id, turn.ours, words, before.id, _answer(turns, when, place)))
                    break
            asked.append((place, turn, holds))
        last[turn.ours] = place
    return tuple(found)


def _answer(turns: Sequence[Turn], begin: int, end: int) -> int:
    """The first turn of the other side after the question."""
    return next(turn.id for turn in turns[begin + 1 : end] if turn.ours != turns[begin].ours)


def _content(text: str) -> frozenset[str]:
    words = {word.casefold() for word in _WORD.findall(_ASIDE.sub(" ", text))}
    return frozenset(words - _EMPTY)


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    shared = len(one & other)
    return shared >= _LEAST and shared / len(one | other) >= _ALIKE


def touches(answer: str, said: str) -> bool:
    """Does an answer take up any word of what was said, beyond those that every text has?"""
    return bool(_content(answer) & _content(said))
