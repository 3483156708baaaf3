"""The page of the export's form says what the code writes: kinds, keys, examples that would be taken back, columns."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from rapport.core.refusal import Refused
from rapport.ingest.memory import lines, understood
from rapport.ingest.memory.numbers import Numbers
from rapport.ingest.memory.records import FACTS, KINDS, Kind
from rapport.ingest.memory.spreadsheet import COLUMNS
from tests.docs.texts import read, section, table

PAGE = "docs/export.md"


def examples(words: str) -> list[dict[str, Any]]:
    return [json.loads(found) for found in re.findall(r"```json\n(.*?)\n```", words, re.DOTALL)]


def test_every_kind_has_a_section_in_the_order_of_the_file() -> None:
    heads = re.findall(r"^## (.+)$", read(PAGE), re.MULTILINE)
    assert heads == ["The file", *(kind.name for kind in KINDS), "A part of it", "For a spreadsheet"]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_the_example_is_a_record(kind: Kind) -> None:
    example = examples(section(PAGE, kind.name))[0]
    assert tuple(example) == kind.keys
    for part in kind.parts:
        shown = example[part.name][0] if part.many else example[part.name]
        assert tuple(shown) == (*part.refs, *part.fields)
    numbers = {one.name: Numbers() for one in KINDS}
    for name, to in {**kind.refs, "by": "member"}.items():
        if example.get(name):
            numbers[to].add(example[name], example[name])
    understood.row(kind, example, 1, numbers)
    for part in kind.parts:
        understood.part_rows(part, example[part.name], 1, numbers)


def test_the_first_and_the_last_line() -> None:
    first, last = examples(section(PAGE, "The file"))
    assert json.dumps(first).replace(" ", "").encode().startswith(lines.SIGN)
    assert first["format"] == lines.FORMAT
    assert set(last) == {"record", "counts", "sha256"}


def test_facts_that_are_ids_are_named() -> None:
    assert all(f"`{name}`" in section(PAGE, "event") for name in FACTS)


def test_the_columns_of_the_spreadsheet() -> None:
    assert tuple(column for column, _ in table(section(PAGE, "For a spreadsheet"))) == COLUMNS


def test_an_example_that_is_wrong_would_be_noticed() -> None:
    kind = KINDS[0]
    example = examples(section(PAGE, kind.name))[0] | {"role": "wizard"}
    with pytest.raises(Refused):
        understood.row(kind, example, 1, {one.name: Numbers() for one in KINDS})
