"""Organisation, who belongs to it, and which two turned out to be one: each with who said so, and when."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from rapport.accounts.models import Member, Workspace
from rapport.core.database import now
from rapport.people.models.person import Person


class Organisation(models.Model):
    """A company, a club, a household. ``key`` is the 16-byte hash of its folded name: written twice, it is one."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="organisations")
    name = models.CharField(max_length=200)
    key = models.BinaryField(max_length=16)
    created_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "key"], name="organisation_once")]
        indexes = [models.Index("workspace", Lower("name"), "id", name="organisation_by_name")]

    def __str__(self) -> str:
        return self.name


class Belonging(models.Model):
    """A person is of an organisation, or was until ``until``. Without ``by`` an address book said so.

    ``ended_at``: a member took it back; it stays, so that no address book says it again.
    """

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+")
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="belongings")
    person = models.ForeignKey(Person, models.CASCADE, related_name="belongings")
    role = models.CharField(max_length=120, default="")
    since = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)
    by = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=now)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "person"], name="belonging_once", condition=Q(ended_at__isnull=True)
            ),
        ]


class Union(models.Model):
    """``organisation`` is the same as ``one_with``, whose name and page stay.

    As with people, those that stand make trees, and no row moves.
    """

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+")
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    one_with = models.ForeignKey(Organisation, models.CASCADE, related_name="unions")
    by = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=now)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"], name="union_stands_once", condition=Q(undone_at__isnull=True)
            ),
        ]
