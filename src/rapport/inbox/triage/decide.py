"""Does it need a response? The sixteen rows of the decision table as code, over frozen facts.

Each row is a small question of the reading and the conversation so far; the rows are asked in the table's own
precedence, the first that holds decides, and all that hold are kept as reasons. Followers, avatar, name and politeness
are no facts, so no row can ask for them. In doubt the desk sees it (row 16).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from rapport.inbox.triage.disposition import Disposition, Facts, Needs, Rules
from rapport.inbox.triage.sofar import SoFar, signed, signed_by_a_desk, so_far
from rapport.understanding.lexicon import LANGUAGES
from rapport.understanding.reading import Reading, Reason

PRECEDENCE: Final = (1, 2, 15, 12, 13, 10, 11, 4, 3, 5, 6, 7, 8, 9, 14, 16)
NEEDS: Final[dict[int, Needs]] = {
    1: "yes", 2: "yes", 3: "yes", 4: "yes", 5: "yes", 6: "yes", 7: "no", 8: "yes", 9: "no", 10: "no", 11: "yes",
    12: "no", 13: "no", 14: "no", 15: "no", 16: "unsure",
}  # fmt: skip
_WORD: Final = re.compile(r"(?<![\w@#/.])[^\W\d_]+(?:['’][^\W\d_]+)?")
_SHORT_THANKS: Final = 14
_CONTENT = 0.4
_A_LAUGH: Final = 3
_GLAD, _PLEASED, _DISPLEASED = 0.5, 0.15, -0.3
_LINK: Final = re.compile(r"https?://\S+|www\.\S+")


@dataclass(frozen=True, slots=True)
class Case:
    """The facts with what is derived from them once: the conversation so far and the shape of the text."""

    facts: Facts
    rules: Rules
    reading: Reading
    sofar: SoFar
    words: int
    links: int
    signed: bool
    desk: bool

    def of(self, intent: str) -> float:
        """How strongly the reading finds an intent, 0..1."""
        return self.reading.intents.get(intent, 0.0)

    @property
    def to_us(self) -> bool:
        return self.reading.addressed == "to_us"

    @property
    def about_us(self) -> bool:
        return self.reading.addressed == "about_us"

    @property
    def ours(self) -> bool:
        """To us or about us: what lies past us is never on our desk."""
        return self.to_us or self.about_us

    @property
    def tagged(self) -> bool:
        return any(reason.code in ("addressed.handle", "addressed.mention") for reason in self.reading.reasons)

    @property
    def asks(self) -> bool:
        return self.of("question") >= 0.6 or self.of("request") >= 0.7

    @property
    def complains(self) -> bool:
        """A fault is named, and nothing speaks against it."""
        named, felt = self.of("complaint"), self.reading.valence
        if felt == "positive":
            return named >= 0.85 and self.of("praise") < 0.7 and self.of("thanks") < 0.6
        return named >= 0.85 or (named >= 0.5 and self.reading.valence_score <= -0.2)


def decide(facts: Facts, rules: Rules = Rules()) -> Disposition:  # noqa: B008 - frozen and empty
    """The Disposition of one message of theirs. Our own people's messages never come here."""
    case = _case(facts, rules)
    rows = [row for row in PRECEDENCE if row != 16 and _ROWS[row](case)]
    row = rows[0] if rows else 16
    needs = _needs(row, case)
    reasons = [Reason(f"row.{number}") for number in (rows or [16])]
    return Disposition(
        row=row,
        needs=needs,
        urgency=_urgency(row, case),
        confidence=_confidence(row, case),
        reasons=(*reasons, *_structure(case), *facts.reading.reasons),
        settles=row == 12,
        peer_answering=row == 13,
    )


def _case(facts: Facts, rules: Rules) -> Case:
    text = facts.text[:4_000]
    return Case(
        facts=facts,
        rules=rules,
        reading=facts.reading,
        sofar=so_far(facts.before, text),
        words=len(_WORD.findall(_LINK.sub(" ", text))),
        links=len(_LINK.findall(text)),
        signed=signed(text),
        desk=signed_by_a_desk(text),
    )


def _safety(case: Case) -> bool:
    return case.ours and any(flag in ("danger", "legal", "breach") for flag in case.reading.flags)


def _hardship(case: Case) -> bool:
    return case.ours and any(flag in ("bereavement", "illness", "hardship") for flag in case.reading.flags)


def _spam(case: Case) -> bool:
    advertises = case.of("spam") + (0.25 if case.links else 0.0)
    if case.to_us and (case.tagged or case.reading.addressed == "to_us"):
        return advertises >= 1.0 and not case.asks and not case.complains and case.of("service_matter") < 0.6
    return advertises >= 0.8 and not case.complains


def _closing(case: Case) -> bool:
    if not case.to_us or case.of("question") >= 0.6 or case.complains or case.reading.flags:
        return False
    if case.reading.valence_score <= _DISPLEASED or case.of("request") >= 0.9:
        return False
    if case.of("praise") >= 0.7 and case.of("staff") >= 0.6 and _praises(case):
        return False
    thanks, closing = case.of("thanks_closing"), case.of("closing")
    if case.sofar.we_spoke_last and not case.sofar.we_asked and not case.asks and _content(case):
        return True
    if case.sofar.we_spoke_last and (thanks >= 0.5 or closing >= 0.4):
        return not _goes_on(case) and not (case.sofar.we_asked and thanks < 0.5 and closing < 0.6)
    return (thanks >= 0.6 and not _praises(case)) or (closing >= 0.6 and case.words <= 6)


def _content(case: Case) -> bool:
    """Pleased in words that we can read: in a language without a list a smile alone proves nothing."""
    return case.reading.valence_score >= _CONTENT and case.reading.language in LANGUAGES


def _goes_on(case: Case) -> bool:
    """Thanks, and then the matter itself: "thanks, but…", or thanks around the thing we asked for."""
    if case.of("however") > 0:
        return True
    return case.sofar.we_asked and (case.words > _SHORT_THANKS or case.links > 0)


def _peer(case: Case) -> bool:
    if case.sofar.theirs and (case.desk or (case.signed and case.of("agent_words") >= 0.5)):
        return True
    return case.of("advising") >= 0.8 and case.sofar.theirs > 0 and not case.to_us and not case.complains


def _promise(case: Case) -> bool:
    binds = case.of("promise") >= 0.75 and any(span.who == "them" for span in case.reading.promises)
    return case.ours and binds and not case.asks and not case.complains and case.of("leaving") < 0.6


def _leaving(case: Case) -> bool:
    if not case.ours:
        return False
    if case.reading.valence == "positive":
        return case.of("leaving") >= 0.8 and case.of("complaint") >= 0.6
    return case.of("leaving") >= (0.7 if case.reading.valence == "negative" else 0.8)


def _complaint(case: Case) -> bool:
    """A fault told us; or displeasure that asks for nothing, as people tell of a fault without naming it."""
    if not case.to_us:
        return False
    if case.complains:
        return True
    if case.asks or case.reading.valence == "positive":
        return False
    answering = _answers_us(case) or (case.sofar.we_spoke_last and case.sofar.we_serviced)
    return answering or case.reading.valence_score <= -0.25


def _question(case: Case) -> bool:
    if not case.to_us:
        return False
    wants = case.asks or case.of("purchase_interest") >= 0.6 or case.of("idea") >= 0.6
    if wants or _answers_us(case):
        return True
    return case.of("service_matter") >= 0.6 and not _praises(case) and not _past_us(case)


def _answers_us(case: Case) -> bool:
    laughs = case.words <= _A_LAUGH and case.of("joke_rant") >= 0.5
    return case.sofar.we_asked and case.sofar.we_spoke_last and not laughs


def _unaddressed_complaint(case: Case) -> bool:
    if not case.about_us or case.of("news") >= 0.6:
        return False
    if case.tagged:
        matter = max(case.of("complaint"), case.of("service_matter"), case.of("question"), case.of("request"))
        wrong = case.of("complaint") >= 0.5 and (case.of("thanks") >= 0.6 or not _praises(case))
        return wrong or (matter >= 0.45 and case.reading.valence_score <= -0.1)
    return case.of("complaint") >= 0.8 and case.reading.valence == "negative" and case.of("asking_peers") < 0.8


def _wrong_facts(case: Case) -> bool:
    return case.about_us and case.of("rumour") >= 0.7


def _asks_peers(case: Case) -> bool:
    return not case.to_us and case.of("asking_peers") >= 0.8


def _praises(case: Case) -> bool:
    """Praise of something, not thanks alone: strong words, or plain ones about our people or with a story."""
    praise = case.of("praise")
    if case.reading.valence != "positive":
        return False
    if case.of("thanks") < 0.5:
        return praise >= 0.5 or (case.reading.valence_score >= _GLAD and not case.links)
    if not case.sofar.ours and praise >= 0.5 and case.words >= 6:
        return True
    return praise >= 0.7 and (praise >= 0.85 or case.of("staff") >= 0.6 or case.words >= 8)


def _praise_to_us(case: Case) -> bool:
    if case.about_us and case.tagged:
        return _praises(case) or (case.of("thanks") >= 0.6 and case.reading.valence == "positive")
    return case.to_us and _praises(case)


def _praise_to_friends(case: Case) -> bool:
    return case.about_us and not case.tagged and _praises(case)


def _past_us(case: Case) -> bool:
    if not case.ours:
        return True
    if case.about_us:
        return True
    if case.asks or case.complains or case.sofar.we_serviced or _answers_us(case):
        return False
    if case.links and case.words and case.of("second_person") < 0.5:
        shares = case.of("news") >= 0.6 or case.reading.valence_score >= _PLEASED
        return shares and not _praises(case)
    if case.of("service_matter") >= 0.6:
        return False
    if not case.words:
        return not case.sofar.theirs
    return case.of("joke_rant") >= 0.5 and not _praises(case)


_ROWS: Final[dict[int, Callable[[Case], bool]]] = {
    1: _safety,
    2: _hardship,
    3: _question,
    4: _complaint,
    5: _unaddressed_complaint,
    6: _wrong_facts,
    7: _asks_peers,
    8: _praise_to_us,
    9: _praise_to_friends,
    10: _promise,
    11: _leaving,
    12: _closing,
    13: _peer,
    14: _past_us,
    15: _spam,
}


def _needs(row: int, case: Case) -> Needs:
    if row == 5 and not case.rules.offer_help_unasked:
        return "no"
    return NEEDS[row]


def _urgency(row: int, case: Case) -> int:
    if row == 1 or (row == 2 and "bereavement" in case.reading.flags):
        return 3
    if row in (2, 11):
        return 2
    if NEEDS[row] == "no" or row == 8:
        return 0
    if case.of("stranded") >= 0.75:
        return 3
    return 2 if case.of("loss_or_block") >= 0.85 or case.sofar.unanswered >= 2 else 1


def _confidence(row: int, case: Case) -> float:
    """How sure the row is, 0..1: the weight of what it rests on, less where the address itself is a guess."""
    rests_on = {3: "question", 4: "complaint", 5: "complaint", 8: "praise", 9: "praise", 10: "promise", 11: "leaving",
                12: "thanks_closing", 7: "asking_peers", 15: "spam"}  # fmt: skip
    if row == 16:
        return 0.3
    if row in (1, 2):
        return 0.9
    weight = case.of(rests_on[row]) if row in rests_on else 0.7
    return round(0.5 + 0.45 * weight, 3)


def _structure(case: Case) -> list[Reason]:
    """What the turns themselves say, beside the words."""
    reasons = []
    if case.sofar.asked_twice:
        reasons.append(Reason("asked_twice"))
    if case.sofar.unanswered >= 2:
        reasons.append(Reason("unanswered", float(case.sofar.unanswered)))
    if _answers_us(case):
        reasons.append(Reason("answers_us"))
    return reasons
