"""Trait, Likeness and Apart: by what people are compared, who may be one human, and who is known not to be."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q

from rapport.accounts.models import Member, Workspace
from rapport.core.database import now
from rapport.people.models.person import Identity, Person


class Trait(models.Model):
    """Something by which an identity can be met again elsewhere: ``key`` is the 16-byte hash of what it is.

    ``message`` is the id of the message that shows it, where they wrote it down themselves.
    """

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+")
    identity = models.ForeignKey(Identity, models.CASCADE, related_name="traits")
    kind = models.CharField(max_length=8)
    key = models.BinaryField(max_length=16)
    message = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["identity", "kind", "key"], name="trait_once")]
        indexes = [models.Index(fields=["workspace", "key"], name="trait_meets")]


class LikenessQuerySet(models.QuerySet["Likeness"]):
    def of(self, people: models.QuerySet[Person]) -> Self:
        return self.filter(Q(one__in=people) | Q(other__in=people))


class Likeness(models.Model):
    """Two persons who may be one human, and the signs for and against it; ``one`` is the older row.

    The worker finds them and may find them anew; what a member said of a pair is a Merge or an Apart.
    """

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+")
    one = models.ForeignKey(Person, models.CASCADE, related_name="+")
    other = models.ForeignKey(Person, models.CASCADE, related_name="+")
    weight = models.FloatField()
    evidence = models.JSONField(default=list)
    found_at = models.DateTimeField(default=now)
    later_until = models.DateTimeField(null=True)
    """Somebody wants to look at it again then."""

    objects = LikenessQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["one", "other"], name="likeness_once")]
        indexes = [
            models.Index(fields=["workspace", "-weight", "id"], name="likeness_strongest"),
            models.Index(fields=["other"], name="likeness_other"),
        ]


class Apart(models.Model):
    """A member knows that these two are not one human. It holds until somebody takes it back."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+")
    one = models.ForeignKey(Person, models.CASCADE, related_name="+")
    other = models.ForeignKey(Person, models.CASCADE, related_name="+")
    by = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=now)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")
