"""What a workspace learns: Training (an attempt, with its figures), Label (what somebody said of a post), and the
second look: SecondLook (how it is arranged) and Look (one post looked at again)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from rapport.accounts.models import Member, Workspace
from rapport.core.database import now
from rapport.inbox.models import Message


class Task(models.TextChoices):
    """What a workspace's own model can learn."""

    NEEDS = "needs", "Needs an answer"
    VALENCE = "valence", "How it was felt"
    ROW = "row", "What it is"


class Training(models.Model):
    """One training of one task. Its weights are hashed figures, kept while it is in use or can be gone back to."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+")
    task = models.CharField(max_length=10, choices=Task.choices)
    verdict = models.CharField(max_length=20)
    """One of ``course.lessons.VERDICTS``: ``used``, or why not."""
    version = models.CharField(max_length=8, default="")
    weights = models.BinaryField(null=True)
    examples = models.PositiveIntegerField(default=0)
    figures = models.JSONField(default=dict)
    """``before``, ``after`` and ``in_use`` as the course measured them, with counts."""
    by = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")
    """Who asked for it; nobody, where the night did."""
    at = models.DateTimeField(default=now)
    in_use = models.BooleanField(default=False)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "task"], condition=Q(in_use=True), name="training_in_use"),
        ]
        indexes = [models.Index(fields=["workspace", "-id"], name="training_newest")]


class Label(models.Model):
    """What one member said of one message on the labelling page, without seeing what others or the program say."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="labels")
    task = models.CharField(max_length=10, choices=Task.choices)
    answer = models.CharField(max_length=10)
    """yes, no; negative, neutral, positive; or ``skip``: not to be asked again."""
    by = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=now)
    lifted = models.BigIntegerField(null=True)
    """The Event that brought its conversation to the desk, where this answer did; undoing takes both back."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "task", "by"], name="label_once")]
        indexes = [models.Index(fields=["by", "-id"], name="label_latest")]


class SecondLook(models.Model):
    """How a workspace arranged its second look: by an encoder on this machine, by a server of its choice, or not at all."""

    workspace = models.OneToOneField(Workspace, models.CASCADE, related_name="+")
    encoder = models.BooleanField(default=False)
    endpoint = models.BooleanField(default=False)
    url = models.CharField(max_length=300, default="")
    model = models.CharField(max_length=120, default="")
    sealed = models.TextField(default="")
    """The server's key, encrypted."""
    requests = models.PositiveIntegerField(default=0)
    tokens = models.PositiveIntegerField(default=0)
    """What a month may cost at most."""
    error = models.CharField(max_length=500, default="")
    """What went wrong last; empty when the last look went well."""


class Look(models.Model):
    """One message looked at again by one kind of look: how it ended, and what it cost."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+")
    message = models.ForeignKey(Message, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10)
    """``encoder`` or ``endpoint``."""
    outcome = models.CharField(max_length=10)
    """``lifted``, ``alike``, ``unknown``; discarded: ``down``, ``garbage``, ``schema``, ``uncited``; ``failed``."""
    tokens = models.PositiveIntegerField(default=0)
    at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "kind"], name="look_once")]
        indexes = [models.Index(fields=["workspace", "at"], name="look_month")]
