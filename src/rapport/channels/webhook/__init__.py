"""A two-way webhook: signed JSON in, the answer as signed JSON to the sender's own address."""

from rapport.channels.webhook.channel import WebhookChannel
from rapport.channels.webhook.signing import sign

__all__ = ["WebhookChannel", "sign"]
