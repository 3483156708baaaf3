"""Merge: two persons were found to be one human; by whom, when and why, so that it can be taken back."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from rapport.accounts.models import Member, Workspace
from rapport.core.database import now
from rapport.people.models.person import Person


class Merge(models.Model):
    """``other`` is the same human as ``kept``. Merges that stand make trees; ``Person.merged_into`` is their root.

    ``evidence`` holds the signs of ``people.likeness`` (codes, weights, ids); ``why`` what a member wrote; without
    ``by`` the program did it. Taken back, it stays as what was once believed.
    """

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+")
    kept = models.ForeignKey(Person, models.CASCADE, related_name="merges")
    other = models.ForeignKey(Person, models.CASCADE, related_name="+")
    evidence = models.JSONField(default=list)
    why = models.TextField(default="")
    by = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=now)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["other"], name="merge_stands_once", condition=Q(undone_at__isnull=True)),
        ]
