"""Continuation: a private thread in which a conversation goes on that began in public."""

from __future__ import annotations

from django.db import models

from rapport.accounts.models import Workspace
from rapport.core.database import now
from rapport.inbox.models.conversation import Conversation


class Continuation(models.Model):
    """What is said in this thread since ``since`` belongs to this conversation, which its network does not know.

    ``key`` is the 16-byte hash of (network, thread). A thread goes on one conversation at a time: the one from which we
    wrote into it last.
    """

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+")
    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="continuations")
    key = models.BinaryField(max_length=16)
    thread = models.CharField(max_length=500)
    since = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "key"], name="continuation_once")]
