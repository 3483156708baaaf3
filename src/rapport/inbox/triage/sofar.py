"""The conversation so far, as facts: who spoke last, what was asked and never answered, who else has helped.

Pure, and apart from ``decide`` because it looks at the earlier turns only, never at what the new message is like.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from rapport.understanding.reading import Turn

_WORD: Final = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_ASIDE: Final = re.compile(r"(?:https?://|@)\S+")
_SIGNED: Final = re.compile(r"(?:[\^*~]\s?[A-Za-z]{2,12}|(?:-|/)\s?[A-Z][A-Za-z]{1,11})\s*$")
_CARET: Final = re.compile(r"[\^*]\s?[A-Za-z]{2,12}\s*$")
_ASKS: Final = re.compile(
    r"\?|\b(?:please|pls|let (?:us|me) know(?! if (?:we|you|there|i)\b)|tell (?:us|me)|send (?:us|me)|"
    r"dm (?:us|me)|share|provide|check if|would you|could you|can you|por favor|bitte|s'il vous pla[iî]t|svp|per favore)\b",
    re.IGNORECASE,
)
_SORRY: Final = re.compile(
    r"\b(?:sorry|apolog|regret|understand your|trouble|issue|problem|frustrat|concern)", re.IGNORECASE
)
_AGAIN: Final = re.compile(
    r"\b(?:for the (?:second|third|fourth|fifth|nth|\d+(?:nd|rd|th)) time|"
    r"(?:i|we)(?: have|'ve)? (?:already )?asked (?:you )?(?:twice|already|before|again|(?:two|three|four|\d+) times)|"
    r"asking (?:you )?(?:yet )?again|ask(?:ed|ing)? (?:for )?the same (?:question|thing)|"
    r"still (?:no|not one|waiting (?:for|on) (?:an?|your)) (?:answer|reply|response)|"
    r"zum (?:zweiten|dritten|vierten|x-ten) mal|(?:schon|bereits) (?:zwei|drei)mal gefragt|"
    r"pour la (?:deuxi[eè]me|troisi[eè]me) fois|por (?:segunda|tercera) vez|pela (?:segunda|terceira) vez|"
    r"per la (?:seconda|terza) volta)\b",
    re.IGNORECASE,
)
_READ_AT_MOST: Final = 4_000
_ALIKE: Final = 0.5
_FEW: Final = 3
_EMPTY: Final = frozenset({
    "the", "a", "an", "i", "you", "to", "is", "it", "my", "and", "of", "in", "on", "for", "me", "we",
    "with", "this", "that", "do", "does", "did", "are", "be", "have", "has", "can",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class SoFar:
    """What the earlier turns say. ``unanswered`` counts their messages since our last visible word."""

    ours: int = 0
    theirs: int = 0
    unanswered: int = 0
    we_spoke_last: bool = False
    we_asked: bool = False
    """Our last turn asked them something and nothing of ours has come since."""
    we_serviced: bool = False
    """Our last turn spoke of a trouble or said sorry: what follows belongs to that trouble."""
    asked_twice: bool = False
    """The new message repeats, in much the same words, what they wrote before; or says itself that it asks again."""
    peer_answered: bool = False
    """Somebody who is neither us nor the one who asked has spoken since the question."""


def so_far(before: tuple[Turn, ...], text: str) -> SoFar:
    """The facts of the turns in ``before`` (oldest first, the last 12 count) as the message ``text`` arrives."""
    turns = before[-12:]
    if not turns:
        return SoFar(asked_twice=says_again(text))
    last_ours = max((index for index, turn in enumerate(turns) if turn.ours), default=-1)
    since = turns[last_ours + 1 :]
    last = turns[last_ours].text[-_READ_AT_MOST:] if last_ours >= 0 else ""
    asker = next((turn.author for turn in turns if not turn.ours), "")
    return SoFar(
        ours=sum(turn.ours for turn in turns),
        theirs=sum(not turn.ours for turn in turns),
        unanswered=sum(1 for turn in since if not turn.ours),
        we_spoke_last=turns[-1].ours,
        we_asked=bool(last_ours >= 0 and _ASKS.search(last)),
        we_serviced=bool(last_ours >= 0 and _SORRY.search(last)),
        asked_twice=says_again(text) or any(alike(turn.text, text) for turn in turns if not turn.ours),
        peer_answered=any(not turn.ours and turn.author and turn.author != asker for turn in since),
    )


def says_again(text: str) -> bool:
    """Whether somebody says in so many words that this is not the first time they ask."""
    return bool(_AGAIN.search(text[:_READ_AT_MOST]))


def alike(one: str, other: str) -> bool:
    """Whether two messages ask the same in much the same words (shared words over all words, at least half)."""
    first, second = _words(one), _words(other)
    if len(first) < _FEW or len(second) < _FEW:
        return False
    return len(first & second) / len(first | second) >= _ALIKE


def signed(text: str) -> bool:
    """Whether a message ends in an agent's initials, as service desks sign ("^KL", "-Becky")."""
    return bool(_SIGNED.search(_ASIDE.sub("", text).rstrip()))


def signed_by_a_desk(text: str) -> bool:
    """The stricter kind, which nobody but a desk uses: initials behind a caret or an asterisk."""
    return bool(_CARET.search(_ASIDE.sub("", text).rstrip()))


def _words(text: str) -> set[str]:
    return {word.casefold() for word in _WORD.findall(_ASIDE.sub(" ", text[:_READ_AT_MOST]))} - _EMPTY
