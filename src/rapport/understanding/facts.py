"""What people say of themselves, in the first person: tastes, wants, what they have, where they live and work.

Only what is said plainly is taken ("I love the A380", "my two dogs"), never what might follow from it. A sentence that
touches health, religion, sexuality, politics, ethnicity, a union or need gives nothing at all, whatever else it says:
these are nobody's to collect. What is only the matter at hand ("I want a refund") is no fact about a person.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

KINDS: Final = ("is", "works", "lives", "has", "likes", "dislikes", "wants")
HALF_LIFE: Final = {
    "is": timedelta(days=1460), "works": timedelta(days=730), "lives": timedelta(days=1095),
    "has": timedelta(days=1095), "likes": timedelta(days=730), "dislikes": timedelta(days=730),
    "wants": timedelta(days=60),
}  # fmt: skip
"""After so long it is as likely as not that it holds no more. Ours, to be tuned by what people remove."""
ONE_AT_A_TIME: Final = frozenset({"lives", "works"})
"""Kinds of which the newest replaces the one before."""
OPPOSITES: Final = {"likes": "dislikes", "dislikes": "likes"}
READ_AT_MOST: Final = 4_000


@dataclass(frozen=True, slots=True)
class FactSpan:
    """One statement. ``words`` is text[start:end], ``thing`` what it is about, as it is shown and compared."""

    kind: str
    thing: str
    words: str
    start: int
    end: int


_SENTENCE = re.compile(r"[^.!?\n;]+(?:\.(?=\w)[^.!?\n;]+)*[.!?]?")
_SENSITIVE = re.compile(
    r"\b(?:"
    # health
    r"diabet\w*|cancer|tumou?r|pregnan\w*|depress\w*|anxiety|bipolar|hiv|aids|disab\w+|wheelchair\w*|allerg\w+|asthma\w*|"
    r"autis\w+|adhd|epilep\w+|surgery|operation|chemo\w*|therap\w+|medicat\w+|insulin|illness\w*|ill|sick|disease|"
    r"migraine\w*|dementia|alzheimer\w*|stroke|blind|deaf|doctor|hospital|alcoholic|addict\w*|rehab|coeliac|celiac|"
    r"krank\w*|krebs|schwanger\w*|behinder\w*|rollstuhl|allergi\w*|arzt|krankenhaus|depressi\w+|"
    # religion
    r"christian\w*|catholic\w*|protestant\w*|muslim\w*|islam\w*|jew|jews|jewish|hindu\w*|buddhis\w+|sikh\w*|atheis\w+|"
    r"church|mosque|synagogue|temple|kosher|halal|ramadan|lent|pray\w*|bible|qur'?an|koran|pastor|priest|imam|rabbi|"
    r"kirche|moschee|katholi\w+|evangelisch\w*|moslem\w*|jüdisch\w*|christ|glaube|"
    # sexuality and the life of couples
    r"gay|gays|lesbian\w*|bisexual\w*|queer|trans|transgender|transsexual\w*|lgbt\w*|heterosexual\w*|homosexual\w*|sex|"
    r"sexual\w*|boyfriend|girlfriend|wife|husband|spouse|partner|married|schwul\w*|lesbisch\w*|ehefrau|ehemann|freundin|"
    # politics
    r"republican\w*|democrats?|democratic|trump\w*|biden|obama|labour party|tory|tories|conservatives?|liberals?|"
    r"socialist\w*|communist\w*|left-wing|right-wing|vote|voted|voter|voting|election\w*|brexit\w*|politic\w*|maga|"
    r"afd|spd|cdu|csu|fdp|grünen|wähle|gewählt|partei|"
    # origin
    r"black (?:man|woman|person|guy|girl|people|customer|mother|father)|as a black|african|african[- ]american|asian|"
    r"latin[oax]|hispanic|roma|sinti|immigrant\w*|migrant\w*|refugee\w*|native american|indigenous|ethnic\w*|race|"
    r"flüchtling\w*|ausländer\w*|"
    # unions
    r"trade union\w*|labou?r union\w*|union member\w*|unioni[sz]ed|union rep|shop steward|on strike|gewerkschaft\w*|verdi|"
    r"my union|our union|the union|"
    # need
    r"unemploy\w*|jobless|lost my job|laid off|redundan\w+|food ?bank|food stamps|debts?|bankrupt\w*|broke|afford|"
    r"homeless\w*|welfare|benefits|universal credit|foreclos\w+|evict\w+|poor|poverty|arbeitslos\w*|schulden|hartz|"
    r"bürgergeld|pleite|obdachlos\w*"
    r")\b",
    re.IGNORECASE,
)
_END: Final = (
    r"(?=\s+(?:but|because|and|when|while|that|which|who|so|since|if|as|for|with|though|although|just|even|too|again|"
    r"aber|und|weil|wenn|dass|seit)\b|\s*[,.!?;:()\"“”\n]|\s*$)"
)
_THING: Final = rf"(?P<thing>[^\s,.!?;:()\"“”]+(?:\s+[^\s,.!?;:()\"“”]+){{0,6}}?){_END}"
_I: Final = (
    r"(?:(?<=\s)|(?<=^)|(?<=[\"“(]))i\s+(?:(?:really|just|absolutely|still|always|also|so|do|totally|actually)\s+){0,2}"
)
_NP: Final = r"(?:a|an|one|two|three|four|five|six|several|\d{1,2})\s+"
_OF_NUMBER: Final = r"(?:two|three|four|five|six|\d{1,2})\s+[a-z]"
_OF_ONES_OWN: Final = (
    r"dogs?|cats?|horses?|kids?|children|sons?|daughters?|bakery|shop|restaurant|farm|garden|boat|blog|website"
)
_LASTING = re.compile(
    r"\b(?:dogs?|pupp(?:y|ies)|cats?|kittens?|horses?|pon(?:y|ies)|rabbits?|hens?|bees|parrots?|budgies?|tortoises?|"
    r"kids?|child(?:ren)?|sons?|daughters?|bab(?:y|ies)|toddlers?|twins|triplets|grand(?:child(?:ren)?|sons?|daughters?)|"
    r"sisters?|brothers?|nieces?|nephews?|house|flat|apartment|cottage|cabin|balcon(?:y|ies)|garden|allotment|greenhouse|"
    r"terrace|yard|pool|pond|cars?|vans?|bikes?|bicycles?|e-?bikes?|motor(?:bikes?|cycles?|home)|campers?|caravan|boats?|"
    r"truck|scooter|tractor|farm|shop|store|salon|studio|bakery|caf[eé]|restaurant|pub|business|company|practice|"
    r"blog|podcast|channel|website|piano|guitars?|violin|drum kit|camera|telescope|turntable|collection|"
    r"season ticket|membership|subscription|railcard|"
    r"hund|hunde|katzen?|pferde?|kinder|kind|sohn|töchter|tochter|haus|wohnung|balkon|garten|auto|fahrrad|rad|roller|"
    r"wohnmobil|boot|laden|geschäft|firma|bäckerei|café|hof|klavier|gitarre|sammlung|abo|dauerkarte)\b",
    re.IGNORECASE,
)
"""What somebody has for long: "I have a garden" says something of them, "I have a spreadsheet" of their afternoon."""
_NO_MORE_THAN: Final = r"(?!an?\s+(?:bit|little|few|lot|mess|(?:big|huge|great) fan)\b)"
_RULES: Final = tuple(
    (kind, re.compile(pattern + _THING, re.IGNORECASE | re.MULTILINE))
    for kind, pattern in (
        ("dislikes", rf"{_I}(?:hate|dislike|detest|can['’]?t stand|cannot stand|don['’]?t like|do not like)\s+"),
        ("likes", rf"{_I}(?:love|adore|like|enjoy|prefer)\s+"),
        ("likes", r"\bi(?:['’]m| am)\s+(?:such\s+)?a\s+(?:big|huge|great)\s+fan\s+of\s+"),
        ("wants", rf"{_I}(?:want|wish for)\s+(?=(?:an?|some|more|the)\s)"),
        ("wants", r"\bi(?:['’](?:m looking for|d love)| am looking for| would love)\s+(?=(?:an?|some|more)\s)"),
        ("has", rf"{_I}(?:have|own)\s+(?={_NP})"),
        ("has", rf"\bi(?:['’]ve| have) got\s+(?={_NP})"),
        ("has", rf"\bmy\s+(?={_OF_NUMBER}|(?:{_OF_ONES_OWN})\b)"),
        ("works", rf"{_I}(?=(?:work (?:at|for|as|in)|run (?:a|an|the|my)|manage a)\s)"),
        ("lives", rf"(?:{_I}live in|\bi(?:['’]ve| have)?(?: just| recently)? moved to|\bi(?:['’]m| am) based in)\s+"),
        ("is", rf"(?:\bi(?:['’]m| am)\s+|(?:^|(?<=[,.!?]\s))as\s+)(?=an?\s){_NO_MORE_THAN}"),
        ("likes", r"\bich\s+(?:liebe|mag|genieße)\s+(?!(?:nicht|kein\w*)\b)"),
        ("dislikes", r"\bich\s+(?:hasse|verabscheue)\s+"),
        ("has", r"\bich\s+habe\s+(?=(?:einen|eine|ein|zwei|drei|vier|\d{1,2})\s)"),
        ("lives", r"\bich\s+(?:wohne|lebe)\s+in\s+"),
        ("works", r"\bich\s+arbeite\s+(?=(?:bei|als|in)\s)"),
        ("is", r"\bich\s+bin\s+(?=(?:ein|eine)\s)(?!eine?\s+(?:bisschen|wenig)\b)"),
    )
)
_NOTHING = re.compile(
    r"(?:you|your|u|ur|it|its|this|that|these|those|them|him|her|how|what|when|if|being|having|to|waiting|paying|"
    r"dich|dir|euch|es|das|dies\w*|wie|wenn)\b",
    re.IGNORECASE,
)
_OF_THE_MATTER = re.compile(
    r"\b(?:problems?|questions?|issues?|complaints?|orders?|queries|query|concerns?|doubts?|idea|feeling|look|chance|"
    r"refunds?|answers?|reply|replies|response|call|callback|help|hand|assistance|replacement|explanation|apology|"
    r"confirmation|update|receipt|invoice|ticket|case|claim|booking|reservation|appointment|tracking|parcel|package|"
    r"delivery|compensation|credit|discount|way|word|time|times|hours?|minutes?|days?|weeks?|months?|customers?|"
    r"messages?|emails?|e-mails?|bit|go|"
    r"fragen?|probleme?|bestellung|antwort|rückruf|hilfe|ersatz|erstattung|anliegen|beschwerde|termin|idee)\b",
    re.IGNORECASE,
)
_IF = re.compile(r"^\s*(?:if|wenn|falls|would|should|do|does|did|can|could|am|is|are)\b", re.IGNORECASE)
_LEAD = re.compile(r"^(?:the|a|an|my|our|some|der|die|das|den|ein|eine|einen|meine?n?)\s+", re.IGNORECASE)


def find(text: str, *, glad: bool = True) -> tuple[FactSpan, ...]:
    """The facts in ``text``, in order. ``glad``: False where it is said in anger; then "I love" is not believed, unless
    what they hate stands beside it.
    """
    found: list[FactSpan] = []
    for sentence in _SENTENCE.finditer(text[:READ_AT_MOST]):
        said = sentence.group()
        if said.endswith("?") or _IF.search(said) or sensitive(said):
            continue
        for kind, rule in _RULES:
            for hit in rule.finditer(said):
                span = _span(kind, hit, sentence.start(), text)
                if span and not any(span.start < other.end and other.start < span.end for other in found):
                    found.append(span)
    if not glad and all(span.kind != "dislikes" for span in found):
        found = [span for span in found if span.kind != "likes"]
    return tuple(sorted(found, key=lambda span: span.start))


def _span(kind: str, hit: re.Match[str], base: int, text: str) -> FactSpan | None:
    thing = " ".join(hit["thing"].split())
    bare = _LEAD.sub("", thing)
    if len(bare) < 2 or len(thing) > 80 or _NOTHING.match(thing) or not any(letter.isalpha() for letter in bare):
        return None
    if kind in {"has", "wants", "is", "likes"} and _OF_THE_MATTER.search(thing):
        return None
    if kind == "has" and not _LASTING.search(thing):
        return None
    start, end = base + hit.start(), base + hit.end("thing")
    words = text[start:end]
    start += len(words) - len(words.lstrip())
    return FactSpan(kind, thing, text[start:end], start, end)


def sensitive(text: str) -> bool:
    """Does it touch what is nobody's to collect?"""
    return bool(_SENSITIVE.search(text))


def folded(thing: str) -> str:
    """A thing as it is compared: lower case, without its article."""
    return _LEAD.sub("", " ".join(thing.split())).casefold()


def freshness(kind: str, seen_at: datetime, now: datetime) -> float:
    """1 (just heard) .. 0: halved with every half-life of its kind since it was last heard."""
    age = max(now - seen_at, timedelta())
    return float(0.5 ** (age / HALF_LIFE[kind]))


def currency(facts: Sequence[tuple[str, datetime]], now: datetime) -> int | None:
    """How current what is known of somebody is, in per cent: the mean freshness of (kind, last heard). None: no facts."""
    if not facts:
        return None
    return round(100 * sum(freshness(kind, seen_at, now) for kind, seen_at in facts) / len(facts))


@dataclass(frozen=True, slots=True)
class Known:
    """A fact as far as it must be compared with others."""

    id: int
    kind: str
    thing: str
    seen_at: datetime


def overtaken(facts: Sequence[Known]) -> dict[int, int]:
    """Facts that a newer one speaks against: id → id of the newest that does."""
    newest: dict[int, Known] = {}
    for fact in facts:
        for other in facts:
            later = other.seen_at > fact.seen_at
            moved = other.kind == fact.kind in ONE_AT_A_TIME and folded(other.thing) != folded(fact.thing)
            turned = OPPOSITES.get(fact.kind) == other.kind and folded(other.thing) == folded(fact.thing)
            if later and (moved or turned) and (fact.id not in newest or other.seen_at > newest[fact.id].seen_at):
                newest[fact.id] = other
    return {id: other.id for id, other in newest.items()}
