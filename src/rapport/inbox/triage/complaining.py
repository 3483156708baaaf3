"""Whether a post complains: the rows of the table that are complaints, or what the weights make of it where it reaches
the desk. Pure."""

from __future__ import annotations

from typing import Final

from rapport.inbox.triage.disposition import Disposition
from rapport.understanding.linear import OUTPUTS
from rapport.understanding.reader import Draft

ROWS: Final = frozenset({1, 2, 4, 5, 11})
BAR: Final = 0.5
_PLACE: Final = OUTPUTS.index("complaint")


def complains(draft: Draft, disposition: Disposition) -> bool:
    """By the rows; else, English only, by the weights, for a post that somebody is to answer."""
    if disposition.row in ROWS:
        return True
    learned = draft.learned[_PLACE] if draft.learned is not None else 0.0
    return disposition.needs != "no" and learned >= BAR
