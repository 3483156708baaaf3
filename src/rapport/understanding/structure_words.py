"""What one turn says, as ``structure`` compares it: its asks, its references, and what it is about. Pure, any language.

What a sentence is about are the hashed character n-grams of its content words: they do not mind inflection, and need
no dictionary. Words quoted from the mail before are not the writer's.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from rapport.understanding import structure_cues
from rapport.understanding.reading import Turn
from rapport.understanding.structure_cues import DEAR, EMPTY, FAREWELL

READ_AT_MOST: Final = 2_000
_SENTENCE: Final = re.compile(r"[^.!?\n。？！]+[.!?。？！]*")
_WORD: Final = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_QUOTED: Final = re.compile(
    r"^\s*>.*$|^-{2,}\s*(?:original|forwarded|weitergeleitet|ursprüngliche)[\s\S]*|^\s*(?:on|am|le|el|il|em|op)\s.{6,120}"
    r"(?:wrote|schrieb|a écrit|escribió|ha scritto|escreveu|schreef)[^\n]{0,80}:\s*$[\s\S]*",
    re.IGNORECASE | re.MULTILINE,
)
_REFERENCE: Final = re.compile(
    r"(?<![\w@])#?(?=[\w/-]*\d[\w/-]*\d)(?:[A-Z]{1,10}[-/ ]?)?\d[\w/-]{2,24}(?!\w)|\b[A-Z]{3,10}\d{3,12}\b"
)
_DATE: Final = re.compile(
    r"^(?:19|20)\d\d$|^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}$|^\d+(?:st|nd|rd|th|ml|kg|km|cm|mm|am|pm)$"
)
_ASIDE: Final = re.compile(r"https?://\S+|@\w+")
_NGRAM: Final = 4
_SPACE: Final = 1 << 20
_ASKED: Final = re.compile(
    r"[?？]|\bplease\b|\bbitte\b|s.il (?:vous|te) pla|por favor|per favore|\bgraag\b|\bprego\b|(?:\d[ ./-]?){6,}",
    re.IGNORECASE,
)
_LONG_ENOUGH: Final = 5
_DIGITS: Final = 4
_FAREWELL_WITHIN: Final = 240
"""Characters at the end of a mail in which its farewell is looked for."""
_LEAST: Final = 4
"""n-grams that must be shared before two sentences can be about the same."""


@dataclass(frozen=True, slots=True)
class Said:
    """One turn, worked out once. ``asks``: the span of each question or wish, and what it is about."""

    ours: bool
    said_at: datetime | None
    text: str = ""
    words: int = 0
    whole: frozenset[int] = frozenset()
    asks: tuple[tuple[tuple[int, int], frozenset[int]], ...] = ()
    numbers: dict[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def long_enough(self) -> bool:
        """Two of these can be called the same answer: a word or two may well be said twice."""
        return self.words >= _LONG_ENOUGH

    @staticmethod
    def nothing() -> Said:
        """The place of a turn too long ago to be looked at."""
        return Said(False, None)


def heard(turn: Turn) -> Said:
    """A turn as it is compared."""
    text = _blank(_QUOTED, _blank(_ASIDE, turn.text[:READ_AT_MOST]))
    bare = _blank(DEAR, text[:-_FAREWELL_WITHIN]) + _blank(FAREWELL, text[-_FAREWELL_WITHIN:])
    if len(text) <= _FAREWELL_WITHIN:
        bare = _blank(DEAR, bare)
    found = [match for match in _SENTENCE.finditer(bare) if match.group().strip()]
    asks = []
    for match in found if not turn.ours else ():
        if "?" in match.group() or "？" in match.group() or structure_cues.ASKS.search(match.group()):
            span = _trimmed(match)
            asks.append((span, _about(match.group())))
    numbers: dict[str, tuple[int, int]] = {}
    if not turn.ours:
        for match in _REFERENCE.finditer(text):
            if not _DATE.match(match.group()):
                numbers.setdefault(_reference(match.group()), match.span())
    words = len(_WORD.findall(text))
    return Said(turn.ours, turn.said_at, text, words, _about(bare), tuple(asks), numbers)


def _reference(words: str) -> str:
    """A reference as it is compared: its digits where there are enough ("BR-20418" is "BR 20418"), else all of it."""
    digits = re.sub(r"\D", "", words)
    return digits if len(digits) >= _DIGITS else re.sub(r"\W", "", words).casefold()


def says(cue: str, said: Said) -> tuple[int, int] | None:
    """Where a turn has one of the words that ``structure_cues`` lists under this name; None where it has none."""
    found = getattr(structure_cues, cue).search(said.text)
    return found.span() if found else None


def wishes(said: Said) -> tuple[int, int] | None:
    """Where a turn wishes for a call or a person: in a sentence that asks, says please, or gives a number to call."""
    for sentence in _SENTENCE.finditer(said.text):
        found = structure_cues.WISHES.search(sentence.group())
        if found and (_ASKED.search(sentence.group()) or structure_cues.ASKS.search(sentence.group())):
            return sentence.start() + found.start(), sentence.start() + found.end()
    return None


def is_glad(said: Said) -> bool:
    """Whether a turn of theirs says that all is well: by a glad word, or by nothing but a hearty thanks."""
    return bool(says("GLAD", said)) or (said.words <= _LONG_ENOUGH and "!" in said.text and bool(says("THANKS", said)))


def alike(one: frozenset[int], other: frozenset[int], least: float) -> bool:
    """Whether two are about the same: of what the shorter is about, at least this share is in the other."""
    shared = len(one & other)
    return shared >= _LEAST and shared >= least * min(len(one), len(other))


def _about(text: str) -> frozenset[int]:
    grams: set[int] = set()
    for word in _WORD.findall(text):
        low = word.casefold()
        if len(low) < _NGRAM or low in EMPTY or low.split("'")[0].split("’")[0] in EMPTY:
            continue
        plain = "".join(sign for sign in unicodedata.normalize("NFD", low[:24]) if not unicodedata.combining(sign))
        padded = f" {plain}"
        for at in range(len(padded) - _NGRAM + 1):
            grams.add(_hash(padded[at : at + _NGRAM]))
    return frozenset(grams)


def _hash(gram: str) -> int:
    """Stable over processes, as ``hash`` of a text is not."""
    value = 0
    for sign in gram:
        value = (value * 1_000_003 + ord(sign)) % _SPACE
    return value


def _blank(pattern: re.Pattern[str], text: str) -> str:
    """The text with all matches made spaces: places stay what they are."""
    return pattern.sub(lambda found: " " * len(found.group()), text)


def _trimmed(match: re.Match[str]) -> tuple[int, int]:
    start, end = match.span()
    words = match.group()
    return start + len(words) - len(words.lstrip()), end - (len(words) - len(words.rstrip()))
