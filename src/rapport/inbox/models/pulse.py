"""Pulse: how many arrivals a source brought in one hour."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, models

from rapport.inbox.models.source import Source


class Pulse(models.Model):
    """One hour of one source: the roll-up from which its rhythm is told. ``hour`` counts hours since 1970, UTC.

    The door keeps it, in the transaction that accepts: a recount of eight weeks of arrivals would read millions of rows
    for a busy source, and a nightly one would not know of today. Hours, not weekdays: the workspace's zone may change.
    """

    source = models.ForeignKey(Source, models.CASCADE, related_name="pulses")
    hour = models.IntegerField()
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "hour"], name="pulse_once")]

    @staticmethod
    def hour_of(moment: datetime) -> int:
        return int(moment.timestamp()) // 3600

    @classmethod
    def beat(cls, source: Source, count: int, moment: datetime) -> None:
        """Count arrivals of this moment, in the caller's transaction."""
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO inbox_pulse (source_id, hour, count) VALUES (%s, %s, %s) "
                "ON CONFLICT (source_id, hour) DO UPDATE SET count = inbox_pulse.count + excluded.count",
                [source.pk, cls.hour_of(moment), count],
            )
