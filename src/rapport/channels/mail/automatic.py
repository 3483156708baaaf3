"""Was this mail written by a program? RFC 3834, and what programs say instead of it. Pure.

An automatic mail is kept like any other; it asks nothing of us, and nothing is ever sent back by itself, so no loop can
begin here.
"""

from __future__ import annotations

from email.message import Message

from rapport.channels.addressing import is_deaf
from rapport.channels.rfc822 import header

MARKS = ("X-Autoreply", "X-Autorespond", "X-Auto-Reply", "X-AutoReply-From", "X-Mail-Autoreply")


def signs(message: Message, author: str) -> tuple[str, ...]:
    """What to suspect: ``automatic`` (an answer by a program, as it says itself), ``generated`` (a program wrote it, maybe
    on somebody's behalf), ``bulk`` (sent to many), ``deaf`` (nobody reads there)."""
    found = []
    submitted = header(message, "Auto-Submitted").lower().split(";")[0].strip()
    precedence = header(message, "Precedence").lower()
    says_so = submitted == "auto-replied" or any(header(message, name) for name in MARKS)
    if says_so or precedence == "auto_reply" or header(message, "Return-Path").strip() == "<>":
        found.append("automatic")
    elif submitted not in {"", "no"}:
        found.append("generated")
    if precedence in {"bulk", "junk", "list"} or header(message, "List-Unsubscribe") or header(message, "List-Id"):
        found.append("bulk")
    if is_deaf(author):
        found.append("deaf")
    return tuple(found)
