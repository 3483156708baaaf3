"""Naming: adding and removing the words by which a workspace knows itself, its rivals and its topics."""

from __future__ import annotations

from rapport.accounts.models import Member, Workspace
from rapport.channels.text import one_line
from rapport.core.database import write
from rapport.core.events import record
from rapport.core.refusal import Refused
from rapport.inbox.models import Term

MOST = 1_000
MOST_LETTERS = 120


def add(workspace: Workspace, kind: str, text: str, *, by: Member) -> Term:
    """Know one more word. Adding what is known already changes nothing."""
    words = one_line(text, MOST_LETTERS + 1)
    _refuse(by)
    if kind not in Term.Kind.values:
        raise Refused("Choose what this word is.")
    if not words:
        raise Refused("Write the word first.")
    if len(words) > MOST_LETTERS:
        raise Refused("A word or name here holds 120 characters.")
    if Term.objects.filter(workspace=workspace).count() >= MOST:
        raise Refused("A workspace knows at most 1,000 words of its own.")
    with write():
        term, made = Term.objects.get_or_create(workspace=workspace, kind=kind, text=words)
        if made:
            record("term.added", term, by=by, kind=kind)
    return term


def forget(workspace: Workspace, id: int, *, by: Member) -> None:
    """Know a word no longer."""
    _refuse(by)
    with write():
        term = Term.objects.filter(workspace=workspace, pk=id).first()
        if term is None:
            raise Refused("This word was removed already.")
        record("term.removed", term, by=by, kind=term.kind)
        term.delete()


def _refuse(by: Member) -> None:
    if not by.manages:
        raise Refused("Only an owner or a manager can change these words. Ask one of them.")
