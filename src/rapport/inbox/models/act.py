"""Act: something done there with a message that stands there already, on its way or done."""

from __future__ import annotations

from django.db import models

from rapport.accounts.models import Member, Workspace
from rapport.core.database import now
from rapport.inbox.models.message import Message


class Deed(models.TextChoices):
    """What is done with a message."""

    EDIT = "edit", "Change its words"
    UNSEND = "unsend", "Take it back"
    REACT = "react", "Like it"


class Act(models.Model):
    """One deed in the outbox. It may be tried as often as need be: whatever was done already is done."""

    class State(models.TextChoices):
        HELD = "held", "Held for undo"
        QUEUED = "queued", "Queued"
        DOING = "doing", "Being done"
        DONE = "done", "Done"
        FAILED = "failed", "Not done"
        UNKNOWN = "unknown", "Nobody knows whether it was done"
        WITHDRAWN = "withdrawn", "Withdrawn"

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+")
    message = models.ForeignKey(Message, models.CASCADE, related_name="acts")
    by = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")
    deed = models.CharField(max_length=6, choices=Deed.choices)
    on = models.BooleanField(default=True)
    """Of a reaction: given, or taken back."""
    text = models.TextField(default="")
    """Of a change: the new words, until they stand on the message itself."""
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    error = models.TextField(default="")
    held_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=now)
    done_at = models.DateTimeField(null=True)
