"""Words into a Filter. Whatever is typed gives one; what was not understood is said in sentences, with the place."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from difflib import get_close_matches

from rapport.core.folding import fold
from rapport.inbox.filtering.operators import KNOWN, OPERATORS, WRONG
from rapport.inbox.filtering.values import Clause, Filter, Mistake, Parsed

MOST_LETTERS = 400
MOST_CLAUSES = 20
LONGEST = 120
OR = "OR"

_QUOTES = str.maketrans("“”„‟«»", '""""""')
_PIECE = re.compile(
    r'\s*(?P<minus>-?)(?:(?P<key>[A-Za-z]{2,20}):(?!//))?(?:"(?P<phrase>[^"]*)(?P<close>"?)|(?P<bare>[^\s"]*))'
)
_GAP = re.compile(r"[\s\x00-\x1f\x7f]+")


@dataclass
class _Line:
    """What has been read so far."""

    groups: list[tuple[Clause, ...]] = field(default_factory=list)
    mistakes: list[Mistake] = field(default_factory=list)
    joins: int = -1
    """Where an OR stands that still waits for its right side; -1 without."""
    broken: bool = False
    """The piece before was not understood: an OR has nothing on its left."""

    def wrong(self, sentence: str, start: int, end: int, **facts: str) -> None:
        self.mistakes.append(Mistake(sentence, start, end, facts))
        self.broken = True
        self.joins = -1

    def add(self, clause: Clause) -> None:
        if self.joins >= 0 and self.groups:
            self.groups[-1] = (*self.groups[-1], clause)
        else:
            self.groups.append((clause,))
        self.joins = -1
        self.broken = False

    def alternative(self, start: int, end: int) -> None:
        if self.broken:
            return
        if not self.groups or self.joins >= 0:
            self.wrong("“OR” stands between two conditions: something is missing before it.", start, end)
            return
        self.joins = start


def parse(text: str) -> Parsed:
    """Any text gives a Filter; equal clauses stand once, and mistakes are left out of it."""
    line = _Line()
    words = text.translate(_QUOTES).replace("\x00", " ")
    if len(words) > MOST_LETTERS:
        line.wrong("A search holds 400 letters; the rest was left out.", MOST_LETTERS, len(words))
        words = words[:MOST_LETTERS]
        line.broken = False
    at, clauses = 0, 0
    while (piece := _PIECE.match(words, at)) and piece.end() > at:
        at = piece.end()
        start = at - len(piece[0].lstrip())
        if start == at:
            continue
        if clauses == MOST_CLAUSES:
            line.wrong("A search holds 20 conditions; the rest was left out.", start, len(words))
            break
        if piece[0].strip() == OR:
            line.alternative(start, at)
            continue
        clauses += 1
        _read(line, piece, start)
    if line.joins >= 0:
        line.wrong("“OR” stands between two conditions: something is missing after it.", line.joins, line.joins + 2)
    return Parsed(Filter(tuple(dict.fromkeys(tuple(dict.fromkeys(g)) for g in line.groups))), tuple(line.mistakes))


def _read(line: _Line, piece: re.Match[str], start: int) -> None:
    """One condition, or a mistake."""
    end = piece.end()
    if piece["phrase"] is not None and not piece["close"]:
        line.mistakes.append(
            Mistake("A quotation mark is open: everything after it was taken as one phrase.", start, end)
        )
    key = (piece["key"] or "").lower()
    value = _GAP.sub(" ", piece["phrase"] if piece["phrase"] is not None else piece["bare"]).strip()
    negated = bool(piece["minus"])
    if len(value) > LONGEST:
        line.wrong("A word or phrase holds 120 letters here.", start, end)
    elif not key:
        _words(line, value, negated, start, end)
    elif key not in OPERATORS:
        near = get_close_matches(key, OPERATORS, 1)
        if near:
            line.wrong(
                "There is no “%(key)s:” here. Did you mean “%(near)s:”? Put it in quotation marks to look for the words.",
                start, end, key=key, near=near[0],
            )  # fmt: skip
        else:
            line.wrong(
                "There is no “%(key)s:” here. Put it in quotation marks to look for the words.", start, end, key=key
            )
    elif not value:
        line.wrong("After “%(key)s:” something is missing.", start, end, key=key)
    elif canonical := OPERATORS[key](value):
        line.add(Clause(key, canonical, negated))
    else:
        line.wrong(WRONG[key], start, end, value=value, known=", ".join(KNOWN.get(key, ())))


def _words(line: _Line, value: str, negated: bool, start: int, end: int) -> None:
    if any(sign.isalnum() for sign in fold(value)):
        line.add(Clause("", value, negated))
    elif value or negated:
        line.wrong("“%(value)s” holds no letter or digit that could be found.", start, end, value=value or "-")
