"""Term: words a workspace knows: its own handles and names, its rivals', what it listens for."""

from __future__ import annotations

from django.db import models

from rapport.accounts.models import Workspace
from rapport.core.database import now


class Term(models.Model):
    """One word or handle, and what it means to us."""

    class Kind(models.TextChoices):
        HANDLE = "handle", "our handle"
        NAME = "name", "our name"
        RIVAL = "rival", "a rival"
        TOPIC = "topic", "a topic"

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="terms")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    text = models.CharField(max_length=120)
    created_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "kind", "text"], name="term_once")]
