"""The keys of the desk, in one place: what each is called here, which it is, and what it does in words.

Templates put them on what they press (``data-key="{{ keys.DONE }}"``), the list behind ``?`` is made of KEYS, and the
behaviour (``keys.js``) reads from that list which keys move about. So none can work and not be listed, or the reverse.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Key:
    """Keys that do the same. ``does`` names what the behaviour does itself; without it an element has the key."""

    presses: tuple[str, ...]
    words: str | Promise
    does: str = ""


NEXT, PREVIOUS, OPEN = "j", "k", "o"
REPLY, DONE, SILENCE, SNOOZE, REOPEN = "r", "e", "q", "s", "b"
ASSIGN, ASK, NOTE, TAG = "a", "i", "n", "t"
WHY, UNDO, UNDO_TOO, SEARCH, HELP = "w", "z", "u", "/", "?"
ARRIVED = "."
LIKE, EDIT = "l", "c"
YES, NO, SKIP = "y", "n", "p"
DISPLEASED, EVEN, PLEASED = "a", "s", "d"

KEYS: tuple[tuple[str | Promise, tuple[Key, ...]], ...] = (
    (
        _("Move"),
        (
            Key((NEXT,), _("next in the stream"), "next"),
            Key((PREVIOUS,), _("previous in the stream"), "previous"),
            Key((OPEN, "Enter"), _("open it"), "open"),
            Key(("PageDown", "PageUp"), _("read on, read back"), "read"),
            Key(("x",), _("choose the row, with shift all between; then one verb for all chosen"), "choose"),
            Key((ARRIVED,), _("show what has just arrived")),
            Key((SEARCH,), _("search")),
            Key(("g i",), _("go to the inbox"), "go:home"),
            Key(("g m",), _("go to your mentions"), "go:mentions"),
        ),
    ),
    (
        _("Decide, and the next one opens"),
        (
            Key((REPLY,), _("reply; Ctrl and Enter send")),
            Key((DONE,), _("done: settle it")),
            Key((SILENCE,), _("no answer needed; then a digit says why")),
            Key((SNOOZE,), _("snooze; then a digit says until when")),
            Key((ASK,), _("ask a colleague inside")),
            Key((ASSIGN,), _("assign; then a digit says to whom (to yourself: it stays open)")),
        ),
    ),
    (
        _("Stay"),
        (
            Key((NOTE,), _("note for colleagues; @name tells one")),
            Key((TAG,), _("tag")),
            Key((REOPEN,), _("back on the desk")),
            Key((LIKE,), _("like what they said last, where the network has likes")),
            Key((EDIT,), _("change what we said last, where the network can")),
            Key((WHY,), _("why"), "why"),
            Key((UNDO, UNDO_TOO), _("undo what you did last; again, what you did before")),
            Key(("Esc",), _("leave the field, close what is open"), "leave"),
            Key((HELP,), _("this list"), "help"),
        ),
    ),
    (
        _("Label posts"),
        (
            Key((YES,), _("it needs an answer")),
            Key((NO,), _("it needs none")),
            Key((DISPLEASED, EVEN, PLEASED), _("displeased, even, pleased")),
            Key((SKIP,), _("skip it")),
        ),
    ),
)
