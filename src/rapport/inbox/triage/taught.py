"""What a workspace's own model may change about a decision: little downward, more upward, and never rows 1 and 2.

A model has seen what the team answered; it has not seen what this person lives through. So whoever asks or complains to
us stays on the desk whatever it thinks (at most marked *unsure*); only what the table itself calls unsure, and what is
courtesy or an offer of help, may it take off, and only below a mark at which it was measured to be wrong hardly ever.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import msgspec

from rapport.inbox.triage.disposition import Disposition, Needs
from rapport.understanding.reading import Reason

COURTESY: Final = frozenset({5, 8})
"""Rows whose *yes* offers something (help unasked, thanks for praise): a team may have another custom."""
LIFTS, SURE = 0.5, 0.85
"""Calibrated chances from which on a *no* becomes *unsure*, and anything less becomes *yes*."""
_WAITING: Final = frozenset({"asked_twice", "unanswered", "answers_us"})


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a workspace's model says: the calibrated ``chance`` that the team would answer; how many of its decisions
    are like this one, answered and not; ``down``: the mark below which it may say no (-1: never)."""

    chance: float
    answered: int = 0
    dismissed: int = 0
    down: float = -1.0


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
    if codes & {"row.1", "row.2"} or any(code.startswith("flag.") for code in codes):
        return decided.needs
    if decided.needs == "no":
        return "yes" if opinion.chance >= SURE else "unsure" if opinion.chance >= LIFTS else "no"
    if decided.needs == "unsure" and opinion.chance >= SURE:
        return "yes"
    if opinion.chance > opinion.down or codes & _WAITING:
        return decided.needs
    return "no" if decided.needs == "unsure" or decided.row in COURTESY else "unsure"
