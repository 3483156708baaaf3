"""The anatomy of a matter: what it is about, the thing, what is wrong, what was paid, what one is entitled to (S40).

Candidates, each in the writer's own words, so that a person sees at a glance and nothing is filled in for good.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from typing import Final

from rapport.understanding import lexicon
from rapport.understanding.lexicon import Found
from rapport.understanding.reading import Anatomy, PromiseSpan
from rapport.understanding.tokens import Tokens

TOPICS: Final = (
    "delivery", "damaged", "billing", "refund", "login", "outage", "app", "staff", "waiting", "trip", "contract", "product",
)  # fmt: skip
_MOST_TOPICS, _MOST_FAULTS, _MOST_WORDS = 2, 3, 6
_TROUBLED: Final = 0.5
_NOTHING: Final = Anatomy()
_OWNED: Final = frozenset({
    "my", "the", "this", "our", "a", "an", "your", "mein", "meine", "meinen", "meiner", "der", "die", "das", "den", "unser",
    "unsere", "ein", "eine", "einen", "mon", "ma", "mes", "le", "la", "les", "un", "une", "notre", "votre", "cette", "ce",
    "mi", "el", "una", "su", "este", "esta", "il", "lo", "mio", "mia", "uno", "o", "meu", "minha", "um", "uma", "esse",
})  # fmt: skip
_OF_TROUBLE: Final = ("i.complaint", "i.fault", "i.question", "i.request", "i.ask")
_FAULTY: Final = frozenset({"i.complaint", "i.fault", "h.damaged"})
_PRICE = re.compile(
    r"(?:[$€£¥]|R\$|CHF|USD|EUR|GBP)\s?\d[\d.,]*\d|(?:[$€£])\s?\d|"
    r"\d[\d.,]*\s?(?:€|£|\$|euros?\b|eur\b|dollars?\b|usd\b|pounds?\b|quid\b|gbp\b|francs?\b|chf\b|reais\b)|"
    r"\b(?:very |so |way )?(?:overpriced|expensive|high price|high-priced|premium price|paid a lot)\b|"
    r"\b(?:a|eine?|une|una|uma) (?:small |kleines? |petite |piccola |pequena |pequeña )?(?:fortun[aea]|vermögen)\b",
    re.IGNORECASE,
)
_ENTITLED = re.compile(
    r"\b(?:(?:\w+|\d+)[- ](?:year|years|month|months)|lifetime|extended|in-home|next[- ]day|premium|gold|full|money[- ]back)"
    r"(?:[, ]+[\w-]+){0,3}?[, ]+(?:warranty|guarantee|service|cover|insurance|care plan|support|delivery|contract)\b|"
    r"\b(?:warranty|guarantee)(?: of)? \w+ (?:years?|months?)\b|\b(?:\w+ jahre?|\d+ monate) garantie\b|"
    r"\bgarantie (?:de )?\w+ ans\b|"
    r"\bgarant[ií]a de \w+ años\b|\bgaranzia di \w+ anni\b|\bgarantia de \w+ anos\b",
    re.IGNORECASE,
)


def read(
    tokens: Tokens, found: Sequence[Found], language: str, scores: dict[str, float], promises: Sequence[PromiseSpan]
) -> Anatomy:
    """The parts of the matter; all empty where nothing is wrong or asked."""
    if not tokens.asked and not any(scores.get(section, 0.0) >= _TROUBLED for section in _OF_TROUBLE):
        return _NOTHING
    low = tokens.text.lower()
    price = _PRICE.search(tokens.text) if _told(low, _OF_PRICES) else None
    entitled = _ENTITLED.search(tokens.text) if _told(low, _OF_TITLES) else None
    wrong = scores.get("i.complaint", 0.0) >= 0.5 or scores.get("i.fault", 0.0) >= 0.5
    return Anatomy(
        topics=_topics(found),
        product=_product(tokens, language),
        entitlement=entitled.group() if entitled else "",
        faults=_faults(tokens, found) if wrong else (),
        price=price.group() if price else "",
        promise_broken=_broken(low, tokens.text, promises) if wrong else "",
    )


_OF_PRICES: Final = (
    "€", "$", "£", "¥", "eur", "usd", "gbp", "chf", "dollar", "pound", "quid", "franc", "reais", "pric", "expensive", "paid",
    "fortun", "vermögen",
)  # fmt: skip
_OF_TITLES: Final = (
    "warrant", "guarant", "garant", "garanz", "service", "cover", "insurance", "plan", "support", "contract", "deliver",
)  # fmt: skip
_OF_CLAIMS: Final = (" lie", "lüge", "mensonge", "mentira", "bugia", "not what ")


def _told(low: str, words: tuple[str, ...]) -> bool:
    for word in words:  # noqa: SIM110  (a generator would cost more than what it looks for)
        if word in low:
            return True
    return False


def _topics(found: Sequence[Found]) -> tuple[str, ...]:
    """What most words speak of, the first named first among equals."""
    counts: dict[str, int] = {}
    for section, _, _, _ in found:
        if section.startswith("h."):
            counts[section[2:]] = counts.get(section[2:], 0) + 1
    return tuple(sorted(counts, key=lambda topic: -counts[topic])[:_MOST_TOPICS])


def _product(tokens: Tokens, language: str) -> str:
    """The first thing that is somebody's, with what is said of it: "my blue kettle" → "blue kettle"."""
    things = lexicon.words(language, "w.thing")
    if things.isdisjoint(tokens.words):
        return ""
    for place, word in enumerate(tokens.words):
        if word not in things:
            continue
        for back in (1, 2, 3):
            if place >= back and tokens.words[place - back] in _OWNED:
                return tokens.text[tokens.starts[place - back + 1] : tokens.ends[place]]
    return ""


_BREAK = re.compile(r"[,;:.!?\n]+|\s(?:and|but|und|aber|et|mais|y|pero|e|ma|mas)\s", re.IGNORECASE)
_CLAIMED = re.compile(
    r"\b(?:the|your|that|this) [\w-]+(?: [\w-]+)? (?:is|was|turned out to be) "
    r"(?:all )?(?:a |just a |one big )?(?:lie|lies|not what (?:was|i was|we were) (?:promised|told|sold))\b|"
    r"\b(?:der|die|das|eure?|ihre?) [\w-]+ (?:ist|war) (?:eine )?lüge\b|\b(?:le|la|votre) [\w-]+ est un mensonge\b|"
    r"\b(?:el|la|su) [\w-]+ es (?:una )?mentira\b|\b(?:il|la|lo) [\w-]+ è una bugia\b|\b(?:o|a) [\w-]+ é (?:uma )?mentira\b",
    re.IGNORECASE,
)
"""What was sold is called a lie: a promise that is said to be broken, though nobody says "promised"."""


def _broken(low: str, text: str, promises: Sequence[PromiseSpan]) -> str:
    """Our promise that was not kept: as it was made, or what is called a lie."""
    ours = next((span.text for span in promises if span.who == "us"), "")
    claimed = None if ours or not _told(low, _OF_CLAIMS) else _CLAIMED.search(text)
    return claimed.group() if claimed else ours


def _faults(tokens: Tokens, found: Sequence[Found]) -> tuple[str, ...]:
    """What is wrong, each in the few words around what named it; what stands behind a colon is the list of it."""
    said: dict[str, None] = {}
    breaks = [(0, 0), *((cut.start(), cut.end()) for cut in _BREAK.finditer(tokens.text))]
    breaks.append((len(tokens.text), len(tokens.text)))
    ends, done = [end for _, end in breaks], -1
    wrong = [hit for hit in found if hit[0] in _FAULTY]
    for hit in sorted(wrong, key=lambda hit: (hit.first, -hit.last)):
        first, last = tokens.starts[hit.first], tokens.ends[min(hit.last, hit.first + _MOST_WORDS) - 1]
        if first < done:
            continue
        at = bisect_right(ends, first) - 1
        behind = min(at + 1, len(breaks) - 1)
        if ":" in tokens.text[slice(*breaks[behind])]:
            listed, done = _listed(tokens.text, breaks, behind)
            said |= dict.fromkeys(listed)
        else:
            clause = tokens.text[breaks[at][1] : breaks[behind][0]].strip()
            brief = last <= breaks[behind][0] and len(clause.split()) <= _MOST_WORDS
            said[clause if brief else tokens.text[first:last]] = None
            done = breaks[behind][0] if brief else last
    return tuple(said)[:_MOST_FAULTS]


def _listed(text: str, breaks: Sequence[tuple[int, int]], colon: int) -> tuple[list[str], int]:
    """The members of the list behind a colon, as far as its sentence goes, and where it ends."""
    members: list[str] = []
    for (_, begin), (end, beyond) in zip(breaks[colon:], breaks[colon + 1 :], strict=False):
        if member := " ".join(text[begin:end].split()[:_MOST_WORDS]):
            members.append(member)
        if text[end:beyond].strip(" \t")[:1] in {".", "!", "?", "\n", ""}:
            return members, end
    return members, len(text)
