"""Notification: that something is worth a member's look; how each wishes to be told; where their browsers are reached.

Ids and codes only: the words on the screen are made when somebody looks, from what they may see at that moment.
"""

from __future__ import annotations

from django.db import models

from rapport.accounts.models import Member, Workspace
from rapport.core.database import now


class Notification(models.Model):
    """One thing told to one member, once: ``key`` says what makes it one. ``subject_id`` is a conversation's or a
    source's, as ``subject`` says; a plain number, because conversations join each other."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="notifications")
    member = models.ForeignKey(Member, models.CASCADE, related_name="notifications")
    key = models.CharField(max_length=100, unique=True)
    kind = models.CharField(max_length=20)
    subject = models.CharField(max_length=20)
    subject_id = models.BigIntegerField()
    by = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=now)
    shown = models.BooleanField(default=False)
    mailed = models.BooleanField(default=False)
    pushed = models.BooleanField(default=False)
    """The ways its member wished for when it happened: in the page, by e-mail, by push."""
    read_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)
    pushed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["member", "-id"], name="notification_list"),
            models.Index(
                fields=["member"],
                name="notification_unread",
                condition=models.Q(read_at__isnull=True, shown=True),
            ),
        ]


class Wishes(models.Model):
    """How one member wishes to be told. Without a row the defaults hold (``notices.choosing``)."""

    member = models.OneToOneField(Member, models.CASCADE, related_name="wishes")
    ways = models.JSONField(default=dict)
    """Kind → the list of ways."""
    digest = models.CharField(max_length=10, default="daily")
    quiet_from = models.TimeField(null=True)
    quiet_until = models.TimeField(null=True)
    zone = models.CharField(max_length=60, default="UTC")


class PushAddress(models.Model):
    """Where one browser of a member takes push messages (a subscription of RFC 8030, with its keys of RFC 8291)."""

    member = models.ForeignKey(Member, models.CASCADE, related_name="push_addresses")
    endpoint_hash = models.CharField(max_length=64)
    sealed = models.TextField()
    """The endpoint and its keys, encrypted: whoever has them may knock at this browser."""
    created_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "endpoint_hash"], name="push_address_once")]


class PushKey(models.Model):
    """The key by which push services know this server (RFC 8292), made at first use, encrypted; one row."""

    name = models.CharField(max_length=10, unique=True, default="vapid")
    sealed = models.TextField()
    created_at = models.DateTimeField(default=now)
