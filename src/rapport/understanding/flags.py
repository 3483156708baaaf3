"""What may never wait or be met with a smile: danger, law, leaked data, death, illness, need.

Recall first, but the words for these are also idle talk ("I'm dying for a coffee", "this killed me"): the lists hold
phrases, not single dramatic words, and what is plainly talk of fiction, sport or news is set aside.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, get_args

from rapport.understanding.lexicon import Found
from rapport.understanding.reading import Flag, Reason
from rapport.understanding.tokens import Tokens

FLAGS: Final[tuple[Flag, ...]] = get_args(Flag)
_LEAST: Final = 0.75
_TALK: Final = frozenset({
    "movie", "film", "episode", "season", "game", "games", "gaming", "show", "series", "song", "album",
    "book", "novel", "character", "plot", "concert", "festival", "match", "team", "trump", "president",
    "senator", "election", "police", "army", "war", "news", "lyrics", "fortnite", "pubg", "cod", "trailer",
})  # fmt: skip


_PAIRS: Final[tuple[tuple[Flag, str, str, int], ...]] = (
    ("bereavement", "n.kin", "n.dead", 4),
    ("illness", "n.kin", "n.ill", 5),
    ("danger", "n.product", "n.fire", 5),
    ("danger", "n.kin", "n.hurt", 4),
    ("hardship", "n.lack", "n.essential", 5),
)
"""(flag, one list, another list, words): neither says it alone, both within so many words do."""
_PAIRED: Final = 0.8


def paired(found: Sequence[Found]) -> list[Found]:
    """What two words near each other say that neither says alone ("my mother", "last week", "died")."""
    lists: dict[str, list[Found]] = {}
    for hit in found:
        if hit.section.startswith("n."):
            lists.setdefault(hit.section, []).append(hit)
    if len(lists) < 2:
        return []
    return [
        Found(f"f.{flag}", _PAIRED, min(one.first, other.first), max(one.last, other.last))
        for flag, left, right, reach in _PAIRS
        for one in lists.get(left, ())
        for other in lists.get(right, ())
        if max(one.first, other.first) - min(one.last, other.last) < reach
    ]


def raised(tokens: Tokens, scores: dict[str, float], best: dict[str, Found]) -> tuple[tuple[Flag, ...], list[Reason]]:
    """The flags raised and the words that raise them."""
    talk = len(_TALK.intersection(tokens.words))
    flags: list[Flag] = []
    reasons: list[Reason] = []
    for flag in FLAGS:
        score = scores.get(f"f.{flag}", 0.0)
        if talk and "p.first" not in scores:
            score *= 0.6
        if score >= _LEAST:
            flags.append(flag)
            reasons.append(evidence(f"flag.{flag}", tokens, best[f"f.{flag}"], score))
    return tuple(flags), reasons


def evidence(code: str, tokens: Tokens, hit: Found, weight: float) -> Reason:
    """A Reason whose span is the words of ``hit`` in the post's own text."""
    start, end = tokens.starts[hit.first], tokens.ends[hit.last - 1]
    return Reason(code=code, weight=round(weight, 3), evidence=tokens.text[start:end], start=start, end=end)
