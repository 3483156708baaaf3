"""To whom a post speaks: to us, about us, about a rival, or past us all.

A handle that leads or ends a post speaks to its owner; one in the middle of a sentence ("my flight with @us") speaks
about them. Where a workspace has told neither handles nor names, the company is the first handle tagged, if the post
treats it as one.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from datetime import UTC, tzinfo
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from rapport.understanding.reading import Addressed, Post, Reason, Us
from rapport.understanding.terms import Hit, Terms
from rapport.understanding.tokens import Tokens

_GREETINGS: Final = frozenset({
    "<at>", ".", ",", "and", "+", '"', "hey", "hi", "hello", "dear", "hola", "bonjour", "salut", "hallo", "ciao", "oi",
    "olá", "buenas", "guten", "tag", "good", "morning", "afternoon", "evening", "yo",
})  # fmt: skip
_ABOUT: Final = frozenset(["at", "with", "from", "by", "on", "to", "for", "of", "via", "in", "and", "the", "my", "our"])
_PLACED: Final = frozenset(["for", "on", "an", "via", "from", "using"])
_PLACES_FOR: Final = frozenset(
    ["app", "apps", "application", "users", "user", "owners", "owner", "version", "versions", "case", "game", "games"]
)
_MANY_TAGS: Final = 4
_MARKS: Final = frozenset(["<at>", "<url>", "?", "!", ".", "...", ",", ":"])
_CROWD: Final = 5
"""So many handles and the post is talk among many."""
_DESK: Final = (
    "help",
    "support",
    "care",
    "assist",
    "service",
    "serv",
    "ask",
    "customer",
    "cust",
    "answers",
    "official",
)
_PLACES: Final = (
    "_cs",
    "team",
    "info",
    "status",
    "social",
    "uk",
    "usa",
    "india",
    "app",
    "bank",
    "mobile",
    "air",
    "store",
)
"""What the handles of service desks hold, and what companies' handles end in."""
_TREATED: Final = {
    "t.service": 3.0, "i.complaint": 2.0, "t.staff": 1.3, "i.thanks": 1.7, "p.first": 1.0, "i.idea": 1.0,
    "i.leaving": 0.8, "i.question": 0.7, "i.request": 0.6, "i.closing": 0.5, "i.joke": -1.4, "e.joy": -1.0,
}  # fmt: skip
_TO_SOMEBODY: Final = (
    "p.second", "i.request", "i.ask", "i.complaint", "i.fault", "i.thanks", "i.closing", "i.leaving", "i.praise", "i.idea",
    "t.service", "u.two", "u.three", "i.greeting", "f.danger", "f.legal", "f.breach", "f.bereavement", "f.illness",
    "f.hardship",
)  # fmt: skip
"""What people say to somebody: where nothing tells how a post came, one of these does."""
_START, _EACH_WORD, _WORDS, _COMPANY = -0.8, 0.1, 15, -0.7
_NUMBERED: Final = -3.0
"""People's handles end in digits ("ann84"), companies' hardly ever."""
_MASKED: Final = 3.0
"""A handle of digits alone is an anonymised one; in doubt it is the company's, for the desk should see it."""


@dataclass(frozen=True, slots=True)
class Ready:
    """``Us`` made ready to be looked for."""

    handles: frozenset[str]
    stems: tuple[str, ...]
    """Our names run together, where no handles are known: a handle that begins so is taken for ours."""
    rivals: frozenset[str]
    names: Terms
    rival_names: Terms
    terms: Terms
    known: bool
    zone: tzinfo = UTC


@lru_cache(maxsize=64)
def ready(us: Us) -> Ready:
    """What ``us`` says, indexed. Cached: a batch has one ``us``."""
    handles = frozenset(handle.lstrip("@").casefold() for handle in us.handles)
    stems = tuple(
        stem for name in us.names if len(stem := "".join(filter(str.isalnum, name)).casefold()) >= 4
    )  # fmt: skip
    return Ready(
        handles=handles,
        stems=() if handles else stems,
        rivals=frozenset(rival.lstrip("@").casefold() for rival in us.rivals),
        names=Terms(us.names),
        rival_names=Terms(rival for rival in us.rivals if not rival.startswith("@")),
        terms=Terms(us.terms),
        known=bool(us.handles or us.names),
        zone=_zone(us.zone),
    )


def _zone(name: str) -> tzinfo:
    """The zone of that name; UTC where there is none."""
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):  # a name of no zone is a KeyError, one with slashes or NULs another
        return UTC


def to_whom(
    post: Post, tokens: Tokens, scores: dict[str, float], us: Ready, *, listed: bool = True
) -> tuple[Addressed, list[Reason]]:
    """Whom the post addresses, and the handle or name that says so. ``scores`` are the lexicon sections' scores;
    ``listed``: its language has lists (in one that has none, the words round our handle cannot say that it is an aside).
    """
    if post.direct:
        return "to_us", [Reason("addressed.direct")]
    ours = [place for place, (handle, _, _) in enumerate(tokens.handles) if _is_ours(handle, us)]
    if not us.known:
        return _unknown(post, tokens, scores)
    if ours:
        return _tagged(tokens, ours[0], scores, listed=listed)
    if any(mention.lstrip("@").casefold() in us.handles for mention in post.mentions):
        return "to_us", [Reason("addressed.mention")]
    if post.before and post.before[-1].ours and not tokens.handles:
        return "to_us", [Reason("addressed.reply")]
    troubled = scores.get("i.complaint", 0.0) >= 0.5
    named = [hit for hit in us.names.find(tokens.text) if troubled or not _aside(hit, tokens)]
    rivals = us.rival_names.find(tokens.text)
    if any(handle in us.rivals for handle, _, _ in tokens.handles):
        return "rival", [Reason("addressed.rival")]
    if named and not (rivals and not _named_first(named, rivals)):
        return "about_us", [_span("addressed.name", named[0], tokens)]
    if rivals:
        return "rival", [_span("addressed.rival", rivals[0], tokens)]
    return _unmarked(post, tokens, scores) if post.direct is None else ("nearby", [])


def _tagged(
    tokens: Tokens, place: int, scores: dict[str, float], *, listed: bool = True
) -> tuple[Addressed, list[Reason]]:
    handle, start, end = tokens.handles[place]
    word = tokens.starts.index(start)
    before = tokens.words[:word]
    reason = Reason("addressed.handle", 1.0, f"@{handle}", start, end)
    if len(tokens.handles) >= _CROWD and not tokens.asked and scores.get("i.complaint", 0.0) < 0.6:
        return "nearby", [reason]
    if tokens.text[end : end + 2] in ("'s", "’s"):
        return "about_us", [reason]
    if all(seen in _GREETINGS for seen in before):
        quoted = tokens.text[:start].rstrip().endswith(("“", '"', "RT", "rt", "“@"))
        return ("about_us" if quoted else "to_us"), [reason]
    if before[0] == "rt" or (listed and not _speaks_to(tokens, scores, word)):
        return "about_us", [reason]
    return "to_us", [reason]


def _speaks_to(tokens: Tokens, scores: dict[str, float], word: int) -> bool:
    """Whether a handle that does not lead is spoken to: by "you", or by standing last under what is asked or wrong."""
    if "p.second" in scores or scores.get("i.request", 0.0) >= 0.9:
        return True
    if tokens.words[word - 1] in _ABOUT or any(seen not in _MARKS for seen in tokens.words[word + 1 :]):
        return False
    wants = max(scores.get(section, 0.0) for section in ("i.request", "i.complaint", "i.fault"))
    return tokens.asked or wants >= 0.5


def _unknown(post: Post, tokens: Tokens, scores: dict[str, float]) -> tuple[Addressed, list[Reason]]:
    """No handles or names told: the first handle is the company, if it looks or is treated like one."""
    if not tokens.handles:
        if post.before and post.before[-1].ours:
            return "to_us", [Reason("addressed.reply")]
        return ("about_us" if _serviced(scores) else "nearby"), []
    desk = next((i for i, (handle, _, _) in enumerate(tokens.handles) if _looks_like_a_desk(handle)), None)
    answered = any(turn.ours for turn in post.before)
    if desk is None and not answered and _company(tokens, scores) < _COMPANY:
        return "nearby", []
    return _tagged(tokens, desk or 0, scores)


def _company(tokens: Tokens, scores: dict[str, float]) -> float:
    """How much a post treats the first handle as a company, in log odds: its matter, and how the handle looks."""
    weight = _START + sum(share * scores.get(section, 0.0) for section, share in _TREATED.items())
    handle = tokens.handles[0][0]
    if handle.isdigit():
        weight += _MASKED
    elif handle[-1:].isdigit():
        weight += _NUMBERED
    if tokens.words[:1] == ["rt"]:
        weight -= 2.0
    weight += (0.5 if tokens.asked else 0.0) + (0.7 if tokens.links else 0.0) + 0.8 * scores.get("neg", 0.0)
    return weight - _EACH_WORD * min(tokens.spoken, _WORDS)


def _serviced(scores: dict[str, float]) -> bool:
    return scores.get("t.service", 0.0) >= 0.8 and scores.get("i.complaint", 0.0) >= 0.7


def _looks_like_a_desk(handle: str) -> bool:
    return any(mark in handle for mark in _DESK) or handle.endswith(_PLACES)


def owns(us: Us, handle: str) -> bool:
    """Whether a handle is one of ours, as far as ``us`` can tell."""
    return _is_ours(handle.lstrip("@").casefold(), ready(us))


def _is_ours(handle: str, us: Ready) -> bool:
    if handle in us.handles or handle.partition(".")[0] in us.handles:
        return True
    return bool(us.stems) and handle.replace("_", "").startswith(us.stems)


def _unmarked(post: Post, tokens: Tokens, scores: dict[str, float]) -> tuple[Addressed, list[Reason]]:
    """Nobody is tagged or named, and how it came is not known: who asks, thanks or tells of a trouble, and does not ask
    round, speaks to whom they write. A tag or a link is talk for all."""
    asks_round = scores.get("i.peers", 0.0) >= 0.5 and "p.second" not in scores
    among_others = bool(post.before) and not post.before[-1].ours
    if tokens.handles or tokens.tags or tokens.links or asks_round or among_others or scores.get("i.news", 0.0) >= 0.5:
        return "nearby", []
    if tokens.asked or any(scores.get(section, 0.0) >= 0.5 for section in _TO_SOMEBODY):
        return "to_us", [Reason("addressed.direct", 0.5)]
    return "nearby", []


def _aside(hit: Hit, tokens: Tokens) -> bool:
    """A name that is not what is spoken of: where something runs ("an app for X", "on my X"), or one tag of many."""
    if tokens.text[hit.start : hit.start + 1] == "#" or tokens.text[max(0, hit.start - 1) : hit.start] == "#":
        return tokens.tags >= _MANY_TAGS
    word = bisect_left(tokens.starts, hit.start)
    before, after = tokens.words[max(0, word - 1) : word], tokens.words[word + 1 : word + 2]
    return bool(_PLACED.intersection(before)) or bool(_PLACES_FOR.intersection(after))


def _named_first(named: list[Hit], rivals: list[Hit]) -> bool:
    return named[0].start <= rivals[0].start


def _span(code: str, hit: Hit, tokens: Tokens) -> Reason:
    return Reason(code, 1.0, tokens.text[hit.start : hit.end], hit.start, hit.end)
