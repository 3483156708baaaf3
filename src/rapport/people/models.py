"""Person, Identity and Order: a human, the human as one network knows them, and what they bought."""

from __future__ import annotations

from django.db import models

from rapport.accounts.models import Workspace
from rapport.core.database import now


class Person(models.Model):
    """Somebody on the other side, customer or not. Rows about a human point here; messages point to an Identity."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="people")
    name = models.CharField(max_length=200, default="")
    organisation = models.CharField(max_length=200, default="", db_default="")
    note = models.TextField(default="", db_default="")
    """What an address book said of them."""
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


class Order(models.Model):
    """Something a person bought, as the shop tells it. ``key`` is the 16-byte hash of (shop, number).

    ``total`` is in minor units of ``currency`` (ISO 4217); None where the shop did not say.
    """

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="orders")
    person = models.ForeignKey(Person, models.CASCADE, related_name="orders")
    shop = models.CharField(max_length=40)
    number = models.CharField(max_length=255)
    key = models.BinaryField(max_length=16)
    placed_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    total = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, default="")
    status = models.CharField(max_length=60, default="")
    text = models.TextField(default="")
    arrived_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "key"], name="order_once")]
        indexes = [models.Index(fields=["person", "-placed_at"], name="order_timeline")]

    def __str__(self) -> str:
        return self.number
