"""Plumbing without nouns: what happened (Event), what is due (Work), how many (Counter).

``workspace_id`` is a plain number here: core knows no noun above it.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Event(models.Model):
    """Something a verb did: ids, codes and figures; never words, addresses or names, so that forgetting needs no edit."""

    workspace_id = models.BigIntegerField()
    verb = models.CharField(max_length=60)
    subject = models.CharField(max_length=30)
    subject_id = models.BigIntegerField()
    by_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    facts = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["workspace_id", "subject", "subject_id", "id"], name="event_subject"),
            models.Index(fields=["workspace_id", "verb", "at"], name="event_verb"),
        ]


class Work(models.Model):
    """One due row: a job for the worker, claimed by compare-and-swap with a lease that frees itself after a crash."""

    workspace_id = models.BigIntegerField(null=True)
    kind = models.CharField(max_length=60)
    key = models.CharField(max_length=120, null=True, unique=True)
    payload = models.JSONField(default=dict)
    due_at = models.DateTimeField()
    lease = models.CharField(max_length=32, default="")
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(default="")
    progress = models.JSONField(default=dict)
    lane = models.CharField(max_length=60, null=True)
    """Rows of one lane are run one at a time, beside those of others: they share a network that may be slow."""
    queue = models.CharField(max_length=60, null=True)
    """Rows of one queue are run in the order in which they were put, each after the one before came to its end."""
    stopped_at = models.DateTimeField(null=True)
    """Somebody asked it to wait. It is claimed no more until somebody lets it go on."""
    done_at = models.DateTimeField(null=True)
    dead_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], name="work_due", condition=Q(done_at__isnull=True, dead_at__isnull=True)),
            models.Index(fields=["lane", "due_at"], name="work_lane", condition=Q(lane__isnull=False)),
            models.Index(fields=["queue"], name="work_queue", condition=Q(queue__isnull=False)),
        ]


class Counter(models.Model):
    """How many, kept in the transaction that changes it. Keys are opaque here; the noun computes them."""

    workspace_id = models.BigIntegerField()
    key = models.CharField(max_length=60)
    shard = models.PositiveSmallIntegerField(default=0)
    value = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace_id", "key", "shard"], name="counter_once")]
