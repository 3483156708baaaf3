"""Words by which somebody binds themselves: who owes it, what, and by when.

Read clause by clause: a commitment of the speaker ("I'll send it tonight"), something of theirs that will happen by a
named time ("your refund is on its way and arrives Monday"), and the reminder of what the other side said ("you promised",
"I was told you would"). Questions, conditions, refusals, offers, habits and other people's rules bind nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, tzinfo
from functools import cache
from typing import Final, Literal, NamedTuple

import ahocorasick
import msgspec

from rapport.understanding import when
from rapport.understanding.commitments import WAYS, Ways
from rapport.understanding.language import identify
from rapport.understanding.reading import PromiseSpan
from rapport.understanding.tokens import READ_AT_MOST, cut

_CLAUSE = re.compile(
    r"(?:[^.!?;\n]|\.(?=\d)|(?<=\d)\.(?=\s?(?:[A-ZÄÖÜ]?[a-zäöü]+|,|\)|20\d\d))|(?<=Mr)\.|(?<=Mrs)\.|(?<=Ms)\.|"
    r"(?<=Dr)\.|(?<=Sr)\.|(?<=\bM)\.)+[.!?;\n]*"
)
_SPLIT = re.compile(
    r",? (?:and|und|et|y|e) (?=(?:i|we|you|ich|wir|je|nous)\b[^.!?;]*)|,? but (?=i |we )|\s[-–—]+\s|"
    r",\s(?=(?:i['’]?ll|we['’]?ll|i will|we will|dann|doch)\b)",
    re.IGNORECASE,
)
_TAG = re.compile(
    r",?\s*(?:ok(?:ay)?|right|is that ok(?:ay)?|alright|all right|deal|gut|d'accord|vale|va bene|tá)\s*\?+\s*$",
    re.IGNORECASE,
)
_IF = re.compile(r"\s*(?:and |but |so )?(?:if|unless|in case|wenn|falls|sofern|si|se|caso|qualora) ", re.IGNORECASE)
_QUOTE = re.compile(r"^\s*[>|][^\n]*|[\"“„«][^\"”“»]{0,200}[\"”“»]", re.MULTILINE)
_BREATH = re.compile(r",?\s*(?:and|und|et|y|e)\s*", re.IGNORECASE)
_LONGEST: Final = 240


class _Clause(NamedTuple):
    text: str
    start: int
    asked: bool
    """A question, or under a condition: neither binds."""


def find(
    text: str, ours: bool, said_at: datetime | None = None, zone: tzinfo = UTC, language: str = ""
) -> tuple[PromiseSpan, ...]:
    """The promises in ``text``, in order. ``ours``: we wrote it, so "I'll" is ours to keep; ``said_at`` and ``zone``
    say from when "tomorrow" counts (without them no day is resolved); ``language`` saves finding it out.
    """
    text = text[:READ_AT_MOST]
    code = language or identify([cut(text)], ())[0][0]
    ways = WAYS.get(code, WAYS["en"])
    hinted = _hinted(text.lower(), code if code in WAYS else "en")
    if not any(way in hinted and getattr(ways, way).search(text) for way in _ways(text, ours)):
        return ()
    spans: list[PromiseSpan] = []
    for clause in _clauses(text):
        span = _read(clause, ways, ours, said_at, zone)
        if span is not None:
            spans.append(span)
    return _joined(spans, text)


def _ways(text: str, ours: bool) -> tuple[str, ...]:
    """What others of theirs will do binds them only where they speak of their own people."""
    return ("own", "given", "now", "other") if ours or _NAMED.search(text) else ("own", "given", "now")


def _hinted(low: str, code: str) -> frozenset[str]:
    """The ways whose hints stand in a text in lower case, or that have none."""
    always, machine = _hints(code)
    if machine is None:
        return always
    return always.union(*[ways for _, ways in machine.iter(low)])


@cache
def _hints(code: str) -> tuple[frozenset[str], ahocorasick.Automaton | None]:
    """The ways of a language that have no hints, and all hints of the others in one pass."""
    ways = WAYS[code]
    hints: dict[str, set[str]] = {}
    for way, words in ways.hints.items():
        for word in words:
            hints.setdefault(word, set()).add(way)
    always = frozenset(name for name in ("own", "given", "now", "other") if name not in ways.hints)
    if not hints:
        return always, None
    machine = ahocorasick.Automaton()
    for word, held in hints.items():
        machine.add_word(word, frozenset(held))
    machine.make_automaton()
    return always, machine


def _joined(spans: list[PromiseSpan], text: str) -> tuple[PromiseSpan, ...]:
    """Two in one breath, of which only the second says when, are one: "I'll check and call you by Friday"."""
    kept: list[PromiseSpan] = []
    for span in spans:
        before = kept[-1] if kept else None
        if before and not before.due and before.who == span.who and _BREATH.fullmatch(text[before.end : span.start]):
            kept[-1] = msgspec.structs.replace(
                span, start=before.start, text=text[before.start : span.end], what=f"{before.what}; {span.what}"[:120]
            )
        else:
            kept.append(span)
    return tuple(kept)


def _clauses(text: str) -> Iterator[_Clause]:
    """The clauses of a text, without what is quoted of others."""
    bare = _QUOTE.sub(lambda quote: " " * len(quote.group()), text)
    for found in _CLAUSE.finditer(bare):
        whole = _TAG.sub("", found.group())
        asked = whole.rstrip().endswith("?") or bool(_IF.match(whole))
        at = 0
        for cutting in [*_SPLIT.finditer(whole), None]:
            end = cutting.start() if cutting else len(whole)
            part = whole[at:end]
            lead = len(part) - len(part.lstrip())
            if part.strip() and len(part) <= _LONGEST * 2:
                yield _Clause(part.strip().rstrip(".!?;, "), found.start() + at + lead, asked)
            at = cutting.end() if cutting else end


def _read(clause: _Clause, ways: Ways, ours: bool, said_at: datetime | None, zone: tzinfo) -> PromiseSpan | None:
    if clause.asked:
        return None
    given = ways.given.search(clause.text)
    if given:
        if ways.never.search(clause.text[: given.start()]) or _unsaid(given):
            return None
        return _span(clause, given, ways, _Owes(mine=False, ours=ours), said_at, zone)
    if ways.never.search(clause.text):
        return None
    if own := ways.own.search(clause.text):
        return _span(clause, own, ways, _Owes(mine=True, ours=ours), said_at, zone)
    weak = ways.now.search(clause.text) or (
        ways.other.search(clause.text) if ours or _NAMED.search(clause.text) else None
    )
    if weak and _timed(clause.text, said_at, zone):
        return _span(clause, weak, ways, _Owes(mine=True, ours=ours), said_at, zone)
    return None


_NAMED = re.compile(r"\b(?:my|mein|meine|mon|ma|mi|mio|mia|meu|minha) ", re.IGNORECASE)


def _unsaid(given: re.Match[str]) -> bool:
    return bool(re.match(r"(?:as|what|like) ", given.group(), re.IGNORECASE))


class _Owes(NamedTuple):
    mine: bool
    ours: bool

    @property
    def who(self) -> Literal["us", "them"]:
        return "us" if self.mine == self.ours else "them"


def _timed(text: str, said_at: datetime | None, zone: tzinfo) -> bool:
    return when.find(text, said_at or _ANY_DAY, zone) is not None


_ANY_DAY: Final = datetime(2024, 1, 3, 12, tzinfo=UTC)


def _span(
    clause: _Clause, found: re.Match[str], ways: Ways, owes: _Owes, said_at: datetime | None, zone: tzinfo
) -> PromiseSpan:
    due = when.find(clause.text, said_at or _ANY_DAY, zone, back=not owes.mine)
    start = found.start()
    if due is not None and due.start < start:
        start = due.start
    end = min(len(clause.text), start + _LONGEST)
    words = clause.text[start:end].rstrip(" ,")
    named = ways.names.search(clause.text)
    return PromiseSpan(
        start=clause.start + start,
        end=clause.start + start + len(words),
        text=words,
        who=owes.who,
        due=due.words if due else "",
        what=_what(clause.text, found, due),
        due_on=due.on if due and said_at is not None else None,
        name=next((name for name in named.groups() if name), "") if named else "",
    )


_LEAD = re.compile(
    r"^(?:i|we)(?:['’]ll|['’](?:m|re)(?: going to| gonna)?| will| shall| am going to| are going to| promise to|"
    r" commit to)\s+|^(?:will|gonna|going to)\s+|"
    r"^(?:you|they)(?:['’]d| had| have)? (?:promised|guaranteed|assured me|told me|said)(?: me)?(?: that)?(?: to)?\s+|"
    r"^(?:i|we) (?:was|were|am|are) (?:promised|guaranteed|told)(?: that)?\s+|^(?:ich|wir) |^(?:je|nous) |"
    r"^(?:vou|vamos) ",
    re.IGNORECASE,
)


def _what(text: str, found: re.Match[str], due: when.Due | None) -> str:
    """The deed without who and when: "send it"."""
    if due is not None and due.start >= found.start():
        said = f"{text[found.start() : due.start]} {text[due.end :]}"
    else:
        said = text[found.start() :]
    return " ".join(_LEAD.sub("", said.strip()).split()).strip(" ,:-–")[:120]
