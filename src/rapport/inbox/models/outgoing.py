"""Draft and Outgoing: an answer on its way out, from the first key to what the network says of it."""

from __future__ import annotations

import uuid

from django.db import models

from rapport.accounts.models import Member, Workspace
from rapport.core.database import now
from rapport.inbox.models.conversation import Conversation
from rapport.inbox.models.message import Message, Visibility

PLACES = [("public", "In public"), ("private", "In private")]


class Draft(models.Model):
    """What one member has typed so far in one conversation, kept on the server."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="drafts")
    member = models.ForeignKey(Member, models.CASCADE, related_name="drafts")
    text = models.TextField()
    place = models.CharField(max_length=7, choices=PLACES, default="", blank=True)
    """Where its writer meant to say it: a draft for one pair of eyes never comes back as one for all."""
    enclosed = models.CharField(max_length=32, default="", blank=True)
    """The name under which the files lie that go along (``inbox.enclosing``); empty: there are none."""
    updated_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["conversation", "member"], name="draft_once")]


def new_key() -> str:
    return uuid.uuid4().hex


WARNED = [("gone", "Deleted there"), ("edited", "Changed there")]


class Outgoing(models.Model):
    """An answer in the outbox. Nothing leaves twice: the key goes with every attempt, and *unknown* is looked up first."""

    class State(models.TextChoices):
        HELD = "held", "Held for undo"
        QUEUED = "queued", "Queued"
        SENDING = "sending", "Sending"
        SENT = "sent", "Sent"
        DELIVERED = "delivered", "Delivered"
        READ = "read", "Read"
        BOUNCED = "bounced", "Came back"
        FAILED = "failed", "Not sent"
        UNKNOWN = "unknown", "Nobody knows whether it left"
        WITHDRAWN = "withdrawn", "Withdrawn"

        @classmethod
        def leaving(cls) -> frozenset[str]:
            """Those of an answer that is not at its end yet; in the last two it may have left already."""
            return frozenset({cls.HELD, cls.QUEUED, cls.SENDING, cls.UNKNOWN})

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+")
    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="outbox")
    in_reply_to = models.ForeignKey(Message, models.SET_NULL, null=True, related_name="+")
    message = models.OneToOneField(Message, models.SET_NULL, null=True, related_name="outgoing")
    """Our message, once it left."""
    by = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")
    text = models.TextField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.HELD)
    key = models.CharField(max_length=32, unique=True, default=new_key)
    held_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(default="")
    warned = models.CharField(max_length=10, choices=WARNED, default="", blank=True)
    """``gone`` or ``edited``: what it answers had changed there; its writer was told, and may send it all the same."""
    visibility = models.CharField(max_length=10, choices=Visibility.choices, default="", blank=True)
    """Who may see it, where its writer chose something narrower than what it answers."""
    content_warning = models.CharField(max_length=500, default="")
    split = models.BooleanField(default=False)
    """Its writer agreed that it leaves as several messages."""
    enclosed = models.CharField(max_length=32, default="", blank=True)
    """As of a draft, until it left: then they are the files of its message."""
    parts = models.JSONField(default=list)
    """Where it left as several: the network's names of those after the first."""
    was = models.JSONField(default=dict)
    """The conversation's state before the answer, restored when it is withdrawn or fails."""
    created_at = models.DateTimeField(default=now)
    sent_at = models.DateTimeField(null=True)
