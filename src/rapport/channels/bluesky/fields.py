"""Reading what a stranger's server says: a field of the kind that was hoped for, or nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

Row = Mapping[str, Any]
NOTHING: Row = {}


def row(raw: bytes | msgspec.Raw) -> Row:
    """The JSON object in ``raw``. Raises :class:`ValueError` with a sentence where there is none."""
    try:
        found = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError("this is no JSON") from error
    if not isinstance(found, dict):
        raise ValueError("this is no JSON object")
    return found


def rows(raw: bytes, name: str) -> list[msgspec.Raw]:
    """The members of the list called ``name``, each as the bytes it came in. Raises :class:`ValueError`."""
    try:
        whole = msgspec.json.decode(raw, type=dict[str, msgspec.Raw])
        return msgspec.json.decode(whole[name], type=list[msgspec.Raw])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, KeyError) as error:
        raise ValueError(f"the answer has no list of {name}") from error


def part(where: Row, *path: str) -> Row:
    """The object at the end of the path; an empty one where there is none."""
    for name in path:
        found = where.get(name)
        if not isinstance(found, dict):
            return NOTHING
        where = found
    return where


def word(where: Row, *path: str) -> str:
    """The text at the end of the path; empty where there is none."""
    found = part(where, *path[:-1]).get(path[-1])
    return found if isinstance(found, str) else ""


def number(where: Row, *path: str) -> int | None:
    """The whole number at the end of the path."""
    found = part(where, *path[:-1]).get(path[-1])
    return found if isinstance(found, int) and not isinstance(found, bool) else None


def many(where: Row, *path: str) -> Iterator[Row]:
    """The objects in the list at the end of the path."""
    found = part(where, *path[:-1]).get(path[-1])
    if isinstance(found, list):
        yield from (one for one in found if isinstance(one, dict))
