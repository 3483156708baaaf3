"""Uniting: two organisations are found to be one, and taken apart again. No row moves; what belongs is read by tree."""

from __future__ import annotations

from rapport.accounts.models import Member
from rapport.core.database import enter, now, write
from rapport.core.events import record
from rapport.core.refusal import Refused
from rapport.people import organising
from rapport.people.merging import people_room
from rapport.people.models import Organisation, Union


def unite(keep: Organisation, other: Organisation, *, by: Member) -> Union:
    """``other`` is the same as ``keep``, whose name and page stay. Done twice, it is done once. Raises Refused."""
    organising.may(by)
    if keep.workspace_id != other.workspace_id:
        raise Refused("They are organisations of two workspaces. Each keeps its own.")
    with write():
        enter(people_room(keep.workspace_id), alone=True)
        today = organising.today(keep.workspace_id)
        one, two = today.get(keep.pk, keep.pk), today.get(other.pk, other.pk)
        if one == two:
            standing = (
                Union.objects.filter(undone_at=None, organisation__in=[keep.pk, other.pk]).order_by("-pk").first()
            )
            if standing is None:
                raise Refused("This is one organisation already. Choose another.")
            return standing
        made = Union.objects.create(workspace_id=keep.workspace_id, one_with_id=one, organisation_id=two, by=by)
        organising.tell(made.one_with)
        record("organisation.united", made.one_with, by=by, union=made.pk, organisation=two)
    return made


def part(union: Union, *, by: Member) -> None:
    """They are two after all. Done twice, it is done once."""
    organising.may(by)
    with write():
        enter(people_room(union.workspace_id), alone=True)
        if Union.objects.filter(pk=union.pk, undone_at=None).update(undone_at=now(), undone_by=by):
            organising.tell(union.one_with)
            organising.tell(union.organisation)
            record("organisation.parted", union.one_with, by=by, union=union.pk, organisation=union.organisation_id)
