"""What is done is never read again: claiming costs the same after a million arrivals as after ten."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from rapport.ingest import pipeline
from tests.conftest import Cast


@pytest.mark.parametrize("by_source", [False, True])
def test_waiting_arrivals_are_found_by_an_index_of_waiting_ones_alone(cast: Cast, by_source: bool) -> None:
    cast.says("@ann", "@acme where is my parcel?")
    with CaptureQueriesContext(connection) as asked:
        pipeline.claim("token", 500, cast.source.pk if by_source else None)
        pipeline.claim("token", 500, cast.source.pk if by_source else None)
    looks = [one["sql"] for one in asked if one["sql"].startswith("SELECT") and '"inbox_arrival"' in one["sql"]]
    assert looks
    if connection.vendor != "sqlite":  # a planner with statistics; SQLite's has none, and goes by the shape alone
        return
    with connection.cursor() as cursor:
        for sql in looks:
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
            plan = " / ".join(row[3] for row in cursor.fetchall())
            assert "INDEX arrival_waiting" in plan or "INDEX arrival_due" in plan, plan
            assert "TEMP B-TREE" not in plan, plan
