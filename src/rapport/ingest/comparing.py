"""Comparing people as they arrive: what messages show of who may be whom is written down, and the worker compares.

Readers of ``messages.arrived`` and of merges, and a job for what address books brought.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from rapport.core import work
from rapport.core.database import write
from rapport.core.events import on
from rapport.core.hashing import key
from rapport.core.models import Event
from rapport.inbox.models import Message
from rapport.ingest import sql
from rapport.people import comparing, traits
from rapport.people.models import Identity, Order, Trait

READ = 500


@on("messages.arrived")
def read_new(event: Event) -> None:
    """What the new messages hold, then whoever is new."""
    first, last = int(event.facts.get("first", 0)), int(event.facts.get("last", 0))
    if last:
        _write_down_cited(event.workspace_id, first, last)
    compare(event.workspace_id)


@on("person.merged")
@on("person.unmerged")
@on("people.parting_ended")
def compare_anew(event: Event) -> None:
    compare(event.workspace_id)


@work.job("people.compare")
def compare_job(row: work.Claimed) -> None:
    compare(int(row.payload["workspace"]))


def compare(workspace_id: int) -> None:
    while comparing.compare(workspace_id, talks):
        pass


def talks(identities: Iterable[int]) -> Mapping[int, frozenset[int]]:
    """The conversations in which each of these spoke."""
    found: dict[int, set[int]] = defaultdict(set)
    rows = Message.objects.filter(identity__in=list(identities), ours=False).order_by()
    for identity, talk in rows.values_list("identity", "conversation").distinct():
        found[identity].add(talk)
    return {identity: frozenset(rows) for identity, rows in found.items()}


def _write_down_cited(workspace_id: int, first: int, last: int) -> None:
    """E-mail addresses, telephones and numbers of orders in these messages, each with who wrote it."""
    low, high = min(first, last), max(first, last)
    rows = Message.objects.filter(workspace=workspace_id, pk__range=(low, high), ours=False, identity__isnull=False)
    said = list(rows.filter(text__regex="[0-9@]").order_by("pk").values_list("pk", "identity", "text")[: 4 * READ])
    shops = list(Order.objects.filter(workspace=workspace_id).order_by().values_list("shop", flat=True).distinct()[:20])
    found = {(identity, mark): id for id, identity, text in said for _, mark in traits.cited(text)}
    numbers = {
        (identity, key(shop, number)): id
        for id, identity, text in said
        for number in (traits.numbers(text) if shops else ())
        for shop in shops
    }
    known = sql.ids(Order, workspace_id, [mark for _, mark in numbers])
    found |= {(identity, mark): id for (identity, mark), id in numbers.items() if mark in known}
    if found:
        with write():
            made = (
                Trait(workspace_id=workspace_id, identity_id=identity, kind="cites", key=mark, message=id)
                for (identity, mark), id in found.items()
            )
            Trait.objects.bulk_create(made, ignore_conflicts=True)
            Identity.objects.filter(pk__in={identity for identity, _ in found}).update(compared_at=None)
