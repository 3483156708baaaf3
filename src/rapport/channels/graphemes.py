"""Counting what a reader sees as one character: extended grapheme clusters (Unicode Annex #29), standard library only.

Python's ``unicodedata`` knows categories but not Extended_Pictographic nor the conjoining letters, so those ranges
stand here. Rule GB9c (conjunct letters of Indic scripts, Unicode 15.1) is not applied: networks that count graphemes
mostly do not apply it either, and without it a count is never too low.
"""

from __future__ import annotations

import functools
import unicodedata
from bisect import bisect_right

# Extended_Pictographic, as first-last pairs in ascending order (emoji-data.txt, Unicode 15).
RANGES = """
A9 AE 203C 2049 2122 2139 2194-2199 21A9-21AA 231A-231B 2328 2388 23CF 23E9-23F3 23F8-23FA 24C2 25AA-25AB 25B6
25C0 25FB-25FE 2600-2605 2607-2612 2614-2685 2690-2705 2708-2712 2714 2716 271D 2721 2728 2733-2734 2744 2747
274C 274E 2753-2755 2757 2763-2767 2795-2797 27A1 27B0 27BF 2934-2935 2B05-2B07 2B1B-2B1C 2B50 2B55 3030 303D
3297 3299 1F000-1F0FF 1F10D-1F10F 1F12F 1F16C-1F171 1F17E-1F17F 1F18E 1F191-1F19A 1F1AD-1F1E5 1F201-1F20F
1F21A 1F22F 1F232-1F23A 1F23C-1F23F 1F249-1F3FA 1F400-1F53D 1F546-1F64F 1F680-1F6FF 1F774-1F77F 1F7D5-1F7FF
1F80C-1F80F 1F848-1F84F 1F85A-1F85F 1F888-1F88F 1F8AE-1F8FF 1F90C-1F93A 1F93C-1F945 1F947-1FAFF 1FC00-1FFFD
"""
PICTOGRAPHIC = tuple(
    (int(first, 16), int(last or first, 16)) for first, _, last in (pair.partition("-") for pair in RANGES.split())
)
STARTS = [first for first, _ in PICTOGRAPHIC]
# Spacing marks (category Mc) that do not join what stands before them, and two letters that do.
NOT_JOINING = frozenset(
    {0x102B, 0x102C, 0x1038, *range(0x1062, 0x1065), *range(0x1067, 0x106E), 0x1083, *range(0x1087, 0x108D), 0x108F}
    | {*range(0x109A, 0x109D), 0x1A61, 0x1A63, 0x1A64, 0xAA7B, 0xAA7D, 0x11720, 0x11721}
)
JOINING_LETTERS = frozenset([0x0E33, 0x0EB3])
# Letters and signs that join what follows them (Prepend).
PREPENDED = frozenset(
    {*range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0xD4E, 0x110BD, 0x110CD, 0x111C2, 0x111C3}
    | {0x1193F, 0x11941, *range(0x11A84, 0x11A8A), 0x11D46, 0x11F02}
)
ZWJ = 0x200D


@functools.lru_cache(maxsize=4096)
def kind(character: str) -> str:
    """The Grapheme_Cluster_Break class of one character, as far as the rules below need it."""
    code = ord(character)
    if character in "\r\n":
        return character
    if code == ZWJ:
        return "zwj"
    if 0x1F1E6 <= code <= 0x1F1FF:
        return "flag"
    if code in PREPENDED:
        return "prepend"
    category = unicodedata.category(character)
    if category in {"Mn", "Me"} or code in {0x200C, 0xFF9E, 0xFF9F} or 0x1F3FB <= code <= 0x1F3FF:
        return "extend"
    if 0xE0020 <= code <= 0xE007F:
        return "extend"
    if code in JOINING_LETTERS or (category == "Mc" and code not in NOT_JOINING):
        return "mark"
    if category in {"Cc", "Cf", "Cs", "Zl", "Zp"}:
        return "control"
    return _hangul(code) or ("pictograph" if _pictographic(code) else "other")


def _hangul(code: int) -> str:
    if 0x1100 <= code <= 0x115F or 0xA960 <= code <= 0xA97C:
        return "L"
    if 0x1160 <= code <= 0x11A7 or 0xD7B0 <= code <= 0xD7C6:
        return "V"
    if 0x11A8 <= code <= 0x11FF or 0xD7CB <= code <= 0xD7FB:
        return "T"
    if 0xAC00 <= code <= 0xD7A3:
        return "LV" if (code - 0xAC00) % 28 == 0 else "LVT"
    return ""


def _pictographic(code: int) -> bool:
    place = bisect_right(STARTS, code) - 1
    return place >= 0 and code <= PICTOGRAPHIC[place][1]


HANGUL = frozenset(
    {("L", "L"), ("L", "V"), ("L", "LV"), ("L", "LVT"), ("LV", "V"), ("V", "V"), ("LV", "T"), ("V", "T"), ("LVT", "T")}
    | {("T", "T")}
)
ALONE = frozenset(["\r", "\n", "control"])


def count(text: str) -> int:
    """How many extended grapheme clusters ``text`` has."""
    if text.isascii():
        return len(text) - text.count("\r\n")
    clusters = flags = 0
    before, picture, glued = "", False, False
    for character in text:
        here = kind(character)
        joins = _joins(before, here) or (here == "pictograph" and glued) or (here == "flag" and flags % 2 == 1)
        clusters += not joins
        flags = flags + 1 if here == "flag" else 0
        glued = here == "zwj" and picture
        picture = here == "pictograph" or (picture and here == "extend")
        before = here
    return clusters


def _joins(before: str, here: str) -> bool:
    """No boundary between these two classes (rules GB3 to GB9b); pictures and flags need to look further back."""
    if before in ALONE or here in ALONE:
        return before == "\r" and here == "\n"
    return bool(before) and (here in {"extend", "mark", "zwj"} or before == "prepend" or (before, here) in HANGUL)
