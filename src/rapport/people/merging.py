"""Merging: two persons are found to be one human, and taken apart again; nothing is lost or doubled either way.

The merges that stand make trees of persons. A merge adds one branch, unmerging takes one away; who is ``merged_into``
whom, and whose an identity is, follows from the trees and from where each identity came from. No other row is touched:
what points to a person is read through ``person.everyone()``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from rapport.accounts.models import Member
from rapport.core.database import enter, now, write
from rapport.core.events import record
from rapport.core.hints import hint
from rapport.core.refusal import Refused
from rapport.people.likeness import Sign
from rapport.people.models import Apart, Identity, Likeness, Merge, Person

LONGEST = 2_000


def merge(keep: Person, other: Person, *, by: Member | None, why: str = "", evidence: Sequence[Sign] = ()) -> Merge:
    """``other`` is the same human as ``keep``, whose name and page stay. Done twice, it is done once.

    Either may be merged into somebody already: then it is the whole human that is meant. Raises Refused.
    """
    _may(by)
    if keep.workspace_id != other.workspace_id:
        raise Refused("They are people of two workspaces. Each keeps its own.")
    if keep.pk == other.pk:
        raise Refused("This is one person already. Choose somebody else.")
    with write():
        enter(people_room(keep.workspace_id), alone=True)
        one, two = _today(keep), _today(other)
        if one.pk == two.pk:
            return _joined_by(keep, other)
        _nobody_objects(one, two)
        made = Merge.objects.create(
            workspace_id=one.workspace_id, kept=one, other=two, by=by, why=why.strip()[:LONGEST],
            evidence=msgspec.to_builtins(list(evidence)),
        )  # fmt: skip
        Likeness.objects.of(two.everyone()).delete()
        two.everyone().update(merged_into=one)
        Identity.objects.filter(person=two).update(origin=Coalesce("origin", "person"), person=one)
        Identity.objects.filter(person=one).update(compared_at=None)
        record("person.merged", one, by=by, other_id=two.pk, merge_id=made.pk)
        _tell(one, two)
    return made


def unmerge(merge: Merge, *, by: Member | None) -> None:
    """Take a merge back: ``other`` is somebody again, with all that was theirs and all that came for them since.

    Merges made after it stay, on the side they belong to. Done twice, it is done once. Raises Refused.
    """
    _may(by)
    with write():
        enter(people_room(merge.workspace_id), alone=True)
        standing = Merge.objects.filter(pk=merge.pk, undone_at=None)
        if not standing.update(undone_at=now(), undone_by=by):
            return
        before = _today(merge.other)
        kept, other = before.pk, merge.other_id
        gone = {id for id, root in roots(_branches(before)).items() if root == other}
        Person.objects.filter(pk__in=gone).update(merged_into=other)
        Person.objects.filter(pk=other).update(merged_into=None)
        Identity.objects.filter(person=kept, origin__in=gone | {other}).update(person=other)
        Identity.objects.filter(person=other, origin=other).update(origin=None)
        Likeness.objects.of(Person.objects.filter(pk__in=[kept, other])).delete()
        Identity.objects.filter(person__in=[kept, other]).update(compared_at=None)
        record("person.unmerged", before, by=by, other_id=other, merge_id=merge.pk)
        _tell(before, merge.other)


def roots(branches: Mapping[int, int]) -> dict[int, int]:
    """Of trees given as (one → the one it was merged into): each one's root. Raises ValueError where they go round."""
    found: dict[int, int] = {}
    for one in branches:
        way: dict[int, None] = {}
        at = one
        while at in branches and at not in found:
            if at in way:
                raise ValueError("merges go round in a circle")
            way[at] = None
            at = branches[at]
        found |= dict.fromkeys(way, found.get(at, at))
    return found


def settle(workspace_id: int) -> None:
    """Let everybody be merged as the standing merges of a workspace say (after they were written by other means).

    Raises Refused when they cannot be.
    """
    branches = Merge.objects.filter(workspace=workspace_id, undone_at=None).values_list("other", "kept")
    try:
        found = roots(dict(branches))
    except ValueError as error:
        raise Refused("The merges of people go round in a circle.") from error
    for root in sorted(set(found.values())):
        merged = [id for id, above in found.items() if above == root]
        Person.objects.filter(workspace=workspace_id, pk__in=merged).update(merged_into=root)
        identities = Identity.objects.filter(workspace=workspace_id)
        identities.filter(person__in=merged).update(origin=Coalesce("origin", "person"), person=root)
        identities.filter(origin__in=merged).exclude(person=root).update(person=root)
        identities.filter(person=root, origin=F("person")).update(origin=None)


def _nobody_objects(one: Person, two: Person) -> None:
    """A member may have said that they are not one: then that is taken back first."""
    a, b = one.everyone(), two.everyone()
    told = Apart.objects.filter(Q(one__in=a, other__in=b) | Q(one__in=b, other__in=a), ended_at=None)
    said = told.select_related("by").first()
    if said is not None:
        raise Refused(
            "%(name)s said that they are not the same. Take that back first, in the list of those kept apart.",
            name=said.by.name if said.by else "Rapport",
        )


def people_room(workspace_id: int) -> int:
    """Whoever merges is alone in it; whoever writes identities of people known already is in it with others."""
    return -workspace_id


def _may(by: Member | None) -> None:
    if by is not None and not by.answers:
        raise Refused("You may read here, but not change anything. Ask an owner for another role.")


def _today(person: Person) -> Person:
    """Who stands for this human at this moment."""
    return Person.objects.select_related("merged_into").get(pk=person.pk).kept


def _branches(person: Person) -> dict[int, int]:
    """The standing merges within one human, as ``roots`` takes them."""
    standing = Merge.objects.filter(undone_at=None, other__in=person.everyone())
    return dict(standing.values_list("other", "kept"))


def _joined_by(one: Person, two: Person) -> Merge:
    """What made these two one, when they are one already: the last merge on the way from one to the other."""
    branches = _branches(_today(one))
    ways = [{one.pk}, {two.pk}]
    for way, at in zip(ways, (one.pk, two.pk), strict=True):
        while at in branches:
            at = branches[at]
            way.add(at)
    between = (ways[0] ^ ways[1]) & branches.keys()
    return Merge.objects.filter(undone_at=None, other__in=between).order_by("-pk")[0]


def _tell(*people: Person) -> None:
    for person in people:
        hint(person.workspace_id, "person", person.pk)
