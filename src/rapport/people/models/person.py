"""Person and Identity: a human, and the human as one network knows them."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from rapport.accounts.models import Workspace
from rapport.core.database import now


class PersonQuerySet(models.QuerySet["Person"]):
    def kept(self) -> Self:
        """Each human once: without the rows that are merged into another."""
        return self.filter(merged_into__isnull=True)


class Person(models.Model):
    """Somebody on the other side, customer or not. Rows about a human point here; messages point to an Identity."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="people")
    name = models.CharField(max_length=200, default="")
    organisation = models.CharField(max_length=200, default="", db_default="")
    note = models.TextField(default="", db_default="")
    """What an address book said of them."""
    merged_into = models.ForeignKey("self", models.SET_NULL, null=True, related_name="merged")
    """The person kept, when somebody found the two to be one: always one that is merged into nobody itself."""
    created_at = models.DateTimeField(default=now)

    objects = PersonQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index("workspace", Lower("name"), "id", name="person_by_name"),
            models.Index(fields=["merged_into"], name="person_merged", condition=Q(merged_into__isnull=False)),
        ]

    @property
    def kept(self) -> Person:
        """Who stands for this human today: the one it was merged into, else itself."""
        return self.merged_into or self

    def everyone(self) -> PersonQuerySet:
        """All the rows that are this human: the one kept, and whoever is merged into it. **The way to read.**

        A merge rewrites no row that points to a Person: an order, a fact, a relationship stays with the row it was
        written for, so that unmerging finds it there. Whoever wants what belongs to a human therefore asks
        ``filter(person__in=person.everyone())``, never ``filter(person=person)``; it is one subquery, for any of them
        the same. Messages point to an Identity, and those do move: ``identity.person`` is always the one kept.
        """
        id = self.merged_into_id or self.pk
        return Person.objects.filter(Q(pk=id) | Q(merged_into=id))

    def __str__(self) -> str:
        return self.name


class Followers(models.TextChoices):
    """How many follow an identity, coarsely; empty where its network does not say."""

    FEW = "few", "fewer than 100"
    HUNDREDS = "hundreds", "100 to 999"
    THOUSANDS = "thousands", "1,000 to 9,999"
    MANY = "many", "10,000 and more"


class Identity(models.Model):
    """One address on one network. ``key`` is the 16-byte hash of (network, folded address).

    ``person`` is the one kept; ``origin`` the one it belongs to when every merge is taken back (null: the same). What is
    found by this identity and points to a Person (an order, a fact) belongs to ``own_person_id``.
    """

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="identities")
    person = models.ForeignKey(Person, models.CASCADE, related_name="identities")
    origin = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="came_with")
    network = models.CharField(max_length=40)
    address = models.CharField(max_length=320)
    name = models.CharField(max_length=200, default="")
    key = models.BinaryField(max_length=16)
    followers = models.CharField(max_length=9, choices=Followers, blank=True, default="", db_default="")
    """As last told. Looked at where fairness is measured, and nowhere else: not on the desk, not by what decides."""
    compared_at = models.DateTimeField(null=True)
    """When it was last compared with others, to find out who may be one human; null: that is still to be done."""
    created_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "key"], name="identity_once")]
        indexes = [
            models.Index(fields=["workspace", "id"], name="identity_new", condition=Q(compared_at__isnull=True)),
        ]

    @property
    def own_person_id(self) -> int:
        return self.origin_id or self.person_id

    def __str__(self) -> str:
        return self.name or self.address
