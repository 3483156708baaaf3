"""Identity: (network, address) → Identity → Person, for a whole batch."""

from __future__ import annotations

import unicodedata

from rapport.accounts.models import Workspace
from rapport.channels.base import Author
from rapport.core.database import locked, now
from rapport.ingest import sql
from rapport.ingest.line import Line, clean
from rapport.people import addresses
from rapport.people.models import Identity, Person

_PERSON = ("id", "workspace", "name", "created_at")
_IDENTITY = ("workspace", "person", "network", "address", "name", "key", "created_at")


def identity_key(line: Line) -> bytes:
    return addresses.identity_key(line.envelope.network, line.envelope.author.address)


def attach(workspace: Workspace, lines: list[Line]) -> None:
    """Give every line its identity; a stranger becomes a Person with one Identity."""
    by_key = {identity_key(line): line for line in reversed(lines)}
    known = sql.ids(Identity, workspace.pk, by_key)
    # In the order of their keys, as every worker does: two that meet the same strangers then never wait crosswise.
    strangers = [line for found, line in sorted(by_key.items(), key=lambda pair: pair[0]) if found not in known]
    if strangers:
        moment = now()
        people = list(sql.next_ids(Person, len(strangers)))
        names = [clean(called(line.envelope.author), 200) for line in strangers]
        sql.insert(Person, _PERSON, [(id, workspace.pk, name, moment) for id, name in zip(people, names, strict=True)])
        rows = zip(people, names, strangers, strict=True)
        sql.insert(
            Identity,
            _IDENTITY,
            [
                (
                    workspace.pk,
                    id,
                    line.envelope.network,
                    clean(line.envelope.author.address, 320),
                    name,
                    identity_key(line),
                    moment,
                )
                for id, name, line in rows
            ],
        )
        known = sql.ids(Identity, workspace.pk, by_key)
        # Another worker may have met the same stranger at the same moment: its identity won, our person is nobody.
        Person.objects.filter(pk__in=people, identities=None).delete()
    for line in lines:
        line.identity_id = known[identity_key(line)]
    _follow(lines)


def _follow(lines: list[Line]) -> None:
    """How many follow somebody, as the last of these lines tells it; only what is new is written."""
    told = {line.identity_id: line.envelope.author.followers for line in lines if line.envelope.author.followers}
    if not told:
        return
    was = Identity.objects.filter(pk__in=told).values_list("pk", "followers")
    changed = {id: told[id] for id, before in was if before != told[id]}
    # In the order of their numbers, as every worker does: two never wait crosswise.
    in_order = locked(Identity.objects.filter(pk__in=changed).order_by("pk")).values_list("pk", flat=True)
    sql.update(Identity, ("followers",), [(id, changed[id]) for id in in_order] if changed else [])


def called(author: Author) -> str:
    """The name of whoever writes; their address where nothing of it can be seen (blanks, signs without a breadth)."""
    seen = any(unicodedata.category(letter)[0] not in "CZ" for letter in author.name)
    return author.name if seen else author.address
