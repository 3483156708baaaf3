"""What neither of two words says alone and both say together: "my mother" and "died", "smoke" and "the charger".

A frame asks for one finding of each of its places within so many words, in any order; a place may be filled from any of
several lists. Frames know no language: the lists do (``lexicons/safety``). Sections ``n.*`` start a frame and are looked
for in every post; ``w.*`` (me, kin, things) are everywhere and are looked at only where a frame has started.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from typing import Final, NamedTuple

from rapport.understanding import lexicon
from rapport.understanding.lexicon import Found
from rapport.understanding.reading import Flag
from rapport.understanding.tokens import Tokens


class Frame(NamedTuple):
    """``places``: for each one the sections that may fill it, the first place always from ``n.*``; within ``reach``
    words, in the order written where ``ordered``; not where a section of ``unless`` was found anywhere."""

    flag: Flag
    weight: float
    reach: int
    places: tuple[tuple[str, ...], ...]
    unless: str = ""
    ordered: bool = False


def _frame(flag: Flag, weight: float, reach: int, places: str, unless: str = "") -> Frame:
    filled = tuple(tuple(_full(name) for name in place.split("/")) for place in re.split(r" [+>] ", places))
    return Frame(flag, weight, reach, filled, unless, " > " in places)


def _full(name: str) -> str:
    return f"w.{name}" if name in ("me", "you", "kin", "kins", "person", "body", "thing") else f"n.{name}"


FRAMES: Final = (
    _frame("danger", 0.85, 10, "alarm + sounding"),
    _frame("danger", 0.85, 6, "fire + thing"),
    _frame("danger", 0.85, 6, "shock + thing"),
    _frame("danger", 0.85, 6, "wound/tear + body + me/kin/person"),
    _frame("danger", 0.85, 8, "wound/tear + crash + me/kin/person"),
    _frame("danger", 0.85, 5, "faint + person/kin"),
    _frame("danger", 0.6, 3, "faint + me"),
    _frame("danger", 0.85, 8, "sick + mass"),
    _frame("danger", 0.85, 8, "sick + minor + you/ate"),
    _frame("danger", 0.85, 7, "attack + grown + me/kin/minor"),
    _frame("danger", 0.8, 3, "assault + me/kin"),
    _frame("danger", 0.9, 6, "weapon + attack/threat/assault"),
    _frame("danger", 0.85, 8, "threat + grown"),
    _frame("danger", 0.85, 10, "stalk + menace"),
    _frame("danger", 0.85, 6, "guard + unfit"),
    _frame("danger", 0.85, 8, "care + neglect + minor/kin/kins"),
    _frame("danger", 0.85, 8, "minor + unwatched"),
    _frame("danger", 0.85, 6, "shut + box"),
    _frame("danger", 0.85, 18, "shut + hold + peril"),
    _frame("danger", 0.85, 25, "adrift + wild + minor/peril"),
    _frame("danger", 0.85, 14, "adrift + deadly"),
    _frame("danger", 0.85, 9, "lifeline + fails"),
    _frame("danger", 0.8, 9, "part + breaks + me/kin/person"),
    _frame("danger", 0.85, 8, "hard + worn + found"),
    _frame("danger", 0.9, 6, "poison + ate"),
    _frame("danger", 0.85, 10, "reacts + allergen"),
    _frame("danger", 0.85, 8, "electric + wet"),
    _frame("danger", 0.85, 10, "harmed + crash"),
    _frame("danger", 0.85, 12, "welfare + kin/person/minor"),
    _frame("legal", 0.85, 8, "lawyer + lawact"),
    _frame("legal", 0.8, 6, "lawyers + me"),
    _frame("legal", 0.85, 8, "watchdog + report"),
    _frame("legal", 0.85, 15, "rightsdata + demand"),
    _frame("legal", 0.8, 12, "unlawful + pursue"),
    _frame("breach", 0.85, 4, "others + datum"),
    _frame("breach", 0.85, 12, "others + datum + saw"),
    _frame("breach", 0.85, 14, "notmine + datum + saw"),
    _frame("breach", 0.85, 9, "intruder + tookover"),
    _frame("breach", 0.9, 8, "notme + charged"),
    _frame("breach", 0.85, 16, "fakes + lostmoney"),
    _frame("bereavement", 0.9, 5, "dead + kin/kins"),
    _frame("bereavement", 0.9, 12, "died + kin"),
    _frame("bereavement", 0.85, 3, "loss > kin"),
    _frame("bereavement", 0.9, 8, "perished + holder"),
    _frame("illness", 0.85, 5, "sickness + me/kin"),
    _frame("illness", 0.85, 14, "sickness + hindered"),
    _frame("illness", 0.8, 12, "unwell + hindered + me/kin"),
    _frame("hardship", 0.85, 8, "broke + need", "n.technical"),
    _frame("hardship", 0.85, 14, "tightness + vulnerable"),
    _frame("hardship", 0.9, 5, "state + me/kin"),
)

_STARTED: Final[dict[str, tuple[int, ...]]] = {
    section: tuple(number for number, frame in enumerate(FRAMES) if section in frame.places[0])
    for frame in FRAMES
    for section in frame.places[0]
}
Span = tuple[int, int]
_TRIED: Final = 60


def filled(tokens: Tokens, found: Sequence[Found], language: str) -> list[Found]:
    """A finding ``f.<flag>`` for each frame that is filled, spanning its words. Time grows as n log n of the findings."""
    lists: dict[str, list[Span]] = {}
    for section, _, first, last in found:
        if section.startswith("n."):
            lists.setdefault(section, []).append((first, last))
    if not lists:
        return []
    raised: list[Found] = []
    for number in sorted({number for section in lists for number in _STARTED.get(section, ())}):
        frame = FRAMES[number]
        if frame.unless in lists:
            continue
        places = [_places(place, lists, tokens, language) for place in frame.places]
        if all(places) and (span := _within(places, frame.reach, frame.ordered)):
            raised.append(Found(f"f.{frame.flag}", frame.weight, *span))
    return raised


def _places(names: tuple[str, ...], lists: dict[str, list[Span]], tokens: Tokens, language: str) -> list[Span]:
    """Where a place may be filled, in order; the plain words are looked up the first time they are asked for."""
    for name in names:
        if name.startswith("w.") and name not in lists:
            meant = lexicon.words(language, name)
            lists[name] = [(at, at + 1) for at, word in enumerate(tokens.words) if word in meant]
    if len(names) == 1:
        return lists.get(names[0], [])
    return sorted(span for name in names for span in lists.get(name, ()))


def _within(places: list[list[Span]], reach: int, ordered: bool) -> Span | None:
    """The first window that holds one span of each place, none of them sharing a word."""
    for start in places[0]:
        low, high, taken = start[0], start[1], [start]
        for others in places[1:]:
            near = _nearest(others, taken, (high if ordered else low - reach, low, high + reach))
            if near is None:
                break
            taken.append(near)
            low, high = min(low, near[0]), max(high, near[1])
        else:
            return low, high
    return None


def _nearest(others: list[Span], taken: list[Span], window: tuple[int, int, int]) -> Span | None:
    """The closest span between the window's first and last word that shares no word with ``taken``; a few are tried."""
    begin, middle, end = window
    at = bisect_left(others, (begin, 0))
    best: Span | None = None
    for span in others[at : at + _TRIED]:
        if span[0] > end:
            break
        if any(span[0] < last and first < span[1] for first, last in taken):
            continue
        if best is None or abs(span[0] - middle) < abs(best[0] - middle):
            best = span
    return best
