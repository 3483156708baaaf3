"""The form in which a language says how people bind themselves, and how its patterns are made."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple


class Ways(NamedTuple):
    """The patterns of one language. ``never``: what unbinds a clause; ``names`` catches who else will do it."""

    own: re.Pattern[str]
    now: re.Pattern[str]
    other: re.Pattern[str]
    given: re.Pattern[str]
    never: re.Pattern[str]
    names: re.Pattern[str]
    hints: Mapping[str, tuple[str, ...]] = {}
    """Way → words of which one stands in every text that its pattern meets; not told: every text is searched."""


def begun(words: str) -> re.Pattern[str]:
    """Any of these at the beginning of a word."""
    return re.compile(rf"(?<!\w)(?:{words})", re.IGNORECASE)


def whole(words: str) -> re.Pattern[str]:
    """Any of these as whole words."""
    return re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE)


def cased(words: str) -> re.Pattern[str]:
    """As begun, with capitals as they stand: names."""
    return re.compile(rf"(?<!\w)(?:{words})")
