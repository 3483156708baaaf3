"""The values of triage: Facts in, Disposition out. What decides is ``decide.py``; both know no Django."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import msgspec

from rapport.understanding.reading import Reading, Reason, Turn

Needs = Literal["yes", "no", "unsure"]


class Disposition(msgspec.Struct, frozen=True, kw_only=True):
    """What a message needs, and why. ``row`` is the deciding row (1..16) of the decision table in docs/glossary.md."""

    row: int
    needs: Needs
    urgency: int
    """0 nothing, 1 ordinary, 2 money, goods, a promise, leaving, 3 danger, stranded, locked out now, bereavement."""
    confidence: float
    reasons: tuple[Reason, ...]
    """Every row that matched as ``row.N`` in precedence order, then the evidence beneath them."""
    settles: bool = False
    """A closing courtesy: it settles a conversation that was waiting on them."""
    peer_answering: bool = False
    """Somebody else is already answering well: the conversation waits on the community."""


@dataclass(frozen=True)
class Rules:
    """A workspace's own choices over the table. Empty means the table as written."""

    offer_help_unasked: bool = True
    """Row 5: a complaint about us that is not addressed to us may be answered."""


@dataclass(frozen=True)
class Facts:
    """All that a decision may look at: the reading, the conversation so far (at most 12 turns)."""

    text: str
    reading: Reading
    before: tuple[Turn, ...] = ()
    suspicions: tuple[str, ...] = ()
    """What made the channel think that a machine sent it; see ``table.PLAIN_SUSPICIONS``."""
