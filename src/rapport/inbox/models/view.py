"""View: a filter that somebody keeps under a name, as a stream of the desk or as a saved search."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q

from rapport.accounts.models import Member, Workspace
from rapport.core.database import now


class ViewQuerySet(models.QuerySet["View"]):
    def seen_by(self, member: Member) -> Self:
        """One's own, and those shared with the workspace; the shared ones first, in their order."""
        rows = self.filter(Q(shared=True) | Q(member=member), workspace_id=member.workspace_id, removed_at=None)
        return rows.order_by("-shared", "place", "pk")


class View(models.Model):
    """``words`` are the filter as ``inbox.filtering.write`` writes it; ``member`` made it.

    ``on_desk``: it stands below the six streams; else it is a saved search. ``removed_at`` undoes nothing but itself.
    """

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="views")
    member = models.ForeignKey(Member, models.CASCADE, related_name="views")
    name = models.CharField(max_length=60)
    words = models.CharField(max_length=600)
    shared = models.BooleanField(default=False)
    on_desk = models.BooleanField(default=True)
    place = models.IntegerField(default=0)
    created_at = models.DateTimeField(default=now)
    removed_at = models.DateTimeField(null=True)

    objects = ViewQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["workspace", "place"], name="view_place", condition=Q(removed_at=None))]

    def __str__(self) -> str:
        return self.name

    def changed_by(self, member: Member) -> bool:
        """May this member change it? Its maker; a shared one also whoever manages."""
        return self.member_id == member.pk or (self.shared and member.manages)
