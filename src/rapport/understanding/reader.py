"""The first reading of a batch of posts: words cut once, looked up once, then every head over the same findings.

Pure and deterministic: the same posts and the same ``us`` give the same readings, in order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from rapport.understanding import (
    addressed,
    anatomy,
    emotions,
    flags,
    frames,
    intents,
    language,
    lexicon,
    linear,
    promises,
    signs,
    valence,
)
from rapport.understanding.lexicon import Found
from rapport.understanding.reading import Post, Reading, Reason, Us
from rapport.understanding.tokens import READ_AT_MOST, Tokens, cut

SHOWN: Final = (
    "i.complaint", "i.question", "i.request", "i.praise", "i.thanks", "i.closing", "i.idea", "i.purchase",
    "i.comparing", "i.leaving", "i.peers", "i.job", "i.spam", "i.joke", "i.rumour", "i.promise", "u.two", "u.three",
)  # fmt: skip
_LEASTSHOWN: Final = 0.5
_LEARNED: Final = "en"
_LEAST_SURE: Final = 0.5
_FEW_WORDS: Final = 4
"""So few words may be of any language: the one whose list knows them it is."""
"""Below this a language is a guess, and the English list does less harm than another's."""


@dataclass(slots=True)
class Draft:
    """One post on its way: its words, what the lists found in them, and what the model made of both."""

    tokens: Tokens
    language: str
    sure: float
    found: list[Found]
    scores: dict[str, float]
    best: dict[str, Found]
    felt: float
    learned: list[float] | None = None
    """The linear model's outputs; None where the post is in another language than the one it learned."""
    margins: list[float] | None = None
    """Of negative, neutral, positive: the model's, or in another language with lists, those of the lists' figures."""


def read(posts: Sequence[Post], us: Us) -> list[Reading]:
    """One Reading for each post, in order. Never raises for anything a stranger may write."""
    return readings(posts, see(posts, us), us)


def see(posts: Sequence[Post], us: Us) -> list[Draft]:
    """What there is to judge each post by; whoever has heads of their own for it (``heads.prepared``) starts here."""
    cuts = [cut(post.text) for post in posts]
    drafts = [
        draft(tokens, *tongue) for tokens, tongue in zip(cuts, language.identify(cuts, us.languages), strict=True)
    ]
    _learn([one for one in drafts if one.language == _LEARNED])
    _weigh([one for one in drafts if one.language in lexicon.STEMS])
    return drafts


def readings(posts: Sequence[Post], drafts: Sequence[Draft], us: Us) -> list[Reading]:
    """The Reading of each post from its draft."""
    ready = addressed.ready(us)
    return [_read(post, one, ready) for post, one in zip(posts, drafts, strict=True)]


def draft(tokens: Tokens, code: str, sure: float) -> Draft:
    """What the lists find in one post of language ``code``, before any model has seen it."""
    tongue = listed(code, sure)
    found = lexicon.find(tokens, tongue)
    if tongue != _LEARNED and tokens.spoken <= _FEW_WORDS and not found and (english := lexicon.find(tokens, _LEARNED)):
        code, tongue, found = _LEARNED, _LEARNED, english
    found += frames.filled(tokens, found, tongue) or signs.leaning(tokens, found, tongue)
    scores, best = intents.weigh(tokens, found)
    return Draft(tokens, code, sure, found, scores, best, valence.score(tokens, found))


def listed(code: str, sure: float) -> str:
    """The language whose list is looked into."""
    return code if code in lexicon.LANGUAGES and sure >= _LEAST_SURE else _LEARNED


def _learn(drafts: list[Draft]) -> None:
    """One call of the model for all of a batch's posts in its language."""
    if not drafts:
        return
    dense = [linear.features(one.tokens, one.found, one.scores, one.felt) for one in drafts]
    answers = linear.score([one.tokens for one in drafts], np.array(dense, dtype=np.float32)).tolist()
    for one, answer in zip(drafts, answers, strict=True):
        one.learned = answer
        one.margins = answer[: linear.VALENCES]


def _weigh(drafts: list[Draft]) -> None:
    """How those feel whose words the model has not learned: the lists' figures, weighed as it learned to."""
    if not drafts:
        return
    dense = [linear.features(one.tokens, one.found, one.scores, one.felt) for one in drafts]
    for one, margins in zip(drafts, linear.by_lists(np.array(dense, dtype=np.float32)).tolist(), strict=True):
        one.margins = margins


def _read(post: Post, draft: Draft, us: addressed.Ready) -> Reading:
    tokens, scores = draft.tokens, draft.scores
    whom, reasons = addressed.to_whom(post, tokens, scores, us, listed=draft.language in lexicon.LANGUAGES)
    named, felt = valence.judge(draft.felt, draft.margins, scores.get("i.complaint", 0.0), whom == "to_us")
    raised, alarms = flags.raised(tokens, scores, draft.best)
    reasons = [*alarms, *reasons, *_shown(tokens, scores, draft.best)]
    if tokens.cut:
        reasons.append(Reason("read.cut", 1.0, f"only the first {READ_AT_MOST} characters were read"))
    bound = promises.find(tokens.text, post.ours, post.said_at, us.zone, draft.language)
    return Reading(
        language=draft.language,
        language_confidence=round(draft.sure, 3),
        valence=named,
        valence_score=round(felt, 3),
        emotions=emotions.felt(scores, draft.learned),
        intents=intents.intents(tokens, scores),
        addressed=whom,
        terms=tuple(dict.fromkeys(hit.term for hit in us.terms.find(tokens.text))),
        flags=raised,
        promises=bound,
        anatomy=anatomy.read(tokens, draft.found, listed(draft.language, draft.sure), scores, bound),
        reasons=tuple(reasons),
        model=linear.load().version,
    )


def _shown(tokens: Tokens, scores: dict[str, float], best: dict[str, lexicon.Found]) -> list[Reason]:
    return [
        flags.evidence(intents.INTENTS[section], tokens, best[section], scores[section])
        for section in SHOWN
        if scores.get(section, 0.0) >= _LEASTSHOWN
    ]
