"""Asking inside: a colleague is asked, the conversation waits for them, and their note brings it back to who asked.

The question is a note like any other, with ``asked``; it is answered by whatever note the colleague writes next here
(``working.note``).
"""

from __future__ import annotations

from rapport.accounts.models import Member
from rapport.core.models import Event
from rapport.core.refusal import Refused
from rapport.inbox import working
from rapport.inbox.models import Conversation, Note


def ask(conversation: Conversation, colleague: Member, text: str, *, by: Member) -> Event:
    """Ask a colleague something about a conversation: it waits inside until they say something to it."""
    if colleague.workspace_id != conversation.workspace_id or colleague.left_at:
        raise Refused("Only somebody who works here can be asked.")
    if colleague.pk == by.pk:
        raise Refused("Ask a colleague; for yourself there is a note, or Snooze.")
    return working.noted(conversation, text, by=by, asked=colleague)[1]


def asked(conversation: Conversation) -> list[Note]:
    """The questions that still wait for an answer, the oldest first; with who was asked, and by whom."""
    waiting = Note.objects.filter(conversation=conversation, asked__isnull=False, answered_at=None, withdrawn_at=None)
    return list(waiting.select_related("asked", "by").order_by("at", "pk"))
