"""What a workspace's own model may change about a decision: little downward, more upward, and never rows 1 and 2.

A model has seen what the team answered; it has not seen what this person lives through. So whoever asks or complains to
us stays on the desk whatever it thinks (at most marked *unsure*); only what the table itself calls unsure, and what is
courtesy or an offer of help, may it take off, and only below a mark at which it was measured to be wrong hardly ever.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import msgspec

from rapport.inbox.triage.disposition import Disposition, Needs
from rapport.inbox.triage.table import NEEDS
from rapport.understanding.reading import Reason

COURTESY: Final = frozenset({5, 8})
"""Rows whose *yes* offers something (help unasked, thanks for praise): a team may have another custom."""
ROWS: Final = frozenset({3, 4, 5, 6, 7, 8, 9, 10, 11, 14, 15})
"""What a team may call its posts. Not danger and grief; nor what settles a conversation or leaves it to others."""
CALLED: Final = 0.6
"""The calibrated chance from which on another row is put in the place of the table's."""
LIFTS, SURE = 0.5, 0.85
"""Calibrated chances from which on a *no* becomes *unsure*, and anything less becomes *yes*."""
LESS: Final = 0.4
"""Below this chance a *yes* is marked *unsure*: it stays on the desk, so that no mark has to be measured for it."""
MISSED, UNTHANKED = 0.05, 0.1
"""So many of the posts below a mark may have been wanted, measured with 90 % confidence; of courtesies rather more."""
_WAITING: Final = frozenset({"asked_twice", "unanswered", "answers_us"})


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a workspace's model says: the calibrated ``chance`` that the team would answer; how many of its decisions
    are like this one, answered and not; ``down``: the mark below which it may say no (-1: never), and ``courtesy``
    the one for rows that offer something."""

    chance: float
    answered: int = 0
    dismissed: int = 0
    down: float = -1.0
    courtesy: float = -1.0


def marked(chance: float, marks: Mapping[str, float], answered: int = 0, dismissed: int = 0) -> Opinion:
    """An opinion with the marks that its head was given; without one it may never say no."""
    down, courtesy = marks.get("down", -1.0), marks.get("courtesy", -1.0)
    return Opinion(chance=chance, answered=answered, dismissed=dismissed, down=down, courtesy=courtesy)


def call(decided: Disposition, row: int, chance: float, alike: int = 0) -> Disposition:
    """The decision under the name that the team gives such posts; the same object where nothing changes.

    A name moves nobody: on the desk it may change for another that is answered, off it for another that is not.
    ``alike``: so many posts like this one the team called so.
    """
    if chance < CALLED or row == decided.row or row not in ROWS or decided.row not in ROWS | {16}:
        return decided
    if _untouchable({reason.code for reason in decided.reasons}):
        return decided
    if (NEEDS[row] == "no") != (decided.needs == "no"):
        return decided
    return msgspec.structs.replace(decided, row=row, reasons=(Reason("taught.row", float(alike)), *decided.reasons))


def weigh(decided: Disposition, opinion: Opinion) -> Disposition:
    """The decision with the team's habit weighed in; the same object where nothing changes."""
    needs = _needs(decided, opinion)
    if needs == decided.needs:
        return decided
    alike = opinion.dismissed if needs == "no" or decided.needs == "yes" else opinion.answered
    code = "taught.less" if decided.needs == "yes" and needs == "unsure" else f"taught.{needs}"
    return msgspec.structs.replace(
        decided,
        needs=needs,
        urgency=0 if needs == "no" else max(1, decided.urgency),
        confidence=round(max(opinion.chance, 1 - opinion.chance), 3),
        reasons=(Reason(code, float(alike)), *decided.reasons),
        settles=decided.settles and needs == "no",
        peer_answering=decided.peer_answering and needs == "no",
    )


def _needs(decided: Disposition, opinion: Opinion) -> Needs:
    codes = {reason.code for reason in decided.reasons}
    if _untouchable(codes):
        return decided.needs
    if decided.needs == "no":
        return "yes" if opinion.chance >= SURE else "unsure" if opinion.chance >= LIFTS else "no"
    if decided.needs == "unsure" and opinion.chance >= SURE:
        return "yes"
    if codes & _WAITING:
        return decided.needs
    offers = decided.row in COURTESY
    if opinion.chance <= (opinion.courtesy if offers else opinion.down) and (offers or decided.needs == "unsure"):
        return "no"
    return "unsure" if opinion.chance < LESS else decided.needs


def _untouchable(codes: set[str]) -> bool:
    return bool(codes & {"row.1", "row.2"}) or any(code.startswith("flag.") for code in codes)
