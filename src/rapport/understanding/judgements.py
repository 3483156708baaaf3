"""Words that judge a person instead of saying what they did. A note is read by the next colleague as if it were a fact.

What is looked for: names for people that are nothing but a verdict ("idiot", "Querulant"), and adjectives said of a
person ("she is difficult", "a rude customer"). Not judged: things ("a difficult migration"), what somebody did ("she
raised her voice"), and words in quotation marks: they are the person's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Judgement:
    """The words that judge; text[start:end]."""

    words: str
    start: int
    end: int


_VERDICTS: Final = (
    r"idiots?|morons?|jerks?|arse(?:hole)?s?|ass(?:hole)?s?|bastards?|bitch(?:es)?|cheap ?skates?|tight ?wads?|misers?|"
    r"whiners?|moaners?|complainers?|nutters?|nut ?cases?|lunatics?|weirdos?|creeps?|liars?|trouble ?makers?|time ?wasters?|"
    r"drama queens?|karens?|scum|cretins?|imbeciles?|fools?|psychos?|prima donnas?|freeloaders?|"
    r"idiot(?:in|en)?|depp(?:en)?|trottel|geizhals|geizkragen|querulant(?:in|en)?|nörgler(?:in)?|meckerer|zicke|arschloch|"
    r"spinner(?:in)?|lügner(?:in)?|nervensäge|vollpfosten|blödmann|besserwisser(?:in)?"
)
_ADJECTIVES: Final = (
    r"difficult|rude|stupid|dumb|annoying|obnoxious|unreasonable|demanding|arrogant|entitled|lazy|crazy|insane|nuts|"
    r"hysterical|nasty|mean|aggressive|hostile|impossible|insufferable|clueless|pushy|whiny|needy|greedy|stingy|cheap|"
    r"dishonest|hopeless|horrible|terrible|awful|unpleasant|high[- ]maintenance|a pain|a nightmare|"
    r"schwierig|unhöflich|unverschämt|frech|dumm|doof|blöd|faul|nervig|anstrengend|arrogant|aggressiv|geizig|gierig|"
    r"verrückt|hysterisch|unfreundlich|zickig|unmöglich|dreist|unerträglich"
)
_INFLECTED: Final = rf"(?:{_ADJECTIVES})(?:e[nrsm]?)?"
_PERSONS: Final = (
    r"person|people|man|woman|men|women|guy|lady|ladies|girl|boy|customers?|clients?|callers?|buyers?|users?|individuals?|"
    r"human|mensch(?:en)?|mann|frau|kund(?:e|in|en|innen)|anrufer(?:in)?|dame|herr|person"
)
_VERY: Final = (
    r"(?:(?:very|really|so|too|quite|rather|extremely|always|often|just|a bit|bit|pretty|totally|completely|incredibly|"
    r"being|again|sehr|echt|so|zu|ziemlich|immer|wirklich|total|etwas|wieder)\s+){0,3}"
)
_HE: Final = (
    r"(?:he|she|they|customer|client|caller|guy|lady|woman|man|person|er|sie|(?:der|die)\s+(?:kunde|kundin|anrufer(?:in)?|"
    r"frau|mann)|kunde|kundin)"
)
_BE: Final = (
    r"(?:['’]s|['’]re|\s+(?:is|are|was|were|has been|have been|had been|can be|seems?|sounds?|became|got|gets|ist|war|"
    r"wirkt|klingt|wurde|wird))"
)
_DOING: Final = r"(?!\s+to\s+(?:reach|find|understand|hear|read|contact|get hold|spell|pronounce)\b)"
_QUOTED = re.compile(
    r"\"[^\"\n]*\"|“[^”\n]*”|„[^“”\n]*[“”]|«[^»\n]*»|»[^«\n]*«|‘[^’\n]*’(?!\w)|^\s*>[^\n]*", re.MULTILINE
)
_VERDICT = re.compile(rf"(?<![\w-])(?:{_VERDICTS})(?![\w-])", re.IGNORECASE)
_OF_A_PERSON = re.compile(rf"\b{_INFLECTED}(?:,?\s+(?:and\s+|und\s+)?\w+)?\s+(?:{_PERSONS})\b", re.IGNORECASE)
_OPENING = re.compile(
    rf"(?:^|[.!?\n]\s*){_VERY}(?P<said>{_ADJECTIVES})(?=\s*(?:[,.!;]|$|as (?:always|ever)\b|again\b|on the phone\b))",
    re.IGNORECASE | re.MULTILINE,
)


def find(text: str, names: Iterable[str] = ()) -> tuple[Judgement, ...]:
    """The judgements in a note, in order. ``names``: what the person is called, so that "Ann is rude" is seen as one."""
    bare = _QUOTED.sub(lambda quote: " " * len(quote.group()), text)
    called = "|".join(re.escape(part) for name in names for part in {name, *name.split()} if len(part) > 1)
    who = rf"(?:{_HE}|{called})" if called else _HE
    is_so = re.compile(rf"\b{who}{_BE}\s+{_VERY}(?P<said>{_ADJECTIVES})\b{_DOING}", re.IGNORECASE)
    found = [Judgement(text[hit.start() : hit.end()], *hit.span()) for hit in _VERDICT.finditer(bare)]
    found += [Judgement(text[hit.start() : hit.end()], *hit.span()) for hit in _OF_A_PERSON.finditer(bare)]
    for rule in (is_so, _OPENING):
        found += [Judgement(hit["said"], *hit.span("said")) for hit in rule.finditer(bare)]
    found.sort(key=lambda one: (one.start, -one.end))
    kept: list[Judgement] = []
    for one in found:
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
    return tuple(kept)
