"""Turns: how a conversation stands after what was said, kept by the message, and replayed where the order was another.

A message that arrives in the order of speaking turns its conversation by one step. One that comes late, or brings two
conversations together, has the whole thread replayed from the dispositions that stand, unless a person touched it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.conf import settings
from django.db.models import F, Window
from django.db.models.functions import RowNumber, Substr

from rapport.inbox import turning, waking
from rapport.inbox.models import Conversation, Disposition, Message, Reading
from rapport.inbox.triage import clocks
from rapport.inbox.triage.disposition import Disposition as Decision
from rapport.inbox.triage.words import headline
from rapport.ingest import sql
from rapport.ingest.line import Counted, Line, Thread, clean

MOST_REPLAYED = 1_000
"""Messages of one thread that a replay looks at, the newest: a thread of a hundred thousand must not stop the line."""
STANDING = (
    *("identity_id", "snippet", "state", "urgency", "headline", "due_at", "position", "snoozed_until"),
    *("last_message_at", "last_ours"),
)
_CHANGED = (
    *("identity", "snippet", "state", "urgency", "headline", "due_at", "position", "snoozed_until"),
    *("last_message_at", "last_ours", "message_count", "assignee"),
)


@dataclass(frozen=True)
class Spoken:
    """What a message does to its conversation. ``asks``: ours asks something; ``decided``: what theirs needs."""

    ours: bool
    said_at: datetime
    arrived_at: datetime
    identity_id: int | None
    text: str
    asks: bool = False
    decided: Decision | None = None
    history: bool = False
    """It was brought along when its source was connected."""

    @property
    def owed(self) -> bool:
        """May it turn its conversation to the desk, if it needs an answer?"""
        urgency = self.decided.urgency if self.decided else 0
        return clocks.owed(self.said_at, self.arrived_at, urgency, history=self.history)


def turn(touched: list[Thread], lines: list[Line]) -> None:
    """Let every new message, stored by now, turn its conversation; then write how they stand."""
    fresh: dict[int, list[Line]] = defaultdict(list)
    for line in lines:
        fresh[line.thread.id].append(line)
    late = [thread for thread in touched if not thread.touched and _is_late(thread, fresh[thread.id])]
    for thread in set(touched) - set(late):
        for line in fresh[thread.id]:
            step(thread, _spoken(line))
    replayed = replay([thread.id for thread in late])
    for thread in late:
        thread.message_count += len(fresh[thread.id])
        for name in STANDING:
            setattr(thread, name, getattr(replayed[thread.id], name))
    columns = (*STANDING, "message_count", "assignee_id")
    ordered = sorted(touched, key=lambda thread: thread.id)
    sql.update(Conversation, _CHANGED, [(t.id, *(getattr(t, name) for name in columns)) for t in ordered])
    for thread in ordered:
        if any(was.state == turning.SNOOZED for was in thread.was) and thread.state != turning.SNOOZED:
            workspace_id = lines[0].arrival.workspace_id
            waking.tell(Conversation(pk=thread.id, workspace_id=workspace_id, state=thread.state), "message")


def _is_late(thread: Thread, lines: list[Line]) -> bool:
    last = thread.last_message_at
    return thread.merged or (last is not None and any(line.said_at < last for line in lines))


def _spoken(line: Line) -> Spoken:
    asks = line.reading is not None and _asks(line.reading.intents)
    return Spoken(
        line.ours, line.said_at, line.arrival.arrived_at, line.identity_id, line.envelope.text, asks, line.decision,
        line.arrival.history,
    )  # fmt: skip


def _asks(intents: dict[str, float]) -> bool:
    return max(intents.get("question", 0.0), intents.get("request", 0.0)) >= 0.5


def replay(ids: list[int]) -> dict[int, Thread]:
    """How each of these conversations stands when its messages are gone through in the order of speaking."""
    stands = {id: Thread(b"", "", id) for id in ids}
    if not ids:
        return stands
    back = Window(RowNumber(), partition_by=F("conversation_id"), order_by=[F("said_at").desc(), F("id").desc()])
    messages = Message.objects.filter(conversation_id__in=ids).annotate(back=back, beginning=Substr("text", 1, 1000))
    rows = list(
        messages.filter(back__lte=MOST_REPLAYED)
        .order_by("conversation_id", "said_at", "id")
        .values_list("id", "conversation_id", "ours", "said_at", "arrived_at", "identity_id", "beginning", "history")
    )
    decided = _decided(ids)
    readings = Reading.objects.filter(message__conversation_id__in=ids, message__ours=True)
    asking = {id for id, data in readings.values_list("message_id", "data") if _asks(data.get("intents", {}))}
    for conversation_id, spoken in groupby(rows, key=lambda row: row[1]):
        for id, _, ours, said_at, arrived_at, identity_id, text, history in spoken:
            known = None if ours else decided.get(id)
            said = Spoken(ours, said_at, arrived_at, identity_id, text, id in asking, known, history)
            step(stands[conversation_id], said)
    return stands


def _decided(ids: list[int]) -> dict[int, Decision]:
    """The decision that counts for each message: the latest that asks for an answer, else the latest. Never closes."""
    found: dict[int, Disposition] = {}
    for row in Disposition.objects.filter(message__conversation_id__in=ids).order_by("id"):
        if row.needs != "no" or row.message_id not in found or found[row.message_id].needs == "no":
            found[row.message_id] = row
    return {id: row.value for id, row in found.items()}


def step(thread: Thread, said: Spoken) -> None:
    """One message turns its conversation."""
    thread.message_count += 1
    newest = thread.last_message_at is None or said.said_at >= thread.last_message_at
    if newest:
        thread.last_message_at, thread.last_ours = said.said_at, said.ours
        thread.snippet = clean(" ".join(said.text.split()), 200) or thread.snippet
    if not said.ours:
        thread.identity_id = thread.identity_id or said.identity_id
    if not newest:  # a person touched it: an older message that arrives late does not turn what came after it
        return
    if said.ours:
        thread.state, thread.due_at = turning.on_reply(asks=said.asks), None
    elif said.decided is not None:
        _turn_on_theirs(thread, said, said.decided)
    if thread.state != turning.SNOOZED:
        thread.snoozed_until = None


def _turn_on_theirs(thread: Thread, said: Spoken, decided: Decision) -> None:
    was = thread.state
    if decided.needs != "no" and not said.owed:  # read, not owed: whoever looks finds it, and nobody is sent there
        thread.state = turning.QUIET if thread.message_count == 1 else was
        return
    thread.state = turning.on_arrival(thread.state, decided, first=thread.message_count == 1)
    grave = turning.stays_grave(was, thread.urgency)
    if not grave and (decided.needs != "no" or was != turning.NEEDS_ANSWER):
        thread.headline = headline(decided)
    if decided.needs != "no":
        urgency = max(thread.urgency, decided.urgency) if grave else decided.urgency
        clock = clocks.start(said.said_at, said.arrived_at, urgency, settings.RAPPORT_DUE_HOURS, history=said.history)
        if was in {turning.NEEDS_ANSWER, turning.SNOOZED} and thread.message_count > 1:
            clock = clocks.earlier(clock, clocks.Clock(thread.due_at, thread.position))
            thread.urgency = max(thread.urgency, urgency)
        else:
            thread.urgency = urgency
        thread.due_at, thread.position = clock.due_at, clock.position
    elif thread.state != turning.NEEDS_ANSWER:
        thread.due_at = None


def bumps(workspace_id: int, threads: Iterable[Thread]) -> list[tuple[int, str, int]]:
    """How the counters move: every touched conversation leaves where it was counted and is counted where it stands."""
    deltas: dict[str, int] = defaultdict(int)
    for thread in threads:
        stands = Counted(thread.state, thread.assignee_id)
        for counted, change in (*((was, -1) for was in thread.was), (stands, 1)):
            deltas[f"state:{counted.state}"] += change
            if counted.assignee_id is not None and counted.state in turning.IN_HAND:
                deltas[f"mine:{counted.assignee_id}"] += change
    return [(workspace_id, name, delta) for name, delta in deltas.items()]
