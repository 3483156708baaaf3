"""Proving that a person is forgotten: everything is searched again for what was known of them, and counted."""

from __future__ import annotations

from collections import Counter
from typing import Any

from rapport.accounts.models import Workspace
from rapport.core import erasing
from rapport.inbox import covering
from rapport.inbox.forgetting import NOBODY, Known, aside_files
from rapport.inbox.holding import PLACES
from rapport.inbox.masking import Mask, as_bytes
from rapport.inbox.models import Arrival, Message
from rapport.people.models import Identity, Person

OVERLAP = 4096
PHRASES = 50


def prove(known: Known) -> dict[str, Any]:
    """Erase what deleted rows leave, then look: ``{"sought", "erased", "rows", "search", "files", "elsewhere"}``.

    All figures but the sentence ``erased``. Bytes know no workspaces: where a file still holds them, ``elsewhere`` says
    how many rows of other workspaces do, each of which keeps what it heard until it forgets by itself.
    """
    workspace = known.person.workspace
    tables = [str(place.model._meta.db_table) for place in PLACES] + [str(Arrival._meta.db_table)]
    erased = erasing.erase(sorted({*tables, "people_identity", "people_person"}))
    left = covering.places(workspace, known.masks, apply=False, spare=frozenset(), seen=lambda: None)
    more, _ = covering.arrivals(workspace, known.theirs, known.masks.wide, apply=False, seen=lambda: None)
    sought = known.sought
    in_files = _in_files(known)
    return {
        "sought": {"addresses": len(sought.addresses), "names": len(sought.names), "texts": len(sought.texts)},
        "erased": erased,
        "rows": sum((left + more).values()) + _named(known),
        "search": _searched(known),
        "files": in_files,
        "elsewhere": _elsewhere(known) if any(in_files.values()) else 0,
    }


def _named(known: Known) -> int:
    """Rows of their own that still name them."""
    identities = Identity.objects.filter(pk__in=[one.pk for one in known.identities]).exclude(
        address__startswith=NOBODY
    )
    people = Person.objects.filter(pk__in=[one.pk for one in known.everyone])
    return identities.count() + people.exclude(name="", organisation="", note="").count()


def _elsewhere(known: Known) -> int:
    others = Workspace.objects.exclude(pk=known.person.workspace_id)
    found = 0
    for other in others:
        rows = covering.places(other, known.masks, apply=False, spare=frozenset(), seen=lambda: None)
        arrived, _ = covering.arrivals(other, known.theirs, known.masks.wide, apply=False, seen=lambda: None)
        found += sum((rows + arrived).values())
    return found


def _searched(known: Known) -> int:
    """What the search of the desk still finds of their longest texts."""
    own = Message.objects.filter(workspace=known.person.workspace)
    longest = sorted(known.sought.texts, key=len, reverse=True)[:PHRASES]
    phrases = (" ".join(text.replace('"', " ").split()[:8]) for text in longest if len(text.split()) >= 4)
    return sum(own.search(f'"{phrase}"').filter(pk__in=known.messages).count() for phrase in phrases)


def _in_files(known: Known) -> dict[str, int]:
    """How often the bytes of our own files hold them: the database, its log, unreadable rows."""
    mask = Mask(as_bytes(known.sought), raw=True)
    found: Counter[str] = Counter()
    for path in [*erasing.files(), *aside_files(known.person.workspace_id)]:
        found[path.name] += 0
        for piece in erasing.pieces(path, OVERLAP):
            found[path.name] += len(mask.spans(piece.decode("latin-1")))
    return dict(found)
