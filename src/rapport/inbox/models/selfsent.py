"""SelfSent: how many mails left by themselves on one day, to one address in one matter."""

from __future__ import annotations

from django.db import models

from rapport.accounts.models import Workspace


class SelfSent(models.Model):
    """Counted before each leaves (``inbox.automatic``). ``recipient`` and ``thread`` are 16-byte hashes; days are UTC's."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+")
    day = models.DateField()
    recipient = models.BinaryField(max_length=16)
    thread = models.BinaryField(max_length=16)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "day", "recipient", "thread"], name="selfsent_once")
        ]
