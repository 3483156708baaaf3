"""Suspicion: what makes a submission look like a machine's. It is marked, never refused and never dropped. Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping

MOST_LINKS = 3
MOST_REPEATS = 3
"""The same words for the third time within a day are a machine's; twice is a person with two tabs."""
LONG_ENOUGH = 40
"""Characters: *Hello?* may be said by many."""
_LINK = re.compile(r"https?://|www\.|\[url|<a\s", re.IGNORECASE)


def marks(given: Mapping[str, str], *, trapped: bool, hurried: bool, repeats: int) -> tuple[str, ...]:
    """``trap`` (the field that people do not see was filled in), ``repeated``, ``links``, ``hurried``."""
    words = " ".join(given.get(name, "") for name in ("name", "subject", "text"))
    held = {
        "trap": trapped,
        "repeated": repeats + 1 >= MOST_REPEATS,
        "links": len(_LINK.findall(words)) >= MOST_LINKS,
        "hurried": hurried,
    }
    return tuple(mark for mark, holds in held.items() if holds)


def gist(text: str) -> str:
    """What makes two texts the same (blanks, case and figures aside), as a short hash; empty for a short text."""
    words = re.sub(r"[\W\d_]+", "", text.casefold())
    return hashlib.sha256(words.encode("utf-8", "replace")).hexdigest()[:32] if len(words) >= LONG_ENOUGH else ""
