"""Remembering: what was said is read once more, after it arrived, for promises and for facts people tell of themselves.

It runs behind the line, in a due row of its own, so that the line never waits for it; and it may run twice: a promise is
one for each place in a message, a fact one for each person and thing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rapport.core import work
from rapport.core.database import write
from rapport.core.events import on
from rapport.core.hashing import key
from rapport.core.hints import hint
from rapport.core.models import Event
from rapport.inbox.models import Fact, Message, Promise
from rapport.understanding import facts, promises

BATCH = 500
_NOT_OF = frozenset({"danger", "illness", "bereavement", "hardship"})
"""Flags of a message from which no fact is taken."""
_FEW = 5


@on("messages.arrived")
def arrived(event: Event) -> None:
    """A batch came in: read what it brought."""
    read_between(event.workspace_id, event.facts.get("first", 0), event.facts.get("last", 0))


@on("conversation.answered_there")
def answered(event: Event) -> None:
    """Somebody kept an answer they gave elsewhere."""
    _of_ours(event.subject_id)


@on("outgoing.left")
def sent(event: Event) -> None:
    """An answer left."""
    ours = Message.objects.filter(outgoing=event.subject_id).values_list("conversation_id", flat=True).first()
    if ours:
        _of_ours(ours)


@on("message.edited")
def edited(event: Event) -> None:
    """Its words changed: what they no longer say is forgotten, what they say now remembered."""
    message = Message.objects.select_related("identity", "reading").filter(pk=event.subject_id, deleted_at=None).first()
    if message is None:
        return
    starts = [span.start for span in promises.find(message.text, message.ours)]
    told = [bytes(fact.key) for fact in _told(message)]
    with write():
        Promise.objects.filter(message=message, kept_at=None).exclude(start__in=starts).delete()
        Fact.objects.filter(message=message, removed_at=None).exclude(key__in=told).delete()
    remember([message])


@work.job("remember")
def run(row: work.Claimed) -> None:
    """Read everything between two messages: for what arrived before there was remembering."""
    payload = row.payload
    read_between(payload["workspace"], payload["first"], payload["last"], seen=lambda: row.extend())


def _of_ours(conversation: int) -> None:
    remember(Message.objects.filter(conversation=conversation, ours=True, deleted_at=None).order_by("-pk")[:_FEW])


def read_between(workspace_id: int, first: int, last: int, seen: object = None) -> None:
    """Remember the messages of a workspace with ids from ``first`` to ``last``, a batch at a time."""
    after = first - 1
    while after < last:
        rows = Message.objects.filter(workspace=workspace_id, pk__gt=after, pk__lte=last, deleted_at=None)
        batch = list(rows.select_related("identity", "reading").order_by("pk")[:BATCH])
        if not batch:
            return
        remember(batch)
        after = batch[-1].pk
        if callable(seen):
            seen()


def remember(messages: Iterable[Message]) -> None:
    """Store the promises and facts in these messages; what is there already stays as it is."""
    batch = list(messages)
    bound = [
        Promise(message=message, start=span.start, end=span.end, who=span.who)
        for message in batch
        for span in promises.find(message.text, message.ours)
    ]
    told = [fact for message in batch for fact in _told(message)]
    if not bound and not told:
        return
    with write():
        Promise.objects.bulk_create(bound, ignore_conflicts=True)
        _keep(told)
        for workspace_id in {message.workspace_id for message in batch}:
            hint(workspace_id, "people", 0)


def _told(message: Message) -> list[Fact]:
    """The facts that a message tells of its writer: said in public or to us, and never of what is nobody's business."""
    if message.ours or message.identity is None or not (message.public or message.addressed == "to_us"):
        return []
    reading = getattr(message, "reading", None)
    data = reading.data if reading else {}
    if _NOT_OF & set(data.get("flags", ())):
        return []
    return [
        Fact(
            workspace_id=message.workspace_id,
            person_id=message.identity.own_person_id,
            message=message,
            kind=span.kind,
            key=key(span.kind, facts.folded(span.thing)),
            thing=span.thing[:100],
            words=span.words[:400],
            said_at=message.said_at,
            seen_at=message.said_at,
        )
        for span in facts.find(message.text, glad=data.get("valence") != "negative")
    ]


def _keep(told: Sequence[Fact]) -> None:
    """New facts, and those said again: their source is then the later message. A removed one stays removed."""
    latest: dict[tuple[int, bytes], Fact] = {}
    for fact in told:
        place = (fact.person_id, bytes(fact.key))
        first = latest.get(place)
        if first is None or fact.seen_at >= first.seen_at:
            fact.said_at = min(fact.said_at, first.said_at) if first else fact.said_at
            latest[place] = fact
    if not latest:
        return
    there = Fact.objects.filter(person__in={person for person, _ in latest}, key__in={name for _, name in latest})
    have = {(fact.person_id, bytes(fact.key)): fact for fact in there}
    Fact.objects.bulk_create([fact for place, fact in latest.items() if place not in have], ignore_conflicts=True)
    again = []
    for place, fact in have.items():
        newer = latest.get(place)
        if newer is not None and newer.seen_at > fact.seen_at:
            fact.seen_at, fact.message, fact.words, fact.thing = newer.seen_at, newer.message, newer.words, newer.thing
            again.append(fact)
    Fact.objects.bulk_update(again, ["seen_at", "message", "words", "thing"])
