"""Words by which somebody binds themselves: who owes it, and when in their own words.

What is looked for is the speaker's own commitment ("I'll send", "we will call you") and the reminder of ours ("you
promised", "I was told you would"). Polite futures that bind nobody ("I'll be honest") are left out.
"""

from __future__ import annotations

import re
from typing import Final

from rapport.understanding.reading import PromiseSpan

_DUE: Final = (
    r"(?:(?:by|before|until|till|on|within|in|this|next|later|end of)\s+)?(?:the\s+)?(?:end of (?:the\s+)?)?"
    r"(?:today|tonight|tomorrow|monday|tuesday|wednesday|thursday|friday|saturday|sunday|"
    r"(?:this|next)?\s?(?:week|month|weekend|morning|afternoon|evening)|"
    r"(?:\d+|a|an|one|two|three|few|couple of|a few)\s+(?:minutes?|mins?|hours?|hrs?|days?|weeks?|months?)|"
    r"(?:\d{1,2}(?::\d\d)?\s?(?:am|pm))|asap|shortly|soon|right away|immediately)"
)
_VERBS: Final = (
    r"(?:get back|come back|be back|be in touch|follow up|look into|check|find out|let (?:you|them|u) know|send|call|"
    r"ring|phone|e-?mail|dm|message|text|write|tweet|post|share|tell|pay|return|ship|deliver|refund|replace|fix|sort|"
    r"update|report|forward|reply|respond|arrange|escalate|contact|reach out|credit|bring|try|do that|do so|confirm|"
    r"keep you|pass (?:it|this|that) on|pass along|make sure|take care)"
)
_OWN = re.compile(
    rf"\b(?:i|we)(?:['’]ll|['’]m going to|['’]re going to| will| shall| am going to| are going to| promise to)\s+"
    rf"(?:\w+\s+){{0,2}}?{_VERBS}\b[^.!?\n]{{0,80}}",
    re.IGNORECASE,
)
_BARE = re.compile(rf"(?:^|(?<=[.!?,]\s)|(?<=\s))will {_VERBS}\b[^.!?\n]{{0,60}}", re.IGNORECASE)
_THEIRS = re.compile(
    r"\b(?:you|u|they|your \w+|the \w+)\s+(?:guys\s+)?(?:had\s+|have\s+)?(?:promised|guaranteed|assured"
    r"|told me (?:you|it|i)['’]?(?:d|ll| would| will)|said (?:you|it|i|they)['’]?(?:d|ll| would| will))\b[^.!?\n]{0,80}"
    r"|\b(?:i|we)\s+(?:was|were|am|are)\s+(?:promised|guaranteed|assured|told (?:you|it|i|we|they|someone|that)"
    r"['’]?(?:d|ll| would| will)?)\b[^.!?\n]{0,80}"
    r"|\bwas (?:promised|guaranteed)\b[^.!?\n]{0,80}",
    re.IGNORECASE,
)
_WHEN = re.compile(_DUE, re.IGNORECASE)
_HINTS: Final = ("will", "ll ", "going to", "promise", "guarantee", "assured", "told", "said", "shall")


def find(text: str, ours: bool) -> tuple[PromiseSpan, ...]:
    """The promises in ``text``; ``ours`` says whether we wrote it, so "I'll" is ours or theirs to keep."""
    low = text.lower()
    if not any(hint in low for hint in _HINTS):
        return ()
    spans: list[PromiseSpan] = []
    for pattern, mine in ((_OWN, True), (_BARE, True), (_THEIRS, False)):
        for found in pattern.finditer(text):
            if any(found.start() < span.end and span.start < found.end() for span in spans):
                continue
            words = found.group().rstrip()
            when = _WHEN.search(words)
            spans.append(
                PromiseSpan(
                    start=found.start(),
                    end=found.start() + len(words),
                    text=words,
                    who="us" if mine == ours else "them",
                    due=when.group().strip() if when else "",
                )
            )
    return tuple(sorted(spans, key=lambda span: span.start))
