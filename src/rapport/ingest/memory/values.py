"""A record's values as the columns take them: of the right type and size, or Refused with the line and the field.

An export is a stranger's file like any other: nothing of it is believed.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import msgspec
from django.db import models

from rapport.core.refusal import Refused
from rapport.ingest.memory.lines import NOTHING
from rapport.people.likeness import Sign
from rapport.understanding.reading import Reading, Reason

DEEPEST = 40
SHAPES: dict[str, Any] = {
    "Reading.data": Reading,
    "Disposition.reasons": list[Reason],
    "Merge.evidence": list[Sign],
    "Manner.participants": list[str],
    "Outgoing.parts": list[str],
}
"""JSON that pages read as a value; all else is an object."""
_RUNS = ("javascript:", "data:", "vbscript:")


def column(field: models.Field[Any, Any], value: Any, line: int) -> Any:
    """The value for this column. Raises Refused."""
    if value is None and field.null:
        return None
    try:
        return _read(field, value)
    except (ValueError, TypeError, RecursionError) as error:
        why = str(error).rstrip(".") or "it is of another type"
        raise Refused(f"Line {line} of the export: {field.name} cannot be {value!r:.40} ({why}). {NOTHING}") from error


def _read(field: models.Field[Any, Any], value: Any) -> Any:
    if isinstance(field, models.BooleanField):
        return _of(bool, value)
    if isinstance(field, models.FloatField):
        return float(_of((int, float), value))
    if isinstance(field, models.IntegerField):
        return _integer(field, value)
    if isinstance(field, models.DateTimeField):
        return _moment(_of(str, value))
    if isinstance(field, models.BinaryField):
        return _bytes(field, _of(str, value))
    if isinstance(field, models.JSONField):
        return _json(field, value)
    return _text(field, _of(str, value))


def _of(wanted: Any, value: Any) -> Any:
    if not isinstance(value, wanted) or (isinstance(value, bool) and wanted is not bool):
        raise ValueError("it is of another type")
    return value


def _integer(field: models.Field[Any, Any], value: Any) -> int:
    number: int = _of(int, value)
    low, high = (0, 32767) if isinstance(field, models.PositiveSmallIntegerField) else (-(2**62), 2**62)
    if isinstance(field, models.PositiveIntegerField):
        low, high = 0, 2**31 - 1
    if not low <= number <= high:
        raise ValueError(f"it must be from {low} to {high}")
    return number


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("it names no time zone")
    if not 1 < moment.year < 9999:
        raise ValueError("it is no time that can be kept")
    return moment


def _bytes(field: models.Field[Any, Any], text: str) -> bytes:
    data = bytes.fromhex(text)
    if not data or len(data) > (field.max_length or 16):
        raise ValueError("it has another length")
    return data


def _text(field: models.Field[Any, Any], text: str) -> str:
    if "\x00" in text:
        raise ValueError("it holds a NUL sign")
    if field.max_length is not None and len(text) > field.max_length:
        raise ValueError(f"at most {field.max_length} characters")
    if field.choices and text not in dict(field.flatchoices) and (text or not field.blank):
        raise ValueError("it is none of the words known here")
    if field.name == "url" and text.strip().lower().startswith(_RUNS):
        raise ValueError("it is no address to follow")
    return text


def _json(field: models.Field[Any, Any], value: Any) -> str:
    """JSON as text, as both engines take it. No NUL, which PostgreSQL cannot keep, and not endlessly deep."""
    _refuse_deep(value, 0)
    msgspec.convert(value, SHAPES.get(f"{field.model.__name__}.{field.name}", dict[str, Any]))
    words = json.dumps(value, ensure_ascii=False, allow_nan=False)
    if "\\u0000" in words:
        raise ValueError("it holds a NUL sign")
    return words


def _refuse_deep(value: Any, depth: int) -> None:
    if depth > DEEPEST:
        raise ValueError("it is nested too deeply")
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _refuse_deep(inner, depth + 1)
