"""What may never wait or be met with a smile: danger, law, leaked data, death, illness, need.

Recall first, but the words for these are also idle talk ("I'm dying for a coffee", "this killed me"): the lists hold
phrases, not single dramatic words, and what is plainly talk of fiction, sport or news is set aside.
"""

from __future__ import annotations

from typing import Final, get_args

from rapport.understanding.lexicon import Found
from rapport.understanding.reading import Flag, Reason
from rapport.understanding.tokens import Tokens

FLAGS: Final[tuple[Flag, ...]] = get_args(Flag)
_SECTIONS: Final = frozenset(f"f.{flag}" for flag in FLAGS)
_LEAST: Final = 0.75
_GUARDED: Final = 0.78
"""What laughter or talk of films and sport leaves of a flag: one sign is then too few, two are not."""


def raised(tokens: Tokens, scores: dict[str, float], best: dict[str, Found]) -> tuple[tuple[Flag, ...], list[Reason]]:
    """The flags raised and the words that raise them."""
    if _SECTIONS.isdisjoint(scores):
        return (), []
    flags: list[Flag] = []
    reasons: list[Reason] = []
    for flag in FLAGS:
        score = scores.get(f"f.{flag}", 0.0)
        if "guard" in scores:
            score *= _GUARDED
        if score >= _LEAST:
            flags.append(flag)
            reasons.append(evidence(f"flag.{flag}", tokens, best[f"f.{flag}"], score))
    return tuple(flags), reasons


def evidence(code: str, tokens: Tokens, hit: Found, weight: float) -> Reason:
    """A Reason whose span is the words of ``hit`` in the post's own text."""
    start, end = tokens.starts[hit.first], tokens.ends[hit.last - 1]
    return Reason(code=code, weight=round(weight, 3), evidence=tokens.text[start:end], start=start, end=end)
