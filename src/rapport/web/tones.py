"""Tone in words: how unusual somebody's words are for them, and how they write to us and to others."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rapport.inbox.manner import Manner
from rapport.understanding.feelings import level
from rapport.understanding.tone import ENOUGH, Norm, Tone


@dataclass(frozen=True)
class Side:
    """How they write to one side: so many messages, how they felt, how long, how many per cent with a courtesy."""

    label: str
    n: int
    enough: bool
    level: str
    words: int
    courtesy: int


@dataclass(frozen=True)
class Shown:
    """``which``: the message that is spoken of, in words, with where it stands."""

    which: str
    sentence: str
    talk: int
    message: int
    sides: tuple[Side, ...]


def shown(manner: Manner | None, *, here: bool) -> Shown | None:
    """A manner as a page shows it; ``here``: what is spoken of is the last message of an open conversation."""
    if manner is None:
        return None
    which = _("Their last message here") if here else _("Their last message")
    norms = ((_("To us"), manner.to_us), (_("To others"), manner.to_others))
    sides = tuple(_side(label, norm) for label, norm in norms) if manner.tone.kind != "thin" else ()
    return Shown(which, sentence(manner.tone), manner.latest.conversation_id, manner.latest.pk, sides)


def _side(label: str, norm: Norm) -> Side:
    n = norm.n
    mean = norm.mean
    words = round(math.expm1(mean.length))
    return Side(label, n, n >= ENOUGH, level(mean.valence), words, round(100 * mean.courtesy))


def sentence(tone: Tone) -> str:
    """One line: what is unusual, and from how many messages one knows it; how far off is no matter for the desk."""
    if tone.kind == "thin":
        return ngettext(
            "not enough data to say what is usual for them (%(n)s other message)",
            "not enough data to say what is usual for them (%(n)s other messages)",
            tone.n,
        ) % {"n": tone.n}
    others = ngettext("%(n)s other message", "%(n)s other messages", tone.n) % {"n": tone.n}
    beside = _("beside %(others)s") % {"others": others}
    return f"{_SAYS[tone.kind]()} ({beside})"


_SAYS: dict[str, Callable[[], str]] = {
    "usual": lambda: _("as they always write"),
    "harsh_as_always": lambda: _("harsh, but as they always write"),
    "harsher": lambda: _("unusually harsh for them"),
    "cooler": lambda: _("unusually cool for them"),
    "warmer": lambda: _("unusually warm for them"),
    "curter": lambda: _("unusually curt for them"),
    "longer": lambda: _("unusually long for them"),
    "louder": lambda: _("unusually loud for them"),
    "less_courteous": lambda: _("less courteous than they always are"),
}
