"""Understanding the records of an export: each line's values with the ids they get here, or Refused with its line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rapport.core.refusal import Refused
from rapport.ingest.memory import lines, values
from rapport.ingest.memory.numbers import Numbers
from rapport.ingest.memory.records import BY_NAME, KINDS, Kind, Part


def check(path: Path, seen: Any = lambda read: None) -> dict[str, Any]:
    """Every line is as it should be, every reference leads to a record before it; the first line's words."""
    first = lines.header(path)
    numbers = {kind.name: Numbers() for kind in KINDS}
    place = 0
    for number, said, read in lines.records(path):
        kind = _kind(said, number)
        if KINDS.index(kind) < place:
            raise Refused(f"Line {number} of the export stands in the wrong place. {lines.NOTHING}")
        place = KINDS.index(kind)
        _look(kind, said, number, numbers)
        numbers[kind.name].add(said["id"], said["id"])
        if number % 10_000 == 0:
            seen(read)
    return first


def _kind(said: dict[str, Any], line: int) -> Kind:
    kind = BY_NAME.get(str(said.get("record")))
    if kind is None:
        raise Refused(
            f"Line {line} of the export holds {said.get('record')!r:.30}, which is not known here. {lines.NOTHING}"
        )
    if missing := [key for key in kind.keys if key not in said]:
        raise Refused(f"Line {line} of the export lacks {missing[0]}. {lines.NOTHING}")
    return kind


def _look(kind: Kind, said: dict[str, Any], line: int, numbers: dict[str, Numbers]) -> None:
    """Its id, its values, and those of its parts."""
    if type(said["id"]) is not int or not numbers[kind.name].follows(said["id"]):
        raise Refused(f"Line {line} of the export: the ids of {kind.name} must ascend. {lines.NOTHING}")
    for part in kind.parts:
        part_rows(part, said[part.name], line, numbers)
    row(kind, said, line, numbers)


def row(kind: Kind | Part, said: dict[str, Any], line: int, numbers: dict[str, Numbers]) -> list[Any]:
    """The values in the order of (refs, fields). A reference to what was left out is null where it may be."""
    made: list[Any] = []
    for name, to in kind.refs.items():
        old = said.get(name)
        to_column: Any = kind.model._meta.get_field(name if kind.name != "event" else f"{name}_id")
        new = numbers[to].get(old) if type(old) is int else None
        if new is None and not to_column.null:
            raise Refused(f"Line {line} of the export: its {name} {old!r:.20} is not in the file. {lines.NOTHING}")
        made.append(new)
    for name in kind.fields:
        column: Any = kind.model._meta.get_field(name)
        made.append(values.column(column, said.get(name), line))
    return made


def part_rows(part: Part, said: Any, line: int, numbers: dict[str, Numbers]) -> list[list[Any]]:
    rows = said if part.many else [said] if said is not None else []
    if not isinstance(rows, list) or not all(isinstance(one, dict) for one in rows):
        raise Refused(f"Line {line} of the export: {part.name} is of another type. {lines.NOTHING}")
    return [row(part, one, line, numbers) for one in rows]
