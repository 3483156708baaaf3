"""One verb on many conversations: at once where they are few, by the worker in batches where they are many.

Every conversation is turned by the verb itself, with an Event of its own; one Event per batch names those, so that the
whole act is undone in one go: each conversation to which nothing has happened since.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace

from rapport.accounts.models import Member
from rapport.core import work
from rapport.core.database import now, write
from rapport.core.events import record
from rapport.core.hints import hint
from rapport.core.models import Event
from rapport.core.refusal import Refused
from rapport.inbox import snoozing, tagging, undoing, working
from rapport.inbox.models import Conversation

VERBS = ("settle", "silence", "assign", "tag", "snooze")
AT_ONCE = 60
"""So many are done while one waits; of more, the worker does a batch after the other."""
BATCH = 100
MOST = 5_000

Turn = Callable[[Conversation], Event | None]


@dataclass(frozen=True)
class Act:
    """What is done: ``settle``; ``silence`` with why; ``assign`` to a member's id, 0 for nobody; ``tag`` with a word;
    ``snooze`` until a time (as :func:`snoozing.chosen` reads it)."""

    verb: str
    why: str = ""
    to: int = 0
    words: str = ""
    until: str = ""


@dataclass(frozen=True)
class Done:
    """``token`` names the act, ``changed`` counts what it changed so far; ``job`` is the due row of a large one, else 0."""

    token: str
    changed: int
    job: int = 0


def begin(ids: Sequence[int], act: Act, *, by: Member) -> Done:
    """Do it to these conversations, as far as this member sees them. Raises Refused before anything is changed."""
    act = _checked(ids, act, by)
    token = secrets.token_hex(8)
    if len(ids) <= AT_ONCE:
        return Done(token, _batch(ids, act, by, token))
    payload = {"by": by.pk, "token": token, "ids": list(ids), "act": asdict(act)}
    with write():
        return Done(token, 0, work.put("bulk", payload, workspace_id=by.workspace_id))


def undo(token: str, *, by: Member) -> tuple[int, int]:
    """Take one's own act back: (how many are as they were, how many not, because something happened there since)."""
    acts = Event.objects.filter(workspace_id=by.workspace_id, verb="bulk.acted", by_id=by.pk, facts__act=token)
    events = [id for one in acts.order_by("pk") for id in one.facts["events"]][::-1]  # what was done last, first
    if not events:
        raise Refused("There is nothing to undo: nothing was changed, or somebody else did it.")
    back = 0
    subjects = dict(Event.objects.filter(pk__in=events).values_list("pk", "subject_id"))
    for start in range(0, len(events), BATCH):
        with write():
            rows = Conversation.objects.seen_by(by).in_bulk([subjects[id] for id in events[start : start + BATCH]])
            for id in events[start : start + BATCH]:
                row = rows.get(subjects[id])
                back += row is not None and _undone(row, id, by)
    return back, len(events) - back


@work.job("bulk")
def run(row: work.Claimed) -> None:
    """A large act, a batch after the other, each with its progress in one transaction: killed, it goes on from there."""
    given = row.payload
    by = Member.objects.get(pk=given["by"])
    act = Act(**given["act"])
    at, changed = row.progress.get("at", 0), row.progress.get("changed", 0)
    while at < len(given["ids"]):
        with write():
            changed += _batch(given["ids"][at : at + BATCH], act, by, given["token"])
            at += BATCH
            if not row.extend(at=at, changed=changed):
                raise work.Stopped
            hint(by.workspace_id, "bulk", row.id)


def _batch(ids: Sequence[int], act: Act, by: Member, token: str) -> int:
    turn = _turning(act, by)
    events = []
    with write():
        rows = Conversation.objects.seen_by(by).filter(pk__in=ids)
        for conversation in rows.order_by("pk"):
            if not _already(conversation, act) and (event := _turned(turn, conversation)):
                events.append(event.pk)
        if events:
            record("bulk.acted", by, by=by, act=token, code=act.verb, events=events)
    return len(events)


def _turned(turn: Turn, row: Conversation) -> Event | None:
    """One of many that cannot be turned (it bears twenty tags already) does not hold up the others."""
    try:
        return turn(row)
    except Refused:
        return None


def _turning(act: Act, by: Member) -> Turn:
    if act.verb == "settle":
        return lambda row: working.settle(row, by=by)
    if act.verb == "silence":
        return lambda row: working.no_answer_needed(row, by=by, why=act.why)
    if act.verb == "tag":
        return lambda row: tagging.tag(row, act.words, by=by)
    if act.verb == "snooze":
        return lambda row: snoozing.snooze(row, act.until, by=by)
    to = _colleague(act, by)
    return lambda row: working.assign(row, to, by=by)


def _already(row: Conversation, act: Act) -> bool:
    """It is so already: nothing to change, and nothing to undo."""
    if act.verb == "assign":
        return (row.assignee_id or 0) == act.to
    if act.verb in {"tag", "snooze"}:
        return False  # the verbs themselves know
    return row.state in {"settled", "quiet"}


def _undone(row: Conversation, event: int, by: Member) -> bool:
    try:
        return undoing.undo(row, event, by=by)
    except Refused:
        return False


def _checked(ids: Sequence[int], act: Act, by: Member) -> Act:
    """The act, with the time it means. Raises Refused."""
    if not by.answers:
        raise Refused("You may read here, but not change anything. Ask an owner for another role.")
    if not ids:
        raise Refused("Choose conversations first: the box beside each, or x.")
    if len(ids) > MOST:
        raise Refused("At most 5,000 conversations at once. Narrow the list first.")
    if act.verb not in VERBS:
        raise Refused("Choose what to do with them.")
    if act.verb == "silence" and act.why not in working.REASONS_FOR_SILENCE:
        raise Refused("Choose why no answer is needed.")
    if act.verb == "assign":
        _colleague(act, by)
    if act.verb == "tag":
        tagging.named(act.words)
    if act.verb == "snooze":
        return replace(act, until=snoozing.chosen(act.until, now(), by.tz).isoformat())
    return act


def _colleague(act: Act, by: Member) -> Member | None:
    to = Member.objects.active().filter(workspace=by.workspace_id, pk=act.to).first() if act.to else None
    if act.to and (to is None or not to.answers):
        raise Refused("Only somebody who answers in this workspace can be given a conversation.")
    return to
