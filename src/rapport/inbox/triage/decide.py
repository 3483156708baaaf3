"""Does it need a response? The decision table applied to frozen facts.

The rows (``table``) are asked in the table's own precedence, the first that holds decides, and all that hold are kept
as reasons. Followers, avatar, name and politeness are no facts, so no row can ask for them. In doubt the desk sees it.
"""

from __future__ import annotations

from typing import Final

from rapport.inbox.triage.disposition import Disposition, Facts, Needs, Rules
from rapport.inbox.triage.matter import Matter, look
from rapport.inbox.triage.table import NEEDS, PRECEDENCE, answers_us, rows
from rapport.understanding.reading import Reason

__all__ = ["NEEDS", "PRECEDENCE", "decide"]

_RESTS_ON: Final = {
    3: "question", 4: "complaint", 5: "complaint", 7: "asking_peers", 8: "praise", 9: "praise", 10: "promise",
    11: "leaving", 12: "thanks_closing", 15: "spam",
}  # fmt: skip
"""The intent whose strength makes a row the surer."""


def decide(facts: Facts, rules: Rules = Rules()) -> Disposition:  # noqa: B008 - frozen and empty
    """The Disposition of one message of theirs. Our own people's messages never come here."""
    matter = look(facts, rules)
    held = rows(matter)
    row = held[0]
    reasons = [Reason(f"row.{number}") for number in held]
    return Disposition(
        row=row,
        needs=_needs(row, matter),
        urgency=_urgency(row, matter),
        confidence=_confidence(row, matter),
        reasons=(*reasons, *_structure(matter), *facts.reading.reasons),
        settles=row == 12,
        peer_answering=row == 13,
    )


def _needs(row: int, matter: Matter) -> Needs:
    if row == 5 and not matter.rules.offer_help_unasked:
        return "no"
    return NEEDS[row]


def _urgency(row: int, matter: Matter) -> int:
    if row == 1 or (row == 2 and "bereavement" in matter.reading.flags):
        return 3
    if row in (2, 11):
        return 2
    if NEEDS[row] == "no" or row == 8:
        return 0
    if matter.of("stranded") >= 0.75:
        return 3
    return 2 if matter.of("loss_or_block") >= 0.85 or matter.sofar.unanswered >= 2 else 1


_AT_LEAST, _BY_WEIGHT = 0.8, 0.17
"""Chosen by hand so that what is said to be sure is so often right as it says (docs/models/disposition.md)."""


def _confidence(row: int, matter: Matter) -> float:
    """How often such a decision is right about *needs*, 0..1: more, the heavier what it rests on weighs."""
    if row == 16:
        return 0.5
    if row in (1, 2):
        return 0.9
    weight = matter.of(_RESTS_ON[row]) if row in _RESTS_ON else 0.7
    return round(_AT_LEAST + _BY_WEIGHT * min(1.0, weight), 3)


def _structure(matter: Matter) -> list[Reason]:
    """What the turns themselves say, beside the words."""
    reasons = [Reason(f"suspicion.{mark}") for mark in matter.facts.suspicions]
    if matter.sofar.asked_twice:
        reasons.append(Reason("asked_twice"))
    if matter.sofar.unanswered >= 2:
        reasons.append(Reason("unanswered", float(matter.sofar.unanswered)))
    if answers_us(matter):
        reasons.append(Reason("answers_us"))
    return reasons
