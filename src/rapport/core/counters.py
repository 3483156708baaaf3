"""Counting in the transaction: ``bump`` is its last statement, sorted, so that two writers never wait crosswise.

A live GROUP BY over a million rows costs 80 ms; a counter 0.1 ms. ``rapport check`` compares them with a recount.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable

from django.db import connection
from django.db.models import Sum

from rapport.core.models import Counter

Bump = tuple[int, str, int]
_SHARDS = 8


def bump(changes: Iterable[Bump]) -> None:
    """Add each ``(workspace_id, key, delta)``. Call it last in a transaction."""
    totals: dict[tuple[int, str], int] = defaultdict(int)
    for workspace_id, key, delta in changes:
        totals[workspace_id, key] += delta
    shard = os.getpid() % _SHARDS if connection.vendor == "postgresql" else 0
    rows = [(w, key, shard, delta) for (w, key), delta in sorted(totals.items()) if delta]
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO core_counter (workspace_id, key, shard, value) VALUES (%s, %s, %s, %s) "
                "ON CONFLICT (workspace_id, key, shard) DO UPDATE SET value = core_counter.value + excluded.value",
                rows,
            )


def read(workspace_id: int, keys: Iterable[str]) -> dict[str, int]:
    """The value of each key, 0 where nothing was ever counted."""
    wanted = list(keys)
    rows = Counter.objects.filter(workspace_id=workspace_id, key__in=wanted).values("key").annotate(total=Sum("value"))
    return dict.fromkeys(wanted, 0) | {row["key"]: row["total"] for row in rows}
