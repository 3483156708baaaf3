"""The values of a reading: what goes in (Post, Us) and what comes out (Reading), frozen and free of Django.

They are apart from the heads that fill them, so that storage, triage and evaluation share one vocabulary.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

import msgspec

Valence = Literal["negative", "neutral", "positive"]
Addressed = Literal["to_us", "about_us", "rival", "nearby"]
Flag = Literal["danger", "legal", "breach", "bereavement", "illness", "hardship"]


class Reason(msgspec.Struct, frozen=True):
    """Why something was decided: a stable code, how much it weighed, and the words that show it.

    ``start``/``end`` are character offsets into the post's own text (-1 when the evidence is not a span of it).
    """

    code: str
    weight: float = 1.0
    evidence: str = ""
    start: int = -1
    end: int = -1


class Turn(msgspec.Struct, frozen=True):
    """An earlier message of the same conversation, oldest first."""

    ours: bool
    author: str
    text: str
    said_at: datetime | None = None


class Post(msgspec.Struct, frozen=True, kw_only=True):
    """One thing said, as the heads see it. ``direct`` is true where the channel itself addresses us (mail, form, DM),
    false where it does not, None where nobody told how it came (a file of bare texts).

    Followers, avatar and display name are not here, on purpose: they must never weigh.
    """

    text: str
    author: str = ""
    said_at: datetime | None = None
    mentions: tuple[str, ...] = ()
    before: tuple[Turn, ...] = ()
    direct: bool | None = False
    ours: bool = False


class Us(msgspec.Struct, frozen=True, kw_only=True):
    """Who is reading: the workspace's handles and names, its rivals', what it listens for, its languages and zone.

    With neither handles nor names, the company addressed is the first handle a post tags.
    """

    handles: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    rivals: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    zone: str = "UTC"


class PromiseSpan(msgspec.Struct, frozen=True):
    """Words that commit somebody to something: which side owes, what, and when.

    ``due`` is the speaker's own words, ``due_on`` the day they mean in the speaker's zone (None: none named, or not known
    from when to count); ``name`` is who will do it, where somebody is named ("Jana will ring you").
    """

    start: int
    end: int
    text: str
    who: Literal["us", "them"]
    due: str = ""
    what: str = ""
    due_on: date | None = None
    name: str = ""


class Anatomy(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The parts of a matter as the post names them, in its own words; ``topics`` are codes of ``anatomy.TOPICS``."""

    topics: tuple[str, ...] = ()
    product: str = ""
    entitlement: str = ""
    faults: tuple[str, ...] = ()
    price: str = ""
    promise_broken: str = ""


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """What one post says, as understood. ``emotions`` and ``intents`` map a small closed vocabulary to 0..1."""

    language: str
    language_confidence: float
    valence: Valence
    valence_score: float
    """-1 (wholly negative) .. 1 (wholly positive)."""
    emotions: dict[str, float] = {}
    intents: dict[str, float] = {}
    addressed: Addressed = "nearby"
    terms: tuple[str, ...] = ()
    flags: tuple[Flag, ...] = ()
    promises: tuple[PromiseSpan, ...] = ()
    anatomy: Anatomy = Anatomy()
    reasons: tuple[Reason, ...] = ()
    model: str = ""
    """The version of the heads that made this reading."""
