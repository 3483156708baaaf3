"""Arrival: what was accepted, with its raw bytes, before anybody understood it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from rapport.accounts.models import Workspace
from rapport.core.database import now
from rapport.inbox.models.source import Source


class Arrival(models.Model):
    """One envelope at one version through one source; once a row stands here, it can no longer be lost.

    ``done_at`` is set in the transaction that stores what came of it; ``poison_at`` when it failed too often.
    ``key`` is the 16-byte hash of (source, external id, version).
    """

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+")
    source = models.ForeignKey(Source, models.CASCADE, related_name="arrivals")
    key = models.BinaryField(max_length=16)
    raw = models.BinaryField()
    envelope = models.BinaryField()
    arrived_at = models.DateTimeField(default=now)
    due_at = models.DateTimeField(default=now)
    lease = models.CharField(max_length=32, default="")
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(default="")
    done_at = models.DateTimeField(null=True)
    poison_at = models.DateTimeField(null=True)
    history = models.BooleanField(default=False, db_default=False)
    """It was said before its source was connected, and brought along: see ``Message.history``."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "key"], name="arrival_once")]
        indexes = [
            models.Index(fields=["due_at", "id"], name="arrival_due", condition=Q(done_at=None, poison_at=None)),
            # Without it SQLite finds the waiting ones of a workspace by reading all that ever arrived there.
            models.Index(
                fields=["workspace", "due_at", "id"],
                name="arrival_waiting",
                condition=Q(done_at=None, poison_at=None),
            ),
            models.Index(fields=["workspace", "source"], name="arrival_poison", condition=~Q(poison_at=None)),
        ]
