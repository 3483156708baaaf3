"""Attachment: a picture or a file that came with a message."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from rapport.accounts.models import Workspace
from rapport.core.database import now


class Attachment(models.Model):
    """One file of a message, by the message's ``key`` and its ``place`` there (from 1; 0 is the message as HTML).

    It is kept with the arrival, before the message is made: the key finds it. ``type`` is what the bytes are. Without
    ``content`` it only links (``url``), or was too large and is in the arrival's bytes alone.
    """

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+")
    key = models.BinaryField(max_length=16)
    place = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=5, default="file")
    name = models.CharField(max_length=200, default="")
    type = models.CharField(max_length=100, default="")
    alt = models.TextField(default="")
    cid = models.CharField(max_length=255, default="")
    url = models.CharField(max_length=1000, default="")
    size = models.PositiveBigIntegerField(default=0)
    """Bytes; 0 where nobody said."""
    content = models.BinaryField(max_length=15_000_000, null=True)
    scan = models.CharField(max_length=200, default="")
    """What a scanner said: nothing yet, ``clean``, ``infected: NAME``, or ``unscannable: why`` (``inbox.scanning``)."""
    created_at = models.DateTimeField(default=now)

    kept = False
    """Said where a page reads it without its bytes: they are there. Not kept itself."""
    held = False
    """Said where a page reads it: the virus scanner has not looked through it. Not kept."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "key", "place"], name="attachment_once")]
        indexes = [
            models.Index(fields=["id"], name="attachment_unscanned", condition=Q(scan="", content__isnull=False))
        ]

    def __str__(self) -> str:
        return self.name or self.alt or self.url

    @property
    def infected(self) -> bool:
        return self.scan.startswith("infected")

    @property
    def unscannable(self) -> bool:
        return self.scan.startswith("unscannable")
