"""SilenceRound: a week's blind sample of what was left unanswered; SilencePick: one message of it, as somebody judged."""

from __future__ import annotations

from django.db import models

from rapport.accounts.models import Member, Workspace
from rapport.core.database import now
from rapport.inbox.models.message import Message


class Verdict(models.TextChoices):
    """What whoever judges says of a message that was left."""

    MISSED = "missed", "It needed an answer"
    RIGHT = "right", "It needed none"
    UNCLEAR = "unclear", "Cannot be said"


class SilenceRound(models.Model):
    """The sample of one week: of ``population`` messages that were left, so many picks were drawn by chance."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="silence_rounds")
    week_on = models.DateField()
    """The Monday of the week in which they were said (UTC)."""
    population = models.PositiveIntegerField()
    made_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "week_on"], name="silence_round_once")]


class SilencePick(models.Model):
    """One message of a sample. Without a ``verdict`` nobody has looked at it yet."""

    round = models.ForeignKey(SilenceRound, models.CASCADE, related_name="picks")
    message = models.ForeignKey(Message, models.CASCADE, related_name="+")
    verdict = models.CharField(max_length=10, choices=Verdict.choices, default="")
    by = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "message"], name="silence_pick_once")]
