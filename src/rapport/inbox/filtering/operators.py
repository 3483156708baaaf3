"""The operators, what each takes, and what to say of a value that it does not take. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from rapport.inbox.filtering import moments

STATES: Mapping[str, tuple[str, ...]] = {
    "open": ("needs_answer", "waiting_on_them", "waiting_inside", "waiting_on_community", "snoozed"),
    "needs": ("needs_answer",),
    "waiting": ("waiting_on_them", "waiting_inside", "waiting_on_community", "snoozed"),
    "snoozed": ("snoozed",),
    "answered": ("settled",),
    "quiet": ("quiet",),
}
"""Words for ``is:`` that name states of a conversation."""
STANDINGS = ("public", "private", "mine", "unassigned", "late", "frustrated")
"""Words for ``is:`` that name something else about a conversation."""
ROWS: Mapping[str, tuple[int, ...]] = {
    "danger": (1,),
    "hardship": (2,),
    "question": (3,),
    "complaint": (4, 5),
    "rumour": (6,),
    "advice": (7,),
    "praise": (8, 9),
    "pledge": (10,),
    "leaving": (11,),
    "thanks": (12,),
    "helped": (13,),
    "rant": (14,),
    "spam": (15,),
    "unsure": (16,),
}
"""Words for ``is:`` that name rows of the decision table: what stands on the message."""
SIDES = ("ours", "theirs")
IS = (*STATES, *STANDINGS, *ROWS, *SIDES)
HAS_SAID = ("link", "promise", "rating")
HAS_TALK = ("note", "draft", "answer", "tag")
HAS = (*HAS_SAID, *HAS_TALK, "order")
ABOUT = {"us": "about_us", "rival": "rival", "nothing": "nearby"}

Check = Callable[[str], str]
"""A value in its canonical form; empty when the operator does not take it."""

_WITHIN = re.compile(r"(\d{1,4})([hdw])-(of|after|before)-(delivery|order)", re.ASCII)
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})?", re.ASCII)


def _any(value: str) -> str:
    return value


def _one_of(*values: str) -> Check:
    return lambda value: value.lower() if value.lower() in values else ""


def _matching(pattern: re.Pattern[str]) -> Check:
    return lambda value: value.lower() if pattern.fullmatch(value.lower()) else ""


def _moment(value: str) -> str:
    return value.lower() if moments.readable(value.lower()) else ""


def _stretch(value: str) -> str:
    """A moment, or a length with < or > before it: ``<7d`` is less than seven days ago."""
    low = value.lower()
    if low[:1] in {"<", ">"}:
        return low if moments.length(low[1:]) is not None else ""
    return low if moments.readable(low) else ""


OPERATORS: Mapping[str, Check] = {
    "from": _any,
    "org": _any,
    "to": _any,
    "about": _one_of(*ABOUT),
    "channel": _any,
    "tag": _any,
    "is": _one_of(*IS),
    "has": _one_of(*HAS),
    "assigned": _any,
    "lang": _matching(_LANGUAGE),
    "before": _moment,
    "after": _moment,
    "on": _moment,
    "order": _any,
    "bought": _any,
    "placed": _stretch,
    "delivered": _stretch,
    "within": _matching(_WITHIN),
}
_A_DAY = "“%(value)s” is no day here. Write 2026-03-01, yesterday, or a length as 7d, 2w, 3m, 1y."
WRONG: Mapping[str, str] = {
    "is": "“%(value)s” is nothing that “is:” knows. It knows %(known)s.",
    "has": "“%(value)s” is nothing that “has:” knows. It knows %(known)s.",
    "about": "“%(value)s” is nothing that “about:” knows. It knows %(known)s.",
    "lang": "“%(value)s” is no code of a language. Write two letters, as in lang:de.",
    "before": _A_DAY,
    "after": _A_DAY,
    "on": _A_DAY,
    "placed": _A_DAY,
    "delivered": _A_DAY,
    "within": "“%(value)s” is no stretch of time here. Write it as within:7d-of-delivery or within:2d-after-order.",
}
KNOWN: Mapping[str, tuple[str, ...]] = {"is": IS, "has": HAS, "about": tuple(ABOUT)}


def within(value: str) -> tuple[str, str, int]:
    """What ``within:`` asks: (delivery or order, of, after or before, hours)."""
    found = _WITHIN.fullmatch(value)
    assert found is not None  # noqa: S101 - checked when it was parsed
    hours = {"h": 1, "d": 24, "w": 168}[found[2]]
    return found[4], found[3], int(found[1]) * hours
