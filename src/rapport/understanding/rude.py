"""Whether words insult: asked of what we are about to send, so that the writer reads it once more. Never of a person.

Our own list of slurs, curses and insults, and where the shipped weights speak (English), what they learned around such
words. It is for warning, not for refusing: what it thinks is shown with the words it rests on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rapport.understanding import linear
from rapport.understanding.reader import Draft, see
from rapport.understanding.reading import Post, Us

SECTIONS: Final = frozenset({"o.slur", "o.curse", "o.insult"})
BAR: Final = 0.5
_BY_LIST: Final = {"o.slur": 0.95, "o.curse": 0.8}
_PLACE: Final = linear.OUTPUTS.index("rude")


@dataclass(frozen=True, slots=True)
class Rude:
    """How likely a reader takes offence (0..1, BAR and more is worth a word), and the words that show it, if any do."""

    chance: float
    words: tuple[str, ...]


def judged(texts: Sequence[str]) -> list[Rude]:
    """Each text judged, in order."""
    return [of(draft) for draft in see([Post(text=text) for text in texts], Us())]


def of(draft: Draft) -> Rude:
    """The same of a draft of the reader's."""
    hits = [hit for hit in draft.found if hit.section in SECTIONS]
    listed = max((_BY_LIST.get(hit.section, 0.0) for hit in hits), default=0.0)
    learned = draft.learned[_PLACE] if draft.learned is not None else 0.0
    tokens = draft.tokens
    shown = (tokens.text[tokens.starts[hit.first] : tokens.ends[hit.last - 1]] for hit in hits)
    return Rude(round(max(listed, learned), 3), tuple(dict.fromkeys(shown)))
