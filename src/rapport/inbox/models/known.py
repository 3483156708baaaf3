"""What is kept of a person beside what was said: facts with their source, notes about them, promises, corrected feelings."""

from __future__ import annotations

from django.db import models

from rapport.accounts.models import Member, Workspace
from rapport.core.database import now
from rapport.inbox.models.message import Message
from rapport.people.models import Person


class PersonNote(models.Model):
    """What colleagues tell each other about a person rather than about one conversation. ``withdrawn_at`` undoes it."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, models.CASCADE, related_name="notes")
    by = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")
    text = models.TextField()
    at = models.DateTimeField(default=now)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["person", "-at"], name="personnote_timeline")]


class Fact(models.Model):
    """Something a person said of themselves (see ``understanding.facts``), as they last said it in ``message``.

    ``key`` is the 16-byte hash of (kind, folded thing). One that was removed stays, so that it is not proposed again.
    """

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, models.CASCADE, related_name="facts")
    message = models.ForeignKey(Message, models.CASCADE, related_name="facts")
    kind = models.CharField(max_length=10)
    key = models.BinaryField(max_length=16)
    thing = models.CharField(max_length=100)
    words = models.CharField(max_length=400)
    said_at = models.DateTimeField()
    """First said."""
    seen_at = models.DateTimeField()
    """Last said."""
    removed_at = models.DateTimeField(null=True)
    removed_by = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "key"], name="fact_once")]


class Promise(models.Model):
    """Words of a message by which somebody bound themselves: ``who`` owes it (us or them). The words stay where they are."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="promises")
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    who = models.CharField(max_length=4)
    kept_at = models.DateTimeField(null=True)
    kept_by = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "start"], name="promise_once")]


class Feeling(models.Model):
    """How a message was felt, as a person says: it holds before the program's reading, and is an example to learn from."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="feelings")
    valence = models.CharField(max_length=8)
    emotion = models.CharField(max_length=20, default="")
    by = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=now)
    withdrawn_at = models.DateTimeField(null=True)
