"""Straining: which conversations say, by their turns alone, that somebody is stuck with us; and that a person knows better.

It runs behind the line, set by set, in due rows of its own, and may run twice: how a conversation stands is worked out
anew from its newest turns each time. The signs themselves are not stored: whoever looks works them out of the messages.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from django.db.models import F, Window
from django.db.models.functions import RowNumber, Substr

from rapport.accounts.models import Member
from rapport.core import work
from rapport.core.database import locked, now, write
from rapport.core.events import on, record
from rapport.core.hints import hint
from rapport.core.models import Event
from rapport.core.refusal import Refused
from rapport.inbox.models import Conversation, Message
from rapport.understanding import structure
from rapport.understanding.reading import Turn
from rapport.understanding.structure_words import READ_AT_MOST

FEWEST = 4
"""Messages of a conversation below which nobody can be stuck."""
BATCH = 200


@on("messages.arrived")
def arrived(event: Event) -> None:
    """A batch came in: look at the conversations that it went on with."""
    look_between(event.workspace_id, event.facts.get("first", 0), event.facts.get("last", 0))


@on("conversation.answered_there")
def answered(event: Event) -> None:
    look([event.subject_id])


@on("outgoing.left")
def sent(event: Event) -> None:
    look(Message.objects.filter(outgoing=event.subject_id).values_list("conversation_id", flat=True))


@work.job("strain")
def run(row: work.Claimed) -> None:
    """Look at everything between two messages: for what arrived before there was this."""
    payload = row.payload
    look_between(payload["workspace"], payload["first"], payload["last"])


def look_between(workspace_id: int, first: int, last: int) -> None:
    """Look at each conversation with a message of these ids in which somebody can be stuck."""
    if not last:
        return
    rows = Message.objects.filter(workspace=workspace_id, pk__range=(first, last))
    rows = rows.filter(conversation__message_count__gte=FEWEST)
    ids = sorted(set(rows.values_list("conversation_id", flat=True)))
    for at in range(0, len(ids), BATCH):
        look(ids[at : at + BATCH])


def look(ids: Iterable[int]) -> int:
    """Say of each of these conversations whether somebody is stuck there. How many turned."""
    rows = list(Conversation.objects.filter(pk__in=list(ids), message_count__gte=FEWEST))
    turns = turns_of([row.pk for row in rows])
    turned = 0
    for row in rows:
        found = structure.state(turns[row.pk], row.calmed_at)
        if bool(found.since) != (row.frustrated_at is not None):
            turned += _turn(row, found, turns[row.pk])
    return turned


def turns_of(ids: list[int]) -> dict[int, list[Turn]]:
    """The newest turns of each conversation, oldest first, in one query."""
    found: dict[int, list[Turn]] = defaultdict(list)
    back = Window(RowNumber(), partition_by=F("conversation_id"), order_by=[F("said_at").desc(), F("id").desc()])
    rows = Message.objects.filter(conversation_id__in=ids, deleted_at=None)
    rows = rows.annotate(back=back, beginning=Substr("text", 1, READ_AT_MOST)).filter(back__lte=structure.READ_AT_MOST)
    rows = rows.order_by("conversation_id", "said_at", "id")
    for talk, ours, who, text, at in rows.values_list("conversation_id", "ours", "identity_id", "beginning", "said_at"):
        found[talk].append(turn_of(ours, who, text, at))
    return found


def turn_of(ours: bool, who: int | None, text: str, at: datetime) -> Turn:
    """A message as ``structure`` looks at it."""
    return Turn(ours=ours, author="" if ours else str(who or ""), text=text, said_at=at)


def _turn(row: Conversation, found: structure.State, turns: list[Turn]) -> bool:
    """Once, whoever looks at the same moment: who writes it down tells it."""
    stuck = bool(found.since)
    since = turns[found.since - 1].said_at if stuck else None
    with write():
        mine = Conversation.objects.filter(pk=row.pk, frustrated_at__isnull=stuck, calmed_at=row.calmed_at)
        if not mine.update(frustrated_at=since):
            return False
        row.frustrated_at = since
        codes = sorted({sign.code for sign in found.signs})
        if stuck:
            record("conversation.frustrated", row, weight=found.weight, codes=codes, contacts=found.effort.contacts)
        else:
            record("conversation.relieved", row)
        hint(row.workspace_id, "conversation", row.pk)
    return True


def calm(conversation: Conversation, *, by: Member) -> None:
    """A person says that nobody is stuck here: it holds until new signs say otherwise."""
    _may(by)
    with write():
        row = locked(Conversation.objects).filter(pk=conversation.pk).first()
        if row is None or row.frustrated_at is None:
            return
        Conversation.objects.filter(pk=row.pk).update(frustrated_at=None, calmed_at=now(), touched_at=now())
        record("conversation.calmed", row, by=by)
        hint(row.workspace_id, "conversation", row.pk)


def uncalm(conversation: Conversation, *, by: Member) -> None:
    """Take that back: the turns say again what they say."""
    _may(by)
    with write():
        if not Conversation.objects.filter(pk=conversation.pk, calmed_at__isnull=False).update(calmed_at=None):
            return
        record("conversation.uncalmed", conversation, by=by)
    look([conversation.pk])


def _may(by: Member) -> None:
    if not by.answers:
        raise Refused("You may read here, but not change anything. Ask an owner for another role.")
