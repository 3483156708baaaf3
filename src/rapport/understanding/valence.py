"""How good or bad the words are: a sum over our own weighted lists, turned by negation, raised by stress.

The bounded sum s / sqrt(s² + 15) is VADER's (Hutto & Gilbert 2014), which made it comparable across lengths.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from operator import itemgetter
from typing import Final

from rapport.understanding.lexicon import Found
from rapport.understanding.reading import Valence
from rapport.understanding.tokens import Tokens

_REACH: Final = 3
"""How many words before a feeling word a "not" or a "very" still bears on it."""
_TURNED: Final = -0.6
_BOOSTED: Final = 1.35
_DAMPED: Final = 0.7
_SPREAD: Final = 15.0
_POSITIVE, _NEGATIVE = 0.25, -0.2
_OF_FAULTS, _OF_ADDRESS = 0.2, 0.3
_STEEP: Final = 1.7
"""What a margin is multiplied by to be the log of a chance, fitted to the validation set."""
_TURNS: Final = frozenset({"neg", "boost", "damp"})
_STOPS: Final = frozenset({".", ",", "?", "!", "...", ";"})


def score(tokens: Tokens, found: Sequence[Found]) -> float:
    """-1 (wholly negative) .. 1 (wholly positive), 0 where nothing is felt."""
    feelings = [hit for hit in found if hit[0] == "v"]
    if not feelings:
        return 0.0
    if len(feelings) > 1:
        feelings = _longest(feelings)
    turns: dict[int, str] = {}
    but = -1
    for section, _, first, last in found:
        if section in _TURNS:
            turns[last - 1] = section
        elif section == "but":
            but = max(but, first)
    inside = {place for hit in feelings for place in range(hit.first, hit.last)}
    total = 0.0
    for hit in feelings:
        weight = _turned(hit, turns, inside, tokens.words)
        if but >= 0:
            weight *= 1.25 if hit.first > but else 0.6
        total += weight
    if total and tokens.exclaimed:
        total += math.copysign(min(tokens.exclaimed, 4) * 0.25, total)
    if total and tokens.shouted and tokens.shouted * 2 < tokens.spoken:
        total *= 1.15
    return total / math.sqrt(total * total + _SPREAD)


def judge(felt: float, learned: Sequence[float] | None, complaint: float, to_us: bool) -> tuple[Valence, float]:
    """The valence's name and its score -1..1, from the lists' ``felt`` and the model's (negative, neutral, positive).

    The model names the strongest of its three margins. It learned from talk at large; whoever writes *to* a company,
    and of a fault, is less content than the same dry words would say elsewhere, so both lean on the scale. Where the
    model has learned nothing, the lists alone decide, with thresholds that are not even, as plain talk leans friendly.
    """
    if learned is None:
        return ("positive" if felt >= _POSITIVE else "negative" if felt <= _NEGATIVE else "neutral"), felt
    negative, neutral, positive = _leaned(learned, complaint, to_us)
    score = max(-1.0, min(1.0, (positive - negative) / 2))
    if neutral >= negative and neutral >= positive:
        return "neutral", score
    return ("positive", max(score, 0.0)) if positive >= negative else ("negative", min(score, 0.0))


def _leaned(learned: Sequence[float], complaint: float, to_us: bool) -> tuple[float, float, float]:
    lean = _OF_FAULTS * complaint + (_OF_ADDRESS if to_us else 0.0)
    return learned[0] + lean, learned[1], learned[2] - 0.3 * lean


def sure(named: Valence, felt: float, learned: Sequence[float] | None, complaint: float, to_us: bool) -> float:
    """The chance 0..1 that ``named``, what ``judge`` said of the same, is right."""
    if learned is None:
        return 0.5 + abs(felt) / 2 if named != "neutral" else 0.5
    grown = [math.exp(_STEEP * margin) for margin in _leaned(learned, complaint, to_us)]
    return grown[("negative", "neutral", "positive").index(named)] / sum(grown)


def _turned(hit: Found, turns: dict[int, str], inside: set[int], words: list[str]) -> float:
    weight = hit.weight
    for place in range(hit.first - 1, max(-1, hit.first - 1 - _REACH), -1):
        if words[place] in _STOPS:
            break
        turn = turns.get(place)
        if turn == "neg" and place not in inside:
            weight *= _TURNED
        elif turn == "boost":
            weight *= _BOOSTED
        elif turn == "damp":
            weight *= _DAMPED
    return weight


def _longest(feelings: list[Found]) -> list[Found]:
    """Each word felt once: the longer entry wins over the ones inside it."""
    taken: set[int] = set()
    kept = []
    for hit in sorted(feelings, key=lambda hit: (hit[2] - hit[3], hit[2])):
        places = range(hit[2], hit[3])
        if taken.isdisjoint(places):
            taken.update(places)
            kept.append(hit)
    return sorted(kept, key=_first)


_first: Final = itemgetter(2)
