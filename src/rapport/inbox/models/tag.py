"""Tag: a word of our own for a matter; and Tagging: that a conversation bears it."""

from __future__ import annotations

from django.db import models

from rapport.accounts.models import Member, Workspace
from rapport.core.database import now
from rapport.inbox.models.conversation import Conversation


class Tag(models.Model):
    """One word. ``folded`` is how it is compared: *VIP*, *vip* and *Vip* are the same tag (``inbox.tagging.fold``)."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="tags")
    name = models.CharField(max_length=40)
    folded = models.CharField(max_length=80)
    created_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "folded"], name="tag_once")]

    def __str__(self) -> str:
        return self.name


class Tagging(models.Model):
    """A conversation bears a tag, since when, and by whom."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="taggings")
    tag = models.ForeignKey(Tag, models.CASCADE, related_name="taggings")
    by = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["conversation", "tag"], name="tagging_once")]
        indexes = [models.Index(fields=["tag", "conversation"], name="tagging_of_tag")]
