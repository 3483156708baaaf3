"""Source: a connected mailbox, account, webhook or file of history."""

from __future__ import annotations

import secrets
from typing import Any

from django.db import models

from rapport.accounts.models import Workspace
from rapport.channels import registry
from rapport.channels.base import Channel, Explains, Sends
from rapport.core import secret
from rapport.core.database import now


def new_token() -> str:
    return secrets.token_urlsafe(12)


class Source(models.Model):
    """Where messages come from, and through which an answer may go back. ``kind`` names its channel."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="sources")
    kind = models.CharField(max_length=30)
    name = models.CharField(max_length=120)
    token = models.CharField(max_length=40, unique=True, default=new_token)
    """Names the source in its public address (a webhook's); guessing it opens nothing by itself."""
    sealed = models.TextField(default="")
    cursor = models.TextField(default="")
    created_at = models.DateTimeField(default=now)
    last_arrival_at = models.DateTimeField(null=True)
    error = models.TextField(default="")
    unreadable = models.PositiveIntegerField(default=0)
    paused_at = models.DateTimeField(null=True)
    """Somebody closed its door for a while: what is delivered meanwhile is refused, to be sent again later."""
    silent_at = models.DateTimeField(null=True)
    """It was noticed that it is silent, or says an error; empty again when it spoke."""

    def __str__(self) -> str:
        return self.name

    @property
    def channel(self) -> Channel:
        return registry.get(self.kind)

    @property
    def settings(self) -> dict[str, str]:
        """What the channel needs to connect, decrypted. Never put it on a page."""
        return secret.unseal(self.sealed)

    def keep_settings(self, values: dict[str, str]) -> None:
        self.sealed = secret.seal(values)

    @property
    def cannot_send(self) -> str:
        """The sentence shown before one types; empty where an answer can go back."""
        channel: Any = self.channel
        if not isinstance(channel, Sends):
            return str(channel.cannot_send)
        return channel.cannot_send_why(self.settings) if isinstance(channel, Explains) else ""
