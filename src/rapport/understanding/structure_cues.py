"""Words by which patience shows: that somebody comes back to something, wishes another channel, is put off, is glad.

Apart from ``structure`` because they are a list and no rule: ``structure_cues.txt``, a section a sign, in seven languages
(en de fr es it pt nl). In any other language the turns themselves (who repeats what, who waits how long) still speak.
"""

from __future__ import annotations

import re
from importlib import resources
from typing import Final


def _sections() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    text = resources.files("rapport.understanding").joinpath("structure_cues.txt").read_text("utf-8")
    lines: list[str] = []
    for line in text.splitlines():
        if line.startswith("[") and line.endswith("]") and line[1:-1].isupper():
            lines = found.setdefault(line[1:-1], [])
        elif line and not line.startswith("#"):
            lines.append(line)
    return found


_LISTS: Final = _sections()


def _any(section: str) -> re.Pattern[str]:
    return re.compile(r"(?<!\w)(?:" + "|".join(_LISTS[section]) + r")", re.IGNORECASE)


COMES_BACK: Final = _any("COMES_BACK")
"""They come back to something: asked, sent or done before; waited for; not heard of."""
WISHES: Final = _any("WISHES")
"""They wish to be called, or to speak to somebody."""
SPEAKS_OF_CALLING: Final = _any("SPEAKS_OF_CALLING")
REFUSES: Final = _any("REFUSES")
HANDED_ON: Final = _any("HANDED_ON")
"""Ours: somebody else is to see to it."""
PUT_OFF: Final = _any("PUT_OFF")
"""Ours, when it says nothing: kept apart from answers, and weighs little by itself."""
GLAD: Final = _any("GLAD")
"""They are glad: what went before is settled between them and us."""
ASKS: Final = _any("ASKS")
"""Theirs, where a wish is no question."""
THANKS: Final = _any("THANKS")
"""Courtesies."""
_GREETED: Final = r"^\W*(?:(?:" + "|".join(_LISTS["GREETS"]) + r")\b[^.,!:\n]{0,40}[.,!:\n]\s*)?"
ANSWERS: Final = re.compile(_GREETED + r"(?:" + "|".join(_LISTS["ANSWERS"]) + r")", re.IGNORECASE)
"""Ours, when it begins as an answer does: yes, of course, done."""
DEAR: Final = re.compile(r"\A\s*(?:" + "|".join(_LISTS["DEAR"]) + r")\b[^.!?,;:\n]{0,40}[,!.:\n]", re.IGNORECASE)
"""How a mail begins."""
_NAME: Final = r"[^\W\d_][\w.'’-]{0,30}"
FAREWELL: Final = re.compile(
    r"(?:^|(?<=[.!?…:)\n])|(?<=[.!?]\s))\s*(?:" + "|".join(_LISTS["FAREWELL"]) + r")[,!.\s–-]{1,4}"
    rf"{_NAME}(?:[,\s]{{1,3}}{_NAME}){{0,7}}\W{{0,6}}\Z",
    re.IGNORECASE | re.MULTILINE,
)
"""How it ends, with the names beneath."""
EMPTY: Final = frozenset(word for line in _LISTS["EMPTY"] for word in line.split())
"""Words that carry no matter: what is left of a sentence without them is what it is about."""
