"""Masking what tells who somebody is, before a post leaves the house: each sign covered, so that places stay the same."""

from __future__ import annotations

import re
from typing import Final

_MASKED: Final = re.compile(
    r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"  # e-mail addresses
    r"|https?://\S+|www\.\S+"
    r"|@[\w.-]+(?:@[\w.-]+)?"  # handles
    r"|\+?\d(?:[\s().\-/]{0,3}\d){3,}"  # telephones, orders, cards: four digits and more
    r"|\b(?=\w*\d)(?=\w*[^\W\d_])\w{6,}\b"  # codes of letters and digits
)
_SIGN: Final = re.compile(r"\w")


def mask(text: str) -> str:
    """The text, as long as before, with handles, addresses, links and numbers of four digits or more as x and 0."""
    return _MASKED.sub(_covered, text)


def _covered(hit: re.Match[str]) -> str:
    return _SIGN.sub(lambda sign: "0" if sign[0].isdigit() else "x", hit[0])
