"""What somebody is entitled to, against what they bought: the same thing in other words, and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.people import entitling


@dataclass
class Bought:
    text: str


CARE = Bought("Latitude 7, 16 GB\n4 years in-home service")
BAG = Bought("Bag, one year of guarantee")


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("four-year, in-home service", CARE),
        ("In-Home Service", CARE),
        ("1 year guarantee", BAG),
        ("three-year, in-home service", None),
        ("premium support", None),
        ("", None),
        ("the", None),
    ],
)
def test_the_order_that_holds_every_word_of_it(said: str, found: Bought | None) -> None:
    assert entitling.order_of(said, [BAG, CARE]) is found


@pytest.mark.parametrize(
    ("said", "since", "end"),
    [
        ("four-year, in-home service", (2026, 1, 15), (2030, 1, 15)),
        ("zwei Jahre Garantie", (2024, 2, 29), (2026, 2, 28)),
        ("garantie de six mois", (2026, 8, 31), (2027, 2, 28)),
        ("lifetime guarantee", (2026, 1, 1), None),
        ("999 years warranty", (2026, 1, 1), (3025, 1, 1)),
        ("0 months cover", (2026, 1, 1), (2026, 1, 1)),
    ],
)
def test_it_ends_so_many_years_or_months_after_it_was_bought(
    said: str, since: tuple[int, int, int], end: tuple[int, int, int] | None
) -> None:
    found = entitling.until(said, datetime(*since, 12, tzinfo=UTC))
    assert found == (datetime(*end, 12, tzinfo=UTC) if end else None)


@given(st.text(max_size=200), st.datetimes(timezones=st.just(UTC)))
def test_any_words_and_any_day_are_answered(said: str, since: datetime) -> None:
    end = entitling.until(said, since)
    assert end is None or end >= since
    assert entitling.order_of(said, []) is None
