"""What can stand in a search is the same in the code, on the page about it, and in the help beside the field."""

from __future__ import annotations

from pathlib import Path

import pytest

from rapport.inbox.filtering.operators import ABOUT, HAS, IS, OPERATORS, ROWS
from rapport.inbox.filtering.parse import MOST_CLAUSES, MOST_LETTERS, parse
from rapport.inbox.filtering.reading import STRETCHES
from rapport.web.operators import HELP
from tests.architecture.sizes import ROOT

PAGE = Path(ROOT / "docs/search.md").read_text(encoding="utf-8")
HELPED = [example for _, lines in HELP for examples, _ in lines for example in examples]


@pytest.mark.parametrize("word", [*(f"{key}:" for key in OPERATORS), *(f"is:{word}" for word in IS)])
def test_the_page_and_the_help_name_every_word(word: str) -> None:
    assert f"`{word}" in PAGE
    assert any(example.startswith(word) for example in HELPED)


def test_every_value_is_on_the_page() -> None:
    assert all(f"`has:{word}`" in PAGE for word in HAS)
    assert all(f"`about:{word}`" in PAGE for word in ABOUT)
    assert all(
        f"`is:{word}` ({'row ' if rows == (1,) else ''}{', '.join(map(str, rows))})" in PAGE
        for word, rows in ROWS.items()
    )


@pytest.mark.parametrize("example", HELPED)
def test_every_example_is_understood(example: str) -> None:
    assert parse(example).filter and not parse(example).mistakes


def test_the_limits() -> None:
    assert f"At most {MOST_CLAUSES} conditions and {MOST_LETTERS} letters" in PAGE
    assert f"{sum(STRETCHES):,} were seen" in PAGE
