"""What a post is out for: many small pieces of evidence, each able to be shown.

Evidence of one kind adds up as independent chances do (noisy or: 1 - Π(1 - w)), so two weak signs make a fair one and
none makes certainty.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rapport.understanding.lexicon import Found
from rapport.understanding.tokens import Tokens

INTENTS: Final = {
    "i.question": "question",
    "i.request": "request",
    "i.complaint": "complaint",
    "i.praise": "praise",
    "i.thanks": "thanks",
    "i.closing": "closing",
    "i.idea": "idea",
    "i.purchase": "purchase_interest",
    "i.comparing": "comparing",
    "i.leaving": "leaving",
    "i.peers": "asking_peers",
    "i.job": "job_seeking",
    "i.spam": "spam",
    "i.joke": "joke_rant",
    "i.news": "news",
    "i.rumour": "rumour",
    "i.promise": "promise",
    "i.agent": "agent_words",
    "a.peer": "advising",
    "t.service": "service_matter",
    "t.staff": "staff",
    "u.two": "loss_or_block",
    "u.three": "stranded",
    "but": "however",
    "i.scheme": "scheme",
    "i.greeting": "greeting",
    "i.campaign": "campaign",
    "i.goodwill": "goodwill",
    "p.first": "first_person",
    "p.second": "second_person",
}
"""Lexicon section → the name under which a Reading carries it."""
_ALSO: Final = {"i.fault": "complaint", "i.ask": "request"}
"""Further evidence of an intent, in sections that the linear model does not look at."""
_NEGATABLE: Final = frozenset({"i.praise", "e.joy", "e.admiration", "e.gratitude", "e.optimism"})
_REACH: Final = 3


def weigh(tokens: Tokens, found: Sequence[Found]) -> tuple[dict[str, float], dict[str, Found]]:
    """(score 0..1 by section, heaviest evidence by section); a negated "good" is no praise."""
    scores: dict[str, float] = {}
    best: dict[str, Found] = {}
    denied = {hit[3] for hit in found if hit[0] == "neg"}
    last_end: dict[str, int] = {}
    for hit in found:
        section, weight, first, last = hit
        if denied and section in _NEGATABLE and not denied.isdisjoint(range(first - _REACH + 1, first + 1)):
            continue
        held = best.get(section)
        if held is None:
            last_end[section] = max(last, -1)
            scores[section] = 1.0 - (1.0 - 0.0) * (1.0 - weight)
            best[section] = hit
            continue
        if first < last_end[section] and weight <= held.weight:
            if last - first > held.last - held.first:
                best[section] = hit
            continue
        last_end[section] = max(last, last_end[section])
        scores[section] = 1.0 - (1.0 - scores[section]) * (1.0 - weight)
        if weight > held.weight:
            best[section] = hit
    return scores, best


def intents(tokens: Tokens, scores: dict[str, float]) -> dict[str, float]:
    """The sections' scores under the names people know, with what the marks and the length say besides."""
    named = {name: scores[section] for section, name in INTENTS.items() if section in scores}
    for section, name in _ALSO.items():
        if section in scores:
            named[name] = 1.0 - (1.0 - named.get(name, 0.0)) * (1.0 - scores[section])
    if tokens.asked:
        named["question"] = 1.0 - (1.0 - named.get("question", 0.0)) * 0.25
    elif "question" in named:
        named["question"] *= 0.85
    brief = 1.0 if tokens.spoken <= 6 else 0.8 if tokens.spoken <= 14 else 0.45 if tokens.spoken <= 25 else 0.25
    if "closing" in named:
        named["closing"] *= brief
    if "thanks" in named:
        named["thanks_closing"] = named["thanks"] * max(brief, 0.7)
    return {name: round(score, 3) for name, score in named.items()}
