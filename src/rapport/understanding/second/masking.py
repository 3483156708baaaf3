"""Masking what tells who somebody is, before a post leaves the house: each sign covered, so that places stay the same."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

_MASKED: Final = re.compile(
    r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"  # e-mail addresses
    r"|https?://\S+|www\.\S+"
    r"|@[\w.-]+(?:@[\w.-]+)?"  # handles
    r"|\+?\d(?:[\s().\-/]{0,3}\d){3,}"  # telephones, orders, cards: four digits and more
    r"|\b(?=\w*\d)(?=\w*[^\W\d_])\w{6,}\b"  # codes of letters and digits
)
_SIGN: Final = re.compile(r"\w")
SHORTEST: Final = 3
"""A part of a name with fewer letters is a word like others."""


def mask(text: str, names: Iterable[str] = ()) -> str:
    """The text, as long as before, with handles, addresses, links and numbers of four digits or more as x and 0.

    So are the ``names`` of whoever wrote it, whole and in parts, as people sign with them.
    """
    covered = _MASKED.sub(_covered, text)
    parts = {part for name in names for part in re.findall(r"[^\W\d_]+", name) if len(part) >= SHORTEST}
    if not parts:
        return covered
    signed = "|".join(re.escape(part) for part in sorted(parts, key=lambda part: (-len(part), part)))
    return re.sub(rf"\b(?:{signed})(?:'s|’s)?\b", _covered, covered, flags=re.IGNORECASE)


def _covered(hit: re.Match[str]) -> str:
    return _SIGN.sub(lambda sign: "0" if sign[0].isdigit() else "x", hit[0])
