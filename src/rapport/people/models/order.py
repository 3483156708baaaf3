"""Order: what a person bought, as a shop told it."""

from __future__ import annotations

from django.db import models

from rapport.accounts.models import Workspace
from rapport.core.database import now
from rapport.people.models.person import Person


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
