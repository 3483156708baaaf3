"""Spent: what one source used up on one day."""

from __future__ import annotations

from datetime import date

from django.db import connection, models

from rapport.inbox.models.source import Source


class Spent(models.Model):
    """Requests that left for one source on one day (UTC), and what they cost in millionths of its channel's currency."""

    source = models.ForeignKey(Source, models.CASCADE, related_name="spent")
    day = models.DateField()
    requests = models.PositiveIntegerField(default=0)
    cost = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "day"], name="spent_once")]

    @classmethod
    def add(cls, source: Source, day: date, requests: int, cost: int) -> None:
        """Count these, too."""
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO inbox_spent (source_id, day, requests, cost) VALUES (%s, %s, %s, %s) "
                "ON CONFLICT (source_id, day) DO UPDATE SET requests = inbox_spent.requests + excluded.requests, "
                "cost = inbox_spent.cost + excluded.cost",
                [source.pk, day, requests, cost],
            )
