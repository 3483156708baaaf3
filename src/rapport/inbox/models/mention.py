"""Mention: a note names a colleague, who sees it under *Mentions* until they have read it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from rapport.accounts.models import Member, Workspace
from rapport.inbox.models.note import Note


class Mention(models.Model):
    """One member named in one note. ``seen_at`` is when they opened the conversation; null: they have not yet."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+")
    note = models.ForeignKey(Note, models.CASCADE, related_name="mentions")
    member = models.ForeignKey(Member, models.CASCADE, related_name="mentions")
    seen_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["note", "member"], name="mention_once")]
        indexes = [
            models.Index(fields=["member"], name="mention_unseen", condition=Q(seen_at__isnull=True)),
            models.Index(fields=["member", "-id"], name="mention_of_member"),
        ]
