"""A post cut into words that the heads can look up, each still knowing where it stood in the post's own text.

Apart from the heads because they all read the same words: cut once, looked up once. Nothing here changes the text, so
every span is an offset into what the person wrote, whatever its alphabet or length.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

READ_AT_MOST: Final = 4_000
"""Characters of one post that are read: a longer one says its business before that, and a hostile one costs no more."""

_TOKEN = re.compile(
    r"(?:https?://|www\.)\S+"
    r"|(?<!\w)@\w+(?:[.\-]\w+)*(?:@\w+(?:[.\-]\w+)+)?"
    r"|#\w+"
    r"|(?<!\w)[:;=xX8]['’]?[\-o^]?[)(DPpoO/\\|\]\[*3]+(?!\w)|(?<!\w)</?3+(?!\d)|(?<!\w)[dD][:;](?!\w)|\^_+\^|-_+-"
    r"|&(?:amp|lt|gt|quot|apos|nbsp|#\d{1,6});"
    r"|\w+(?:['’`]\w+)*"
    r"|[!?¿¡؟？！]+|\.\.+|…|[.,;:\n]"
    r"|[\u2190-\u2bff\U0001f000-\U0001faff]"
)
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


def cut(text: str) -> Tokens:
    """Cut ``text`` (any string at all, also one with NULs or lone surrogates) into Tokens. Linear, never raises."""
    seen = Tokens(text=text[:READ_AT_MOST], cut=len(text) > READ_AT_MOST)
    for found in _TOKEN.finditer(seen.text):
        _take(seen, found.group(), found.start(), found.end())
    seen.line = f" {' '.join(seen.words)} "
    return seen


def _take(seen: Tokens, raw: str, start: int, end: int) -> None:
    first = raw[0]
    low = raw.lower()
    if first == "@" and len(raw) > 1:
        seen.handles.append((low[1:], start, end))
        _add(seen, "<at>", start, end)
    elif first == "#" and len(raw) > 1:
        seen.tags += 1
        for part in _CAMEL.findall(raw)[:8]:
            _word(seen, part.lower(), start, end)
    elif low.startswith(("http://", "https://", "www.")):
        seen.links += 1
        _add(seen, "<url>", start, end)
    elif first.isalpha():
        seen.spoken += 1
        if raw.isupper() and len(raw) > 2:
            seen.shouted += 1
        _word(seen, low, start, end)
    elif first.isdigit():
        _number(seen, low, start, end)
    elif first == "&":
        _add(seen, _ENTITY.get(low, "'"), start, end)
    else:
        _mark(seen, low, start, end)


def _word(seen: Tokens, low: str, start: int, end: int) -> None:
    if "’" in low or "`" in low:
        low = low.replace("’", "'").replace("`", "'")
    same = _SAME.get(low)
    if same is None:
        if len(low) > 3 and _RUN.search(low):
            low = _RUN.sub(r"\1\1", low) if low[:2] == low[1:3] else _RUN.sub(r"\1", low)
        _add(seen, low, start, end)
        return
    for part in same.split(" "):
        _add(seen, part, start, end)


def _number(seen: Tokens, low: str, start: int, end: int) -> None:
    found = _NUMBER.match(low)
    _add(seen, "<n>", start, end)
    if found and found.group(1):
        _word(seen, found.group(1), start, end)


def _mark(seen: Tokens, low: str, start: int, end: int) -> None:
    if low[0] in "?!¿¡؟？！":
        if "?" in low or "؟" in low or "？" in low:
            seen.asked = True
            _add(seen, "?", start, end)
        else:
            seen.exclaimed += len(low)
            _add(seen, "!", start, end)
    elif low[0] in ".…;\n":
        _add(seen, "..." if len(low) > 1 or low == "…" else ".", start, end)
    else:
        _add(seen, low, start, end)


def _add(seen: Tokens, word: str, start: int, end: int) -> None:
    seen.words.append(word)
    seen.starts.append(start)
    seen.ends.append(end)
