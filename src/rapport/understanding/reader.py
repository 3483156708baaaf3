"""The first reading of a batch of posts: words cut once, looked up once, then every head over the same findings.

Pure and deterministic: the same posts and the same ``us`` give the same readings, in order.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rapport.understanding import addressed, flags, intents, language, lexicon, promises, valence
from rapport.understanding.reading import Post, Reading, Reason, Us
from rapport.understanding.tokens import READ_AT_MOST, Tokens, cut

MODEL: Final = "lexicon-1"
_SHOWN: Final = (
    "i.complaint", "i.question", "i.request", "i.praise", "i.thanks", "i.closing", "i.idea", "i.purchase",
    "i.comparing", "i.leaving", "i.peers", "i.job", "i.spam", "i.joke", "i.promise", "u.two", "u.three",
)  # fmt: skip
_LEAST_SHOWN: Final = 0.5
_LEAST_SURE: Final = 0.5
"""Below this a language is a guess, and the English list does less harm than another's."""


def read(posts: Sequence[Post], us: Us) -> list[Reading]:
    """One Reading for each post, in order. Never raises for anything a stranger may write."""
    ready = addressed.ready(us)
    cuts = [cut(post.text) for post in posts]
    tongues = language.identify(cuts, us.languages)
    return [_read(post, tokens, tongue, ready) for post, tokens, tongue in zip(posts, cuts, tongues, strict=True)]


def _read(post: Post, tokens: Tokens, tongue: tuple[str, float], us: addressed.Ready) -> Reading:
    listed = tongue[0] if tongue[0] in lexicon.LANGUAGES and tongue[1] >= _LEAST_SURE else "en"
    found = lexicon.find(tokens, listed)
    scores, best = intents.weigh(tokens, found)
    felt = valence.score(tokens, found)
    whom, reasons = addressed.to_whom(post, tokens, scores, us)
    raised, alarms = flags.raised(tokens, scores, best)
    named = intents.intents(tokens, scores)
    reasons = [*alarms, *reasons, *_shown(tokens, scores, best)]
    if tokens.cut:
        reasons.append(Reason("read.cut", 1.0, f"only the first {READ_AT_MOST} characters were read"))
    return Reading(
        language=tongue[0],
        language_confidence=round(tongue[1], 3),
        valence=valence.name(felt),
        valence_score=round(felt, 3),
        emotions=intents.emotions(scores),
        intents=named,
        addressed=whom,
        terms=tuple(dict.fromkeys(hit.term for hit in us.terms.find(tokens.text))),
        flags=raised,
        promises=promises.find(tokens.text, post.ours),
        reasons=tuple(reasons),
        model=MODEL,
    )


def _shown(tokens: Tokens, scores: dict[str, float], best: dict[str, lexicon.Found]) -> list[Reason]:
    return [
        flags.evidence(intents.INTENTS[section], tokens, best[section], scores[section])
        for section in _SHOWN
        if scores.get(section, 0.0) >= _LEAST_SHOWN
    ]
