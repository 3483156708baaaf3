"""Source: a connected mailbox, account, webhook or file of history."""

from __future__ import annotations

import secrets
from typing import Any

from django.db import models

from rapport.accounts.models import Workspace
from rapport.channels import registry
from rapport.channels.base import Channel, Explains, Limit, Measures, Sends
from rapport.core import secret
from rapport.core.database import now
from rapport.inbox.standing import Standing, standing


def new_token() -> str:
    return secrets.token_urlsafe(12)


def lane(source_id: int) -> str:
    """The lane of whatever is due at a source's network (see ``core.lanes``)."""
    return f"source:{source_id}"


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
    passed = models.PositiveBigIntegerField(default=0)
    """What a firehose said that was about nothing we listen for: counted, never stored."""
    paused_at = models.DateTimeField(null=True)
    """Somebody closed its door for a while: what is delivered meanwhile is refused, to be sent again later."""
    silent_at = models.DateTimeField(null=True)
    """It was noticed that it is silent, or says an error; empty again when it spoke."""
    degraded_at = models.DateTimeField(null=True)
    """Since when it fails, though its credentials are not refused; ``error`` says how."""
    reauthorise_at = models.DateTimeField(null=True)
    """Since when its network refuses our credentials."""
    expires_at = models.DateTimeField(null=True)
    """When the credentials die, where the network told."""
    expiry_told_at = models.DateTimeField(null=True)
    renewing_until = models.DateTimeField(null=True)
    """Somebody is renewing the credentials; whoever else wants to waits until they are there."""
    visit_at = models.DateTimeField(null=True)
    """When the keeper looks next; null: never looked yet."""
    visited_at = models.DateTimeField(null=True)
    """When it last answered, whether it brought anything or not."""
    failures = models.PositiveIntegerField(default=0)
    lease = models.CharField(max_length=32, default="")
    lease_until = models.DateTimeField(null=True)
    stream_cursor = models.TextField(default="")
    """Where listening goes on, apart from where polling does."""
    requests_a_day = models.PositiveIntegerField(null=True)
    cost_a_day = models.PositiveBigIntegerField(null=True)
    """The most that may be spent on one day (UTC): requests, and millionths of the currency its channel names."""

    vouched = models.JSONField(default=dict, blank=True)
    """What stands in the DNS for a mailbox's domain (``inbox.vouching``): when it was looked up, and the records."""
    vouched_at = models.DateTimeField(null=True)

    found = ""
    """What was found when it was tried, for the page that connects it; not kept."""

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
    def standing(self) -> Standing:
        """Its state in one word."""
        return standing(
            paused=self.paused_at is not None,
            refused=self.reauthorise_at is not None,
            failing=self.degraded_at is not None,
            silent=self.silent_at is not None,
        )

    @property
    def limit(self) -> Limit | None:
        """How much one answer may hold: what its own server said, else what the network usually takes."""
        channel: Any = self.channel
        return channel.limit_of(self.settings) if isinstance(channel, Measures) else channel.limit

    @property
    def cannot_send(self) -> str:
        """The sentence shown before one types; empty where an answer can go back."""
        channel: Any = self.channel
        if not isinstance(channel, Sends):
            return str(channel.cannot_send)
        return channel.cannot_send_why(self.settings) if isinstance(channel, Explains) else ""
