"""Rows by table, as a backup tells them and as they were found again."""

from __future__ import annotations

from rapport.core.refusal import Refused


def refuse_other_counts(told: dict[str, int], found: dict[str, int]) -> None:
    """Raises Refused at the first table with more or fewer rows than told."""
    for table in sorted({*told, *found}):
        if told.get(table) != found.get(table):
            raise Refused(
                f"The table {table} came back with {found.get(table, 0)} rows instead of {told.get(table, 0)}: this is no "
                "whole backup."
            )
