"""What a decision looks at, worked out once: the reading, the conversation so far, and the shape of the text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from rapport.inbox.triage.disposition import Facts, Rules
from rapport.inbox.triage.sofar import SoFar, signed, signed_by_a_desk, so_far
from rapport.understanding.reading import Reading

_READ_AT_MOST: Final = 4_000
_WORD: Final = re.compile(r"(?<![\w@#/.])[^\W\d_]+(?:['’][^\W\d_]+)?")
_WRY: Final = 8
"""In words: thanks this short that name a fault, and come first of all, are none ("thanks for charging me twice")."""
_LINK: Final = re.compile(r"https?://\S+|www\.\S+")


@dataclass(frozen=True, slots=True)
class Matter:
    """The facts with what is derived from them once: the conversation so far and the shape of the text."""

    facts: Facts
    rules: Rules
    reading: Reading
    sofar: SoFar
    words: int
    """Words in letters that are no handle, tag or link."""
    links: int
    signed: bool
    desk: bool
    """Signed as only service desks sign."""

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
    def private(self) -> bool:
        """Written to us alone: a letter, a chat, a form."""
        return any(reason.code == "addressed.direct" and reason.weight == 1.0 for reason in self.reading.reasons)

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
            thanked = self.of("thanks") >= 0.6 and (self.sofar.ours > 0 or self.words > _WRY)
            return named >= 0.85 and self.of("praise") < 0.7 and not thanked
        return named >= 0.85 or (named >= 0.5 and self.reading.valence_score <= -0.2)


def look(facts: Facts, rules: Rules) -> Matter:
    """The facts as the rows ask about them."""
    text = facts.text[:_READ_AT_MOST]
    return Matter(
        facts=facts,
        rules=rules,
        reading=facts.reading,
        sofar=so_far(facts.before, text),
        words=len(_WORD.findall(_LINK.sub(" ", text))),
        links=len(_LINK.findall(text)),
        signed=signed(text),
        desk=signed_by_a_desk(text),
    )
