"""Known here already? Whoever writes through another door, beside the relationship that there already is.

Where an address settles it nearly, the history is shown at once: since when, how much, and who of us speaks with them.
A namesake is only named, with a way to look: nobody is shown another's history because of a name.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import msgspec
from django.db.models import Count, Min, Q

from rapport.core.database import now
from rapport.inbox.models import Message
from rapport.people.likeness import Sign
from rapport.people.models import Identity, Likeness, Person

KNOWN = 2.5
"""From this weight on, and only by something that is theirs alone."""
OWN = frozenset({"same_mail", "same_phone", "wrote_mail", "wrote_order"})
SHOWN = 3


@dataclass(frozen=True)
class Alike:
    """Somebody who may be the same human. ``known``: their history is shown; ``colleague``: who of us wrote to them last."""

    row: Likeness
    person: Person
    known: bool
    codes: tuple[str, ...]
    address: str = ""
    since: datetime | None = None
    talks: int = 0
    colleague: str = ""


def alike(person: Person) -> list[Alike]:
    """The strongest first; nothing for whom nobody resembles, for the price of one query."""
    rows = Likeness.objects.filter(workspace=person.workspace_id).filter(Q(one=person.kept) | Q(other=person.kept))
    waiting = rows.filter(Q(later_until=None) | Q(later_until__lt=now())).select_related("one", "other")
    return [_alike(row, person.kept) for row in waiting.order_by("-weight", "pk")[:SHOWN]]


def _alike(row: Likeness, person: Person) -> Alike:
    other = row.other if row.one_id == person.pk else row.one
    signs = msgspec.convert(row.evidence, list[Sign])
    codes = tuple(sign.code for sign in signs)
    known = row.weight >= KNOWN and bool(OWN & set(codes)) and all(sign.weight > 0 for sign in signs)
    if not known:
        return Alike(row, other, known, codes)
    identities = list(Identity.objects.filter(person=other).order_by("pk").values_list("pk", "address"))
    theirs = [id for id, _ in identities]
    said = Message.objects.filter(identity__in=theirs, ours=False)
    told = said.aggregate(since=Min("said_at"), talks=Count("conversation", distinct=True))
    ours = Message.objects.filter(conversation__identity__in=theirs, ours=True, by__isnull=False)
    last = ours.order_by("-said_at", "-pk").values_list("by__name", flat=True).first()
    held = (
        said.filter(conversation__assignee__isnull=False)
        .order_by("-said_at")
        .values_list("conversation__assignee__name", flat=True)
    )
    address = identities[0][1] if identities else ""
    return Alike(row, other, known, codes, address, told["since"], told["talks"], last or held.first() or "")
