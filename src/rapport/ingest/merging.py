"""Merging: conversations that turn out to be one become one; nothing that was said, noted, typed or sent is lost.

The one a person touched survives, else the oldest. What a person touched keeps its standing, unless the other one
needed an answer (or, snoozed, will again); what nobody touched is replayed from its messages (``turns``).
"""

from __future__ import annotations

from rapport.inbox import enclosing, turning, whereabouts
from rapport.inbox.models import Continuation, Conversation, Draft, Message, Note, Outgoing, Tagging
from rapport.ingest import sql
from rapport.ingest.line import Counted, Thread, clean

_STANDING = ("state", "urgency", "headline", "due_at", "position", "snoozed_until")
_LATEST = ("snippet", "last_message_at", "last_ours")


def settle(groups: dict[Thread, list[Conversation]]) -> None:
    """Fill each thread in from its rows; where there are several, all moves into the one that survives."""
    moves: list[tuple[int, int]] = []
    renamed: list[tuple[object, ...]] = []
    survivors = {thread: _survivor(rows) for thread, rows in groups.items()}
    for thread, rows in groups.items():
        survivor = survivors[thread]
        _fill(thread, survivor, rows)
        moves += [(row.pk, survivor.pk) for row in rows if row is not survivor]
        if thread.merged or bytes(survivor.key) != thread.key:
            public = all(row.public for row in rows)
            subject = survivor.subject or next((row.subject for row in rows if row.subject), "")
            renamed.append((survivor.pk, thread.key, clean(thread.name, 500), public, subject))
    if moves:
        _move(moves)
        whereabouts.write_down(next(iter(survivors.values())).workspace_id, dict(moves))
    sql.update(Conversation, ("key", "thread", "public", "subject"), renamed)


def _survivor(rows: list[Conversation]) -> Conversation:
    return min(rows, key=lambda row: (row.touched_at is None, row.assignee_id is None, row.pk))


def _fill(thread: Thread, survivor: Conversation, rows: list[Conversation]) -> None:
    thread.id, thread.merged = survivor.pk, len(rows) > 1
    thread.was = [Counted(row.state, row.assignee_id) for row in rows]
    thread.touched = any(row.touched_at for row in rows)
    thread.assignee_id = next((row.assignee_id for row in (survivor, *rows) if row.assignee_id), None)
    thread.identity_id = next((row.identity_id for row in (survivor, *rows) if row.identity_id), None)
    thread.message_count = sum(row.message_count for row in rows)
    owing = [row for row in rows if row.state == turning.NEEDS_ANSWER]
    snoozed = [row for row in rows if row.snoozed_until]
    standing = min(owing or snoozed or [survivor], key=lambda row: (row.position, row.pk))
    latest = max(rows, key=lambda row: (row.last_message_at, row.pk))
    for names, row in ((_STANDING, standing), (_LATEST, latest)):
        for name in names:
            setattr(thread, name, getattr(row, name))


def _move(moves: list[tuple[int, int]]) -> None:
    """Everything of the first goes to the second; then the first is gone."""
    _join_drafts(dict(moves))
    _join_tags(dict(moves))
    for model in (Message, Note, Outgoing, Draft, Tagging, Continuation):
        sql.move(model, "conversation", moves)
    Conversation.objects.filter(pk__in=[lost for lost, _ in moves]).delete()


def _join_tags(goes_to: dict[int, int]) -> None:
    """What bears the same tag in both bears it once."""
    kept: set[tuple[int, int]] = set()
    for one in Tagging.objects.filter(conversation__in={*goes_to, *goes_to.values()}).order_by("pk"):
        place = goes_to.get(one.conversation_id, one.conversation_id), one.tag_id
        if place in kept:
            one.delete()
        kept.add(place)


def _join_drafts(goes_to: dict[int, int]) -> None:
    """Who typed in both conversations has one draft with both texts."""
    drafts = Draft.objects.filter(conversation__in={*goes_to, *goes_to.values()}).order_by("updated_at", "pk")
    kept: dict[tuple[int, int], Draft] = {}
    for draft in drafts:
        place = goes_to.get(draft.conversation_id, draft.conversation_id), draft.member_id
        first = kept.setdefault(place, draft)
        if first is not draft:
            first.text = "\n\n".join(text for text in (first.text, draft.text) if text)
            first.enclosed = enclosing.joined(draft.conversation.workspace_id, first.enclosed, draft.enclosed)
            draft.delete()
            first.save(update_fields=["text", "enclosed"])
