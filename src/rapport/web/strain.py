"""What dealing with us costs somebody in a conversation, in words: why it seems that they are stuck, the effort so far."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rapport.inbox import straining
from rapport.inbox.models import Conversation, Message
from rapport.understanding import structure
from rapport.understanding.structure import Effort
from rapport.understanding.structure_signs import Sign
from rapport.web import times

LEAST = 3
"""Their messages from which the effort so far is worth a line."""
_LONGEST = 120


@dataclass(frozen=True)
class Told:
    """One reason in a sentence without a stop, the words that show it, and the message where they stand."""

    sentence: str
    words: str = ""
    message: int = 0


@dataclass(frozen=True)
class Strain:
    """``reasons`` are empty where nobody seems to be stuck."""

    reasons: tuple[Told, ...]
    effort: Effort
    worth: bool
    """The effort is worth a line."""

    @property
    def waited(self) -> str:
        """How long they waited for us in all."""
        return times.span(timedelta(hours=self.effort.hours))


def read(conversation: Conversation, rows: Sequence[Message]) -> Strain | None:
    """From the messages of a conversation that are at hand, oldest first; None where there are too few."""
    said = [row for row in rows if row.deleted_at is None]
    if len(said) < straining.FEWEST:
        return None
    turns = [straining.turn_of(row.ours, row.identity_id, row.text, row.said_at) for row in said]
    state = structure.state(turns, conversation.calmed_at)
    reasons = tuple(_told(state.signs, said)) if state.since and conversation.frustrated_at else ()
    return Strain(reasons, state.effort, state.effort.contacts >= LEAST)


def _told(signs: Sequence[Sign], said: Sequence[Message]) -> list[Told]:
    """Each kind of sign once, with how often, the latest words that show it; the weightiest first."""
    by_kind: dict[str, list[Sign]] = defaultdict(list)
    for sign in signs:
        by_kind[sign.code].append(sign)
    return [told for code in _SAYS if code in by_kind and (told := _one(code, by_kind[code], said))]


def _one(code: str, signs: Sequence[Sign], said: Sequence[Message]) -> Told | None:
    last, n = signs[-1], len(signs)
    row = said[last.turn]
    words = " ".join(row.text[last.start : last.end].split()) if last.start >= 0 else ""
    words = words if len(words) <= _LONGEST else words[: _LONGEST - 1] + "…"
    asked = said[last.before] if last.before >= 0 else row
    return Told(
        _SAYS[code](_Many(n, int(last.times), round(last.times), asked.said_at)),
        words if code in _QUOTES else "",
        row.pk,
    )


_QUOTES = frozenset({"asked_again", "told_again", "came_back"})


@dataclass(frozen=True)
class _Many:
    """``n`` signs of a kind; the latest says ``times``; it goes back to a message said ``at``."""

    n: int
    times: int
    fold: int
    at: datetime


_SAYS: dict[str, Callable[[_Many], str]] = {
    "asked_again": lambda m: ngettext("asked %(n)s time", "asked %(n)s times", m.times) % {"n": m.times},
    "same_answer": lambda m: _("was given the same answer again"),
    "wish_refused": lambda m: _("asked for a call on %(when)s; we said no") % {"when": times.weekday(m.at)},
    "wish_ignored": lambda m: _("asked for a call on %(when)s; nobody called") % {"when": times.weekday(m.at)},
    "told_again": lambda m: ngettext("had to say it %(n)s time", "had to say it %(n)s times", m.times) % {"n": m.times},
    "came_back": lambda m: _("says that it is not the first time"),
    "no_word": lambda m: _("wrote again because nobody had answered"),
    "same_matter": lambda m: ngettext(
        "came back to the same matter", "came back to the same matter %(n)s times", m.n
    )
    % {"n": m.n},
    "slower": lambda m: _("waits %(n)s times as long as at first") % {"n": m.fold},
    "handed_on": lambda m: ngettext("was passed on", "was passed on %(n)s times", m.n) % {"n": m.n},
    "long": lambda m: _("has written %(n)s times about it") % {"n": m.times},
}  # fmt: skip
