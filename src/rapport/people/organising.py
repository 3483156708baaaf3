"""Organising: who belongs to which organisation; said by a member or by an address book, and taken back by anybody.

``Person.organisation`` is what the standing belongings of that row say in one line, for lists and for search; it is
told again (``tell``) in the transaction of whatever changes them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce

from rapport.accounts.models import Member
from rapport.channels.text import one_line
from rapport.core.database import now, write
from rapport.core.events import record
from rapport.core.folding import fold
from rapport.core.hashing import key
from rapport.core.hints import hint
from rapport.core.refusal import Refused
from rapport.people.merging import roots
from rapport.people.models import Belonging, Organisation, Person, Union

BATCH = 500
LINE = 200


def organisation_key(name: str) -> bytes:
    return key("organisation", fold(name) or name.strip())


def today(workspace_id: int) -> dict[int, int]:
    """Each organisation that was found to be another one → the one that stands for it. Those are few."""
    standing = Union.objects.filter(workspace=workspace_id, undone_at=None)
    return roots(dict(standing.values_list("organisation", "one_with")))


def everyone(organisation: Organisation) -> list[int]:
    """The ids of all rows that are this organisation, the one that stands for them first."""
    found = today(organisation.workspace_id)
    root = found.get(organisation.pk, organisation.pk)
    return [root, *(id for id, above in found.items() if above == root)]


def keep(workspace_id: int, said: Iterable[tuple[int, str]]) -> None:
    """(person's id, name of an organisation), as address books say it, in the caller's transaction. A few statements;
    what a member took back does not come again."""
    named = {(person, organisation_key(name)): name.strip() for person, name in said if name.strip()}
    if not named:
        return
    rows = {found: name for (_, found), name in named.items()}
    Organisation.objects.bulk_create(
        (Organisation(workspace_id=workspace_id, name=name[:200], key=found) for found, name in sorted(rows.items())),
        ignore_conflicts=True,
    )
    known = Organisation.objects.filter(workspace=workspace_id, key__in=rows).values_list("key", "pk")
    ids = {bytes(found): id for found, id in known}
    people, root = {person for person, _ in named}, today(workspace_id)
    told = {
        (person, root.get(found, found))
        for person, found in Belonging.objects.filter(person__in=people).values_list("person", "organisation")
    }
    made = Belonging.objects.bulk_create(
        (
            Belonging(workspace_id=workspace_id, organisation_id=ids[found], person_id=person)
            for person, found in named
            if (person, root.get(ids[found], ids[found])) not in told
        ),
        ignore_conflicts=True,
    )
    _tell_people({row.person_id for row in made})


def name_all(workspace_id: int) -> None:
    """Let every line of an organisation that nobody has put into a row have one (after rows were written otherwise)."""
    last = 0
    rows = Person.objects.filter(workspace=workspace_id, belongings=None).exclude(organisation="").order_by("pk")
    while batch := list(rows.filter(pk__gt=last).values_list("pk", "organisation")[:BATCH]):
        last = batch[-1][0]
        keep(workspace_id, batch)


def belong(
    person: Person, organisation: Organisation | str, *, by: Member, role: str = "", since: datetime | None = None
) -> Belonging:
    """A member says that somebody belongs there. Said again, the role and the day are those said last."""
    may(by)
    words = one_line(organisation, LINE) if isinstance(organisation, str) else organisation.name
    if not words:
        raise Refused("Write the name of the organisation first.")
    with write():
        if isinstance(organisation, str):
            organisation, _ = Organisation.objects.get_or_create(
                workspace_id=person.workspace_id, key=organisation_key(words), defaults={"name": words}
            )
        if organisation.workspace_id != person.workspace_id:
            raise Refused("The organisation is one of another workspace.")
        same = everyone(organisation)
        standing = Belonging.objects.filter(person__in=person.everyone(), organisation__in=same, ended_at=None)
        row = standing.first() or Belonging(
            workspace_id=person.workspace_id, person=person.kept, organisation_id=same[0]
        )
        row.role, row.since, row.until, row.by = one_line(role, 120), since, None, by
        row.save()
        _tell_people({row.person_id})
        record("belonging.said", row, by=by, one_id=row.person_id, organisation=row.organisation_id)
        hint(row.workspace_id, "people", 0)
    return row


def end(row: Belonging, *, by: Member) -> None:
    """They are not of it. Done twice, it is done once."""
    _set(row, by, "belonging.ended", row_ended=False, ended_at=now(), ended_by=by)


def restore(row: Belonging, *, by: Member) -> None:
    """Take that back, where nobody has said it anew meanwhile."""
    same = Belonging.objects.filter(organisation=row.organisation, person=row.person, ended_at=None)
    if not same.exists():
        _set(row, by, "belonging.restored", row_ended=True, ended_at=None, ended_by=None)


def leave(row: Belonging, *, by: Member) -> None:
    """They were of it until today."""
    _set(row, by, "belonging.left", row_ended=False, until=now())


def stay(row: Belonging, *, by: Member) -> None:
    """They are of it still."""
    _set(row, by, "belonging.stayed", row_ended=False, until=None)


def _set(row: Belonging, by: Member, verb: str, *, row_ended: bool, **changed: object) -> None:
    may(by)
    with write():
        if Belonging.objects.filter(pk=row.pk, ended_at__isnull=not row_ended).update(**changed):
            _tell_people({row.person_id})
            record(verb, row, by=by, one_id=row.person_id, organisation=row.organisation_id)
            hint(row.workspace_id, "people", 0)


def rename(organisation: Organisation, name: str, *, by: Member) -> None:
    """Call it otherwise. The name it had stays as one by which it is met: address books go on saying it. Raises Refused."""
    may(by)
    words = one_line(name, LINE)
    if not words:
        raise Refused("Write the name of the organisation first.")
    with write():
        organisation = Organisation.objects.select_for_update().get(pk=organisation.pk)
        was, found = bytes(organisation.key), organisation_key(words)
        if words == organisation.name:
            return
        taken = Organisation.objects.filter(workspace=organisation.workspace_id, key=found).first()
        if taken is not None and taken.pk not in everyone(organisation):
            raise Refused(
                "There is an organisation “%(name)s” already. If it is the same, make the two one.", name=taken.name
            )
        old = organisation.name
        if found != was:
            if taken is not None:  # the two change their names with each other
                Organisation.objects.filter(pk=taken.pk).update(key=key("organisation", taken.pk, "between"))
            Organisation.objects.filter(pk=organisation.pk).update(key=found)
            _also_called(organisation, old, was, taken, by)
        Organisation.objects.filter(pk=organisation.pk).update(name=words)
        tell(organisation)
        record("organisation.renamed", organisation, by=by)


def _also_called(organisation: Organisation, name: str, was: bytes, taken: Organisation | None, by: Member) -> None:
    if taken is not None:
        Organisation.objects.filter(pk=taken.pk).update(name=name, key=was)
        return
    other = Organisation.objects.create(workspace_id=organisation.workspace_id, name=name, key=was)
    Union.objects.create(workspace_id=organisation.workspace_id, organisation=other, one_with=organisation, by=by)


@dataclass(frozen=True)
class Place:
    """One organisation of a human: the one that stands for it today, and the row that says so."""

    organisation: Organisation
    row: Belonging


def of(person: Person) -> list[Place]:
    """Where a human belongs, then where they did; each organisation once, the oldest word first."""
    rows = Belonging.objects.filter(person__in=person.everyone(), ended_at=None).select_related("organisation", "by")
    ordered = list(rows.order_by(F("until").asc(nulls_first=True), "pk"))
    above = today(person.workspace_id) if ordered else {}
    roots_ = Organisation.objects.in_bulk({above.get(row.organisation_id, row.organisation_id) for row in ordered})
    found: dict[int, Place] = {}
    for row in ordered:
        id = above.get(row.organisation_id, row.organisation_id)
        found.setdefault(id, Place(roots_[id], row))
    return list(found.values())


def people_of(organisation: Organisation, *, former: bool = False) -> QuerySet[Person]:
    """Everybody there (``former``: who was), each human once."""
    rows = Belonging.objects.filter(organisation__in=everyone(organisation), ended_at=None, until__isnull=not former)
    return Person.objects.kept().filter(pk__in=rows.values(human=Coalesce("person__merged_into", "person")))


def tell(organisation: Organisation) -> None:
    """Write the line of everybody there anew."""
    rows = Belonging.objects.filter(organisation__in=everyone(organisation), ended_at=None)
    _tell_people(set(rows.values_list("person", flat=True)))


def _tell_people(people: Collection[int]) -> None:
    """The line of each of these rows of people, out of its standing belongings; a few statements for each batch."""
    ids = sorted(people)
    for start in range(0, len(ids), BATCH):
        lines = _lines(ids[start : start + BATCH])
        changed = []
        for person in Person.objects.filter(pk__in=ids[start : start + BATCH]).only("pk", "organisation"):
            if person.organisation != lines.get(person.pk, ""):
                person.organisation = lines.get(person.pk, "")
                changed.append(person)
        Person.objects.bulk_update(changed, ["organisation"])


def _lines(people: list[int]) -> Mapping[int, str]:
    rows = Belonging.objects.filter(person__in=people, ended_at=None, until=None).order_by("pk")
    said = list(rows.values_list("person", "organisation", "workspace"))
    above = {id: root for workspace in {one for _, _, one in said} for id, root in today(workspace).items()}
    named = Organisation.objects.in_bulk({above.get(found, found) for _, found, _ in said})
    lines: dict[int, dict[str, None]] = defaultdict(dict)
    for person, found, _ in said:
        lines[person][named[above.get(found, found)].name] = None
    return {person: ", ".join(names)[:LINE] for person, names in lines.items()}


def may(by: Member) -> None:
    if not by.answers:
        raise Refused("You may read here, but not change anything. Ask an owner for another role.")
