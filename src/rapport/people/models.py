"""Person and Identity: a human, and the human as one network knows them."""

from __future__ import annotations

from django.db import models

from rapport.accounts.models import Workspace
from rapport.core.database import now


class Person(models.Model):
    """Somebody on the other side, customer or not. Rows about a human point here; messages point to an Identity."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="people")
    name = models.CharField(max_length=200, default="")
    created_at = models.DateTimeField(default=now)

    def __str__(self) -> str:
        return self.name


class Identity(models.Model):
    """One address on one network. ``key`` is the 16-byte hash of (network, folded address)."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="identities")
    person = models.ForeignKey(Person, models.CASCADE, related_name="identities")
    network = models.CharField(max_length=40)
    address = models.CharField(max_length=320)
    name = models.CharField(max_length=200, default="")
    key = models.BinaryField(max_length=16)
    created_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "key"], name="identity_once")]

    def __str__(self) -> str:
        return self.name or self.address
