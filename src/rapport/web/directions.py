"""Which way a text runs, by its words: a handle or an address in front of an Arabic sentence does not turn it around."""

from __future__ import annotations

import re
import unicodedata

_NOT_WORDS = re.compile(r"(?:https?://\S+|[@#][\w.@-]+)")
_LOOKED_AT = 400
_WAYS = {"L": "ltr", "R": "rtl", "AL": "rtl"}


def direction(text: object) -> str:
    """``ltr`` or ``rtl`` by the first letter that has a direction; ``auto`` where there is none."""
    words = _NOT_WORDS.sub(" ", str(text or "")[:_LOOKED_AT])
    return next((_WAYS[way] for letter in words if (way := unicodedata.bidirectional(letter)) in _WAYS), "auto")
