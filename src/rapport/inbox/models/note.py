"""Note: what colleagues tell each other about a conversation. Never sent, never counted as a reply."""

from __future__ import annotations

from django.db import models

from rapport.accounts.models import Member
from rapport.core.database import now
from rapport.inbox.models.conversation import Conversation


class Note(models.Model):
    """A remark inside. ``withdrawn_at`` undoes it.

    One that ``asked`` a colleague is a question; ``answered_at`` says when their note (or somebody's reply) ended it.
    One that came with a former desk's history has its ``author``'s name where they are no member here, and a ``key``:
    the 16-byte hash of (workspace, network, external id).
    """

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="notes")
    by = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")
    author = models.CharField(max_length=200, default="", db_default="")
    key = models.BinaryField(max_length=16, null=True, unique=True)
    text = models.TextField()
    at = models.DateTimeField(default=now)
    withdrawn_at = models.DateTimeField(null=True)
    asked = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")
    """The colleague whom this note asks something."""
    answered_at = models.DateTimeField(null=True)
