"""JSON Lines: one object a line, as strictly as JSON says and as leniently as exporters write it. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from rapport.channels.files.opening import Line
from rapport.channels.files.piece import Piece
from rapport.channels.text import to_text

DEEPEST_COLUMN = 3


def pieces(lines: Iterator[Line]) -> Iterator[Piece]:
    """Every line that is not blank."""
    for line in lines:
        if line.problem or line.raw.strip():
            yield Piece(f"line {line.number}", line.raw, line.problem)


def decode(raw: bytes) -> dict[str, Any]:
    """The object on a line; raises :class:`ValueError` with a sentence."""
    try:
        value = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        value = _leniently(raw)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    if not isinstance(value, dict):
        raise ValueError("the line is JSON, but not an object {…}")
    return value


def _leniently(raw: bytes) -> object:
    """NUL bytes, foreign encodings, NaN and half surrogate pairs, which exporters write and JSON forbids."""
    try:
        return json.loads(to_text(raw), strict=False)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    except json.JSONDecodeError as error:
        raise ValueError(f"this is not JSON: {error.msg} at character {error.pos + 1}") from error
    except ValueError as error:
        raise ValueError("this is not JSON: a number is too long") from error


def columns(row: Mapping[str, Any], depth: int = 1) -> Iterator[str]:
    """The names of a row's values; those of an object inside are joined by a dot (``user.name``)."""
    for key, value in row.items():
        if isinstance(value, dict) and value and depth < DEEPEST_COLUMN:
            for inner in columns(value, depth + 1):
                yield f"{key}.{inner}"
        else:
            yield key


def value_at(row: Mapping[str, Any], column: str) -> Any:
    """The value called ``column``, itself or as a path of names joined by dots; None where there is none."""
    if column in row or "." not in column:
        return row.get(column)
    found: Any = row
    for name in column.split("."):
        found = found.get(name) if isinstance(found, dict) else None
    return found
