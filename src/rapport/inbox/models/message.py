"""Message, and what hangs on it: its Manner, its Reading, its Dispositions, its Revisions."""

from __future__ import annotations

from typing import TypeVar

import msgspec
from django.db import models

from rapport.accounts.models import Member, Workspace
from rapport.core.database import now
from rapport.core.search import SearchableQuerySet
from rapport.inbox.models.conversation import Conversation
from rapport.inbox.models.source import Source
from rapport.inbox.triage.disposition import Disposition as Decision
from rapport.people.models import Identity
from rapport.understanding.reading import Reading as Read
from rapport.understanding.reading import Reason

M = TypeVar("M", bound=models.Model)


class Message(models.Model):
    """One thing said once by one identity on one network; immutable but for revisions and a tombstone.

    ``key`` is the 16-byte hash of (network, external id): one post through three sources is one message.
    """

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+")
    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="messages")
    source = models.ForeignKey(Source, models.PROTECT, related_name="+")
    identity = models.ForeignKey(Identity, models.SET_NULL, null=True, related_name="messages")
    by = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")
    """The member who wrote it, where one of ours did so from here."""
    network = models.CharField(max_length=40)
    external_id = models.CharField(max_length=500)
    key = models.BinaryField(max_length=16)
    version = models.CharField(max_length=80, default="")
    ours = models.BooleanField(default=False)
    public = models.BooleanField(default=True)
    addressed = models.CharField(max_length=10, default="nearby")
    subject = models.CharField(max_length=300, default="")
    text = models.TextField()
    url = models.CharField(max_length=1000, default="")
    rating = models.PositiveSmallIntegerField(null=True)
    """Stars out of five, where the network lets people give them."""
    said_at = models.DateTimeField()
    arrived_at = models.DateTimeField(default=now)
    deleted_at = models.DateTimeField(null=True)
    history = models.BooleanField(default=False, db_default=False)
    """It was said before its source was connected, and brought along: it rings nowhere and starts no clock, and what
    is older than a week is read, not owed (see ``inbox.triage.clocks``)."""

    objects: SearchableQuerySet[Message] = SearchableQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "key"], name="message_once")]
        indexes = [
            models.Index(fields=["conversation", "said_at", "id"], name="message_thread"),
            models.Index(fields=["identity", "said_at"], name="message_timeline"),
            models.Index(fields=["workspace", "id"], name="message_newest"),
        ]

    @property
    def said_how(self) -> Manner:
        """Its manner; an empty one where it has none."""
        return getattr(self, "manner", None) or Manner()

    @property
    def decision(self) -> Disposition | None:
        """The disposition that stands: a person's if there is one, else the latest."""
        return self.dispositions.order_by("-id").first()


class Visibility(models.TextChoices):
    """Who can see a message, where its network knows such steps."""

    PUBLIC = "public", "Public"
    UNLISTED = "unlisted", "Public, not listed"
    FOLLOWERS = "followers", "Followers only"
    DIRECT = "direct", "Private"


class Manner(models.Model):
    """How a message was said beyond its words, where there is anything to say: most have no such row."""

    message = models.OneToOneField(Message, models.CASCADE, primary_key=True, related_name="manner")
    quoted = models.TextField(default="")
    """What stood below their own words (a mail's quoted history): kept, and shown folded."""
    visibility = models.CharField(max_length=10, choices=Visibility.choices, default="", blank=True)
    content_warning = models.CharField(max_length=500, default="")
    participants = models.JSONField(default=list)
    """The addresses of the others who are spoken to, so that an answer keeps them."""


class Reading(models.Model):
    """What a message says, as understood by one version of the heads. ``data`` is ``understanding.Reading`` as JSON."""

    message = models.OneToOneField(Message, models.CASCADE, primary_key=True, related_name="reading")
    model = models.CharField(max_length=40)
    language = models.CharField(max_length=12)
    valence = models.FloatField()
    data = models.JSONField()

    @property
    def value(self) -> Read:
        return msgspec.convert(self.data, Read)


class Disposition(models.Model):
    """What a message needs, and why. A person's correction is a further one, with ``by``, and an example to learn from."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="dispositions")
    row = models.PositiveSmallIntegerField()
    needs = models.CharField(max_length=6)
    urgency = models.PositiveSmallIntegerField()
    confidence = models.FloatField()
    reasons = models.JSONField(default=list)
    by = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=now)

    @property
    def value(self) -> Decision:
        return Decision(
            row=self.row,
            needs=self.needs,  # type: ignore[arg-type]
            urgency=self.urgency,
            confidence=self.confidence,
            reasons=tuple(msgspec.convert(self.reasons, list[Reason])),
            settles=self.row == 12,
            peer_answering=self.row == 13,
        )


class Revision(models.Model):
    """What a message said before it was edited."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="revisions")
    version = models.CharField(max_length=80, default="")
    text = models.TextField()
    at = models.DateTimeField(default=now)
