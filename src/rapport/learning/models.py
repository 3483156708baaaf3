"""Training (one attempt to learn, with its figures and perhaps its weights) and Label (what somebody said of a post)."""

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
