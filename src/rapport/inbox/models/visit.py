"""Visit: what is known of the other side of one chat, beside its words."""

from __future__ import annotations

from django.db import models

from rapport.accounts.models import Workspace
from rapport.core.database import now
from rapport.inbox.models.conversation import Conversation
from rapport.inbox.models.source import Source


class Visit(models.Model):
    """One talk of a chat, from its first word on; ``key`` is the 16-byte hash of (source, thread).

    ``conversation`` is empty for a moment, until the worker has made it. The row's id names the room in which the
    visitor's page hears that something changed.
    """

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+")
    source = models.ForeignKey(Source, models.CASCADE, related_name="+")
    key = models.BinaryField(max_length=16)
    conversation = models.OneToOneField(Conversation, models.CASCADE, null=True, related_name="visit")
    email = models.CharField(max_length=254, default="")
    """Where letters go, as the visitor said, or as the host's website signed (``signed``)."""
    signed = models.BooleanField(default=False)
    here_at = models.DateTimeField(default=now)
    """The last sign of their page, to the minute."""
    read_at = models.DateTimeField(null=True)
    """Our words until then were before their eyes."""
    looked_at = models.DateTimeField(null=True)
    """One of us last had the talk open: their words until then were read."""
    posted_at = models.DateTimeField(null=True)
    """Our words until then went out as a letter, or were tried: they are never posted twice."""
    error = models.TextField(default="")
    """Why the last letter did not go, as a sentence."""
    created_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "key"], name="visit_once")]
