"""Note: what colleagues tell each other about a conversation. Never sent, never counted as a reply."""

from __future__ import annotations

from django.db import models

from rapport.accounts.models import Member
from rapport.core.database import now
from rapport.inbox.models.conversation import Conversation


class Note(models.Model):
    """A remark inside. ``withdrawn_at`` undoes it."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="notes")
    by = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")
    text = models.TextField()
    at = models.DateTimeField(default=now)
    withdrawn_at = models.DateTimeField(null=True)
