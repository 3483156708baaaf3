"""Removing what an import brought: its messages, and what is left without anything by their going.

What a person acted on stays, and is counted; so does what another source brought as well. Batch by batch, each in one
transaction; whatever stops it, it begins again and finds less.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec
from django.db import models
from django.db.models import Count

from rapport.channels.base import Envelope
from rapport.core import counters, work
from rapport.core.database import enter, locked, write
from rapport.core.hashing import key
from rapport.core.hints import hint
from rapport.inbox.models import Arrival, Conversation, Message, Source
from rapport.inbox.versions import version
from rapport.ingest import sql, turns
from rapport.ingest.accepting import arrival_key
from rapport.ingest.asides import unreadable_file
from rapport.ingest.line import Thread
from rapport.people.models import Belonging, Identity, Likeness, Person, Trait

BATCH = 500
MADE_ANEW = {Trait, Likeness}
"""What points to somebody only because the program found it, and goes with them."""
_decode = msgspec.json.Decoder(Envelope).decode


def take_out(
    row: work.Claimed, source: Source, began: datetime, until: datetime | None, *, history: bool = False
) -> None:
    """Take out what arrived from this source since ``began``. Progress: ``removed`` and ``kept`` (messages).

    ``history``: of a source that lives, only what was brought along from the time before it was connected.
    """
    arrivals = Arrival.objects.filter(source=source, arrived_at__gte=began)
    if history:
        arrivals = arrivals.filter(history=True)
    if until is not None:
        arrivals = arrivals.filter(arrived_at__lte=until)
    removed, kept, last = int(row.progress.get("removed", 0)), 0, 0
    while True:
        with write():
            enter(source.workspace_id, alone=True)  # nothing joins a conversation while it is being emptied
            batch = list(locked(arrivals.filter(pk__gt=last)).order_by("pk")[:BATCH])
            if not batch:
                break
            gone, stayed = _take_out(source, batch, began, history=history)
            last, removed, kept = batch[-1].pk, removed + gone, kept + stayed
            if not row.extend(**row.progress | {"removed": removed, "kept": kept}):
                raise work.Stopped
    if not history:
        _finish(source)


def _finish(source: Source) -> None:
    """A source that is left without anything goes; one that still holds something may be read anew."""
    with write():
        if not _bare(Source, [source.pk]):
            Source.objects.filter(pk=source.pk).update(cursor="", unreadable=0)
        else:
            Source.objects.filter(pk=source.pk).delete()
    unreadable_file(source).unlink(missing_ok=True)


def _take_out(source: Source, batch: list[Arrival], began: datetime, *, history: bool) -> tuple[int, int]:
    """(messages removed, messages kept because a person acted there) of these arrivals."""
    envelopes = {arrival.pk: _decode(bytes(arrival.envelope)) for arrival in batch}
    keys = {id: key(envelope.network, envelope.external_id) for id, envelope in envelopes.items()}
    known = sql.ids(Message, source.workspace_id, keys.values())
    brought = Message.objects.filter(pk__in=known.values(), source=source, arrived_at__gte=began)
    brought = brought.filter(history=True) if history else brought
    joined = set(brought.values_list("conversation_id", flat=True))
    rows = {row.pk: row for row in locked(Conversation.objects.filter(pk__in=joined)).order_by("pk")}
    touched = _touched(rows.values())
    messages = {message.pk: message for message in brought.filter(conversation__in=rows)}
    stay = {id for id, message in messages.items() if message.conversation_id in touched}
    ids = {arrival_id: known.get(found, 0) for arrival_id, found in keys.items()}
    versions: dict[int, set[tuple[Envelope, str]]] = defaultdict(set)
    for arrival_id, id in ids.items():
        if id in messages and id not in stay:
            envelope = envelopes[arrival_id]
            versions[id] |= {(envelope, version(envelope)), (envelope, messages[id].version)}
    elsewhere = _elsewhere(source, versions)
    for id, other in elsewhere.items():
        Message.objects.filter(pk=id).update(source_id=other)
    gone = [message for id, message in messages.items() if id not in stay and id not in elsewhere]
    Arrival.objects.filter(pk__in=[arrival_id for arrival_id, id in ids.items() if id not in stay]).delete()
    Message.objects.filter(pk__in=[message.pk for message in gone]).delete()
    bumps = _stand_anew([row for row in rows.values() if row.pk not in touched])
    _forget_people({message.identity_id for message in gone if message.identity_id}, began)
    hint(source.workspace_id, "messages", 0)
    counters.bump([(source.workspace_id, "messages", -len(gone)), *bumps])
    return len(gone), len(stay)


def _touched(rows: Iterable[Conversation]) -> set[int]:
    """The conversations on which a person acted, or is about to: a verb, an assignment, words being typed or sent."""
    acted = {row.pk for row in rows if row.touched_at or row.assignee_id}
    others = [row.pk for row in rows if row.pk not in acted]
    busy = Conversation.objects.filter(pk__in=others).filter(
        models.Q(drafts__isnull=False)
        | models.Q(outbox__isnull=False)
        | models.Q(messages__by__isnull=False)
        | models.Q(messages__dispositions__by__isnull=False)
    )
    return acted | set(busy.values_list("pk", flat=True))


def _elsewhere(source: Source, versions: dict[int, set[tuple[Envelope, str]]]) -> dict[int, int]:
    """message id → another source of the workspace that brought it, too."""
    others = Source.objects.filter(workspace=source.workspace_id).exclude(pk=source.pk).values_list("pk", flat=True)
    wanted = {
        arrival_key(other, envelope, name): (id, other)
        for other in others
        for id, forms in versions.items()
        for envelope, name in forms
    }
    found: dict[int, int] = {}
    names = list(wanted)
    for start in range(0, len(names), BATCH):
        for one in sql.ids(Arrival, source.workspace_id, names[start : start + BATCH]):
            id, other = wanted[one]
            found[id] = min(other, found.get(id, other))
    return found


def _stand_anew(rows: list[Conversation]) -> list[counters.Bump]:
    """Conversations left empty go; the others stand as what is left in them makes them stand. How the counters move."""
    counted = Message.objects.filter(conversation__in=rows).values_list("conversation_id").annotate(n=Count("pk"))
    left = dict(counted)
    stands = turns.replay(list(left))
    bumps: list[counters.Bump] = []
    for row in rows:
        bumps += [(row.workspace_id, name, -1) for name in row.counter_keys()]
        if row.pk in left:
            _stand(row, stands[row.pk], left[row.pk])
            bumps += [(row.workspace_id, name, 1) for name in row.counter_keys()]
    Conversation.objects.filter(pk__in=[row.pk for row in rows if row.pk not in left]).delete()
    return bumps


def _stand(row: Conversation, stand: Thread, count: int) -> None:
    for name in turns.STANDING:
        setattr(row, name, getattr(stand, name))
    row.message_count = count
    sources = Message.objects.filter(conversation=row).order_by("-said_at", "-pk").values_list("source_id", flat=True)
    if not sources.filter(source_id=row.source_id).exists():
        row.source_id = sources[0]
    row.save()


def _forget_people(ids: set[int], began: datetime) -> None:
    """Identities that came with the import and to which nothing points any more; then their people, likewise."""
    strangers = Identity.objects.filter(pk__in=ids, created_at__gte=began)
    people = dict(strangers.filter(pk__in=_bare(Identity, strangers)).values_list("pk", "person_id"))
    Identity.objects.filter(pk__in=people).delete()
    Person.objects.filter(pk__in=_bare(Person, set(people.values())), created_at__gte=began).delete()


def _bare(model: type[models.Model], rows: Any) -> set[int]:
    """The ids of those rows to which no row of any table points."""
    found = model._base_manager.filter(pk__in=rows)
    for relation in model._meta.get_fields(include_hidden=True):
        if not isinstance(relation, models.ForeignObjectRel) or relation.related_model in MADE_ANEW:
            continue
        pointing = relation.related_model._base_manager.filter(**{f"{relation.field.name}__in": rows})
        if relation.related_model is Belonging:  # where an address book put them, and no member said so
            pointing = pointing.exclude(by=None, ended_by=None)
        found = found.exclude(pk__in=pointing.values(relation.field.attname))
    return set(found.values_list("pk", flat=True))
