"""Cards: people as address books know them, found again by an address they have, never by a name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django.db.models import Q

from rapport.accounts.models import Workspace
from rapport.channels.base import Card
from rapport.core import work
from rapport.core.database import enter, now
from rapport.core.hashing import key
from rapport.ingest import sql
from rapport.ingest.line import clean
from rapport.people import organising
from rapport.people.addresses import folded
from rapport.people.merging import people_room
from rapport.people.models import Identity, Person

_PERSON = ("id", "workspace", "name", "organisation", "note", "created_at")
_IDENTITY = ("workspace", "person", "origin", "network", "address", "name", "key", "created_at")
_SAID = ("name", "note")


def keep(workspace: Workspace, cards: Sequence[Card]) -> None:
    """Make or complete the people of these cards. What is known of somebody already is never written over."""
    if not cards:
        return
    people = people_of(workspace, cards)
    rows = Person.objects.in_bulk(set(people))
    addresses: dict[int, set[str]] = defaultdict(lambda: {""})
    for identity in Identity.objects.filter(Q(person__in=rows, origin=None) | Q(origin__in=rows)):
        addresses[identity.own_person_id].add(identity.address)
    changed: dict[int, tuple[object, ...]] = {}
    belong: dict[int, str] = {}
    for card, id in zip(cards, people, strict=True):
        person = rows[id]
        before = tuple(getattr(person, name) for name in _SAID)
        # A name that is only an address was nobody's choice.
        chosen = person.name not in addresses[id]
        person.name = person.name if chosen else clean(card.name, 200) or person.name
        organisation = clean(card.organisation, 200)
        if organisation and person.organisation in {"", organisation}:
            belong.setdefault(id, organisation)
        person.note = person.note or clean(card.note, 10_000)
        after = tuple(getattr(person, name) for name in _SAID)
        if after != before:
            changed[id] = (id, *after)
    sql.update(Person, _SAID, changed.values())
    organising.keep(workspace.pk, belong.items())


def people_of(workspace: Workspace, cards: Iterable[Card]) -> list[int]:
    """The person's id of each card: whoever has one of its addresses, the first that is known; else somebody new.

    Addresses that nobody has become theirs. Two people who share a card stay two: joining them is a person's choice.
    Of somebody who is merged it is the row that the address came with, so that unmerging finds there what came since.
    """
    enter(people_room(workspace.pk))
    wanted = [{_key(*address): address for address in card.addresses} for card in cards]
    theirs = _known(workspace, {found for addresses in wanted for found in addresses})
    known = {found: one.own for found, one in theirs.items()}
    kept = {one.own: one.kept for one in theirs.values()}
    strangers = iter(sql.next_ids(Person, sum(1 for addresses in wanted if not addresses.keys() & known.keys())))
    people: list[int] = []
    made: dict[int, Card] = {}
    rows: list[tuple[object, ...]] = []
    moment = now()
    for card, addresses in zip(cards, wanted, strict=True):
        id = next((known[found] for found in addresses if found in known), 0)
        if not id:
            id = next(strangers)
            made[id] = card
        people.append(id)
        name = clean(card.name, 200)
        for found, (network, address) in addresses.items():
            if known.setdefault(found, id) == id:
                today = kept.get(id, id)
                origin = id if id != today else None
                rows.append((workspace.pk, today, origin, network, clean(address, 320), name, found, moment))
    sql.insert(Person, _PERSON, [_person(workspace, id, card, moment) for id, card in made.items()])
    if sql.insert(Identity, _IDENTITY, rows):
        work.put("people.compare", {"workspace": workspace.pk}, workspace_id=workspace.pk)
    # Another worker may have met the same stranger at the same moment: its identity won, our person is nobody.
    now_known = {found: one.own for found, one in _known(workspace, known).items()}
    lost = [
        id for id, card in made.items() if not any(now_known.get(_key(*address)) == id for address in card.addresses)
    ]
    Person.objects.filter(pk__in=lost, identities=None).delete()
    return [next((now_known[found] for found in addresses if found in now_known), id)
            for addresses, id in zip(wanted, people, strict=True)]  # fmt: skip


def _key(network: str, address: str) -> bytes:
    return key(network, folded(address))


class _Whose(NamedTuple):
    """Two persons' ids: of the row an identity came with, and of the one that stands for the human today."""

    own: int
    kept: int


def _known(workspace: Workspace, keys: Iterable[bytes]) -> dict[bytes, _Whose]:
    """Identity key → whose it is, for those that stand in this workspace."""
    ids = sql.ids(Identity, workspace.pk, keys)
    rows = Identity.objects.filter(pk__in=ids.values()).values_list("key", "origin_id", "person_id")
    return {bytes(found): _Whose(origin or person, person) for found, origin, person in rows}


def _person(workspace: Workspace, id: int, card: Card, moment: object) -> tuple[object, ...]:
    name = clean(card.name or card.addresses[0][1], 200)
    return (id, workspace.pk, name, clean(card.organisation, 200), clean(card.note, 10_000), moment)
