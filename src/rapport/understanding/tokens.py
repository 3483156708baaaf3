"""A post cut into words that the heads can look up, each still knowing where it stood in the post's own text.

Apart from the heads because they all read the same words: cut once, looked up once. Nothing here changes the text, so
every span is an offset into what the person wrote, whatever its alphabet or length.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Final, NamedTuple, cast

READ_AT_MOST: Final = 4_000
"""Characters of one post that are read: a longer one says its business before that, and a hostile one costs no more."""

_TOKEN = re.compile(
    r"([a-cefgi-vyzA-CE-WYZ]\w*(?:['’`]\w+)*"
    r"|(?:https?://|www\.)\S+"
    r"|@(?<!\w@)\w+(?:[.\-]\w+)*(?:@\w+(?:[.\-]\w+)+)?"
    r"|#\w+"
    r"|[:;=xX8](?<!\w[:;=xX8])['’]?[\-o^]?[)(DPpoO/\\|\]\[*3]+(?!\w)"
    r"|<(?<!\w<)/?3+(?!\d)|[dD](?<!\w[dD])[:;](?!\w)|\^_+\^|-_+-"
    r"|\((?<!\w\():(?!\w)|:(?<!\w:)@(?!\w)"
    r"|&(?:amp|lt|gt|quot|apos|nbsp|#\d{1,6});"
    r"|\d+(?:[.,:]\d+)*\w*"
    r"|\w+(?:['’`]\w+)*"
    r"|[!?¿¡؟？！]+|\.\.+|…|[.,;:\n]"
    r"|[\u2190-\u2bff\U0001f000-\U0001faff])"
)
"""Every branch begins with the letters it begins with, so that the others are passed over at once: first the words that
can be nothing else, and what looks back ("not after a letter") looks over its own first sign.
One group round all of it: splitting by it gives what lies between and what was found in turn, so that every place is a
sum of lengths."""
_CAMEL = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[^\WA-Z_\d]+|\d+")
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*([^\W\d_]*)$")
_RUN = re.compile(r"(\w)\1{2,}")

_SAME: Final = {
    "dont": "don't", "doesnt": "doesn't", "didnt": "didn't", "cant": "can't", "cannot": "can't", "wont": "won't",
    "isnt": "isn't", "arent": "aren't", "wasnt": "wasn't", "werent": "weren't", "havent": "haven't",
    "hasnt": "hasn't", "hadnt": "hadn't", "couldnt": "couldn't", "wouldnt": "wouldn't", "shouldnt": "shouldn't",
    "aint": "ain't", "im": "i'm", "ive": "i've", "youre": "you're", "youve": "you've", "thats": "that's",
    "whats": "what's", "theres": "there's", "theyre": "they're", "u": "you", "ur": "your", "yr": "your", "r": "are",
    "y": "why", "pls": "please", "plz": "please", "plse": "please", "pleaseee": "please", "thx": "thanks",
    "thnx": "thanks", "thnks": "thanks", "tks": "thanks", "tnx": "thanks", "ty": "thanks", "thankyou": "thanks",
    "tysm": "thanks", "w": "with", "w/": "with", "w/o": "without", "b4": "before", "gr8": "great", "luv": "love",
    "hrs": "hours", "hr": "hours", "hour": "hours", "h": "hours", "mins": "minutes", "min": "minutes",
    "minute": "minutes", "day": "days", "week": "weeks", "wks": "weeks", "wk": "weeks", "month": "months",
    "mths": "months", "yrs": "years", "year": "years", "cust": "customer", "svc": "service", "serv": "service",
    "flt": "flight", "flts": "flights", "acct": "account", "msg": "message", "dms": "dm", "ppl": "people",
    "smh": "smh", "wanna": "want to", "gonna": "going to", "gotta": "have to", "lemme": "let me",
    "gimme": "give me", "dunno": "don't know", "tho": "though", "bc": "because", "cuz": "because", "coz": "because",
    "n't": "not", "rn": "right now", "asap": "asap", "yall": "you", "y'all": "you", "ya": "you", "1st": "first",
    "cxl": "cancelled", "cxld": "cancelled", "canceled": "cancelled", "rcvd": "received", "dmed": "dm'd",
    "dm'ed": "dm'd", "appt": "appointment", "info": "information", "fav": "favourite", "favorite": "favourite",
}  # fmt: skip
_ENTITY: Final = {"&amp;": "and", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'", "&nbsp;": " "}


@dataclass(slots=True)
class Tokens:
    """The words of one post. ``line`` is them in lower case between single spaces; word *i* of it spans
    ``starts[i]``..``ends[i]`` of the text."""

    text: str
    words: list[str] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    line: str = "  "
    handles: list[tuple[str, int, int]] = field(default_factory=list)
    """Each @handle: lower case without the sign, and its span."""
    tags: int = 0
    links: int = 0
    shouted: int = 0
    """Words of three letters or more that stand in capitals."""
    spoken: int = 0
    """Words in letters that are no link, handle or number: what the person actually said."""
    asked: bool = False
    exclaimed: int = 0
    cut: bool = False


class Word(NamedTuple):
    """What one piece of text is, apart from where it stands: worked out once for each spelling met."""

    words: tuple[str, ...]
    tags: int = 0
    links: int = 0
    shouted: int = 0
    spoken: int = 0
    asked: bool = False
    exclaimed: int = 0


_HANDLE: Final = Word(("<at>",))
_KEPT: Final = 60_000
_LONGEST_KEPT: Final = 24
_met: dict[str, Word] = {}
"""Spellings met before: a memory of a pure function, bounded, so that strangers cannot fill it."""
_plain: dict[str, str] = {}
"""Of these the ones that are one spoken word and not shouted, by which most of a post is known in one call."""


def cut(text: str) -> Tokens:
    """Cut ``text`` (any string at all, also one with NULs or lone surrogates) into Tokens. Linear, never raises."""
    seen = Tokens(text=text[:READ_AT_MOST], cut=len(text) > READ_AT_MOST)
    parts = _TOKEN.split(seen.text)
    raws = parts[1::2]
    places = list(accumulate(map(len, parts), initial=0))
    seen.starts, seen.ends = places[1:-1:2], places[2::2]
    words: list[str | None] = list(map(_plain.get, raws))
    seen.spoken = len(words) - words.count(None)
    split = False
    for at, known in enumerate(words):
        if known is None:
            word = _met.get(raws[at]) or _learn(raws[at])
            words[at] = word.words[0] if word.words else ""
            split = split or len(word.words) != 1
            _count(seen, word, at, raws[at])
    seen.words = cast("list[str]", words)
    if split:
        _spread(seen, raws)
    seen.line = f" {' '.join(seen.words)} "
    return seen


def _count(seen: Tokens, word: Word, at: int, raw: str) -> None:
    """Add what one piece is, beside its words."""
    if word.spoken:
        seen.spoken += 1
        seen.shouted += word.shouted
    elif raw[0] == "@" and len(raw) > 1:
        seen.handles.append((raw[1:].lower(), seen.starts[at], seen.ends[at]))
    else:
        seen.tags += word.tags
        seen.links += word.links
        seen.exclaimed += word.exclaimed
        seen.asked = seen.asked or word.asked


def _spread(seen: Tokens, raws: list[str]) -> None:
    """Where one piece is several words ("3hrs") or none ("#_"), each word has the place of its piece."""
    known = [(_met.get(raw) or _learn(raw)).words for raw in raws]
    seen.words = [part for words in known for part in words]
    seen.starts = [start for start, words in zip(seen.starts, known, strict=True) for _ in words]
    seen.ends = [end for end, words in zip(seen.ends, known, strict=True) for _ in words]


def _learn(raw: str) -> Word:
    if raw[0] == "@" and len(raw) > 1:
        return _HANDLE
    word = _kind(raw, raw.lower())
    if len(raw) <= _LONGEST_KEPT and raw[0] != "@":
        if len(_met) >= _KEPT:
            _met.clear()
            _plain.clear()
        _met[raw] = word
        if word.spoken and not word.shouted and len(word.words) == 1:
            _plain[raw] = word.words[0]
    return word


def _kind(raw: str, low: str) -> Word:
    first = raw[0]
    if first == "#" and len(raw) > 1:
        return Word(tuple(part for piece in _CAMEL.findall(raw)[:8] for part in _same(piece.lower())), tags=1)
    if low.startswith(("http://", "https://", "www.")):
        return Word(("<url>",), links=1)
    if first.isalpha():
        return Word(_same(low), spoken=1, shouted=int(raw.isupper() and len(raw) > 2))
    if first.isdigit():
        unit = _NUMBER.match(low)
        return Word(("<n>", *(_same(unit.group(1)) if unit and unit.group(1) else ())))
    if first == "&" and len(raw) > 1:
        return Word((_ENTITY.get(low, "'"),))
    return _mark(low)


def _same(low: str) -> tuple[str, ...]:
    """A word in its usual spelling: straight apostrophes, known short forms spelled out, no letter thrice."""
    low = low.replace("’", "'").replace("`", "'")
    same = _SAME.get(low)
    if same is not None:
        return tuple(same.split(" "))
    if len(low) > 3 and _RUN.search(low):
        return (_RUN.sub(r"\1", low),)
    return (low,)


def _mark(low: str) -> Word:
    if low[0] in "?!¿¡؟？！":
        if "?" in low or "؟" in low or "？" in low:
            return Word(("?",), asked=True)
        return Word(("!",), exclaimed=len(low))
    if low[0] in ".…;\n":
        return Word(("..." if len(low) > 1 or low == "…" else ".",))
    return Word((low,))
