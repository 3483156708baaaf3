"""Relation: what one person is to another, who says so, and which message shows it."""

from __future__ import annotations

from django.db import models

from rapport.accounts.models import Member, Workspace
from rapport.core.database import now
from rapport.inbox.models.message import Message
from rapport.people.models import Person


class Relation(models.Model):
    """``one`` is something to ``other``: of a known kind, or in ``words`` of one's own. Taken back, it stays with who did.

    As with all rows about a person it is read through ``person.everyone()``, at both ends.
    """

    class Kind(models.TextChoices):
        WORKS_WITH = "works_with"
        FAMILY = "family"
        FRIEND = "friend"
        SPEAKS_FOR = "speaks_for"
        RECOMMENDS = "recommends"
        ASKED_FOR = "asked_for"
        OTHER = "other"

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    words = models.CharField(max_length=80, default="")
    one = models.ForeignKey(Person, models.CASCADE, related_name="relations")
    other = models.ForeignKey(Person, models.CASCADE, related_name="related")
    message = models.ForeignKey(Message, models.SET_NULL, null=True, related_name="+")
    """Which shows it."""
    note = models.CharField(max_length=400, default="")
    since = models.DateTimeField(null=True)
    by = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=now)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")
