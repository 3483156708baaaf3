"""Reading JSON that somebody else wrote: each value is taken as what it is hoped to be, or as nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Row = Mapping[str, Any]


def word(row: Row, *path: str) -> str:
    """The value at the end of the path as text, whatever a stranger put there; "" where there is none."""
    value: Any = row
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return as_text(value)


def count(row: Row, name: str) -> int | None:
    """The whole number under this name; None where there is none."""
    value = row.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def part(row: Row, name: str) -> Row:
    """The object under this name; an empty one where there is none."""
    value = row.get(name)
    return value if isinstance(value, dict) else {}


def many(row: Row, name: str) -> list[Row]:
    """The objects in the list under this name."""
    value = row.get(name)
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def words(row: Row, name: str) -> list[str]:
    """The texts in the list under this name, or the one text there."""
    value = row.get(name)
    found = value if isinstance(value, list) else [value]
    return [one for one in found if isinstance(one, str)]


def as_text(value: object) -> str:
    """A cell as text: a list by its first value, a whole number without its decimals, nothing as nothing."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.0f}" if value.is_integer() and abs(value) < 2**63 else repr(value)
    if isinstance(value, int):
        # Python refuses to write out numbers of thousands of digits; no id is one.
        return str(value) if abs(value) < 10**40 else ""
    if isinstance(value, list):
        return as_text(value[0]) if value and not isinstance(value[0], list | dict) else ""
    return ""
