"""Shares with their intervals: known values, and what must hold of any."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.understanding.intervals import odds, quantile, share


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [(0, 50, 0.0, 0.0713), (5, 50, 0.0435, 0.2136), (50, 50, 0.9287, 1.0), (1, 1, 0.2065, 1.0), (500, 1000, 0.4691, 0.5309)],
)  # fmt: skip
def test_wilson_as_in_the_tables(hits: int, n: int, low: float, high: float) -> None:
    found = share(hits, n)
    assert (found.low, found.high) == (pytest.approx(low, abs=2e-4), pytest.approx(high, abs=2e-4))


def test_of_nothing_everything_is_possible() -> None:
    assert (share(0, 0).low, share(0, 0).high, share(0, 0).value) == (0.0, 1.0, 0.0)


@pytest.mark.parametrize(("hits", "n"), [(2, 1), (-1, 3)])
def test_what_is_no_share_is_refused(hits: int, n: int) -> None:
    with pytest.raises(ValueError, match="no share"):
        share(hits, n)


@given(st.integers(1, 5000), st.data())
def test_a_share_lies_in_its_interval_and_more_cases_narrow_it(n: int, data: st.DataObject) -> None:
    hits = data.draw(st.integers(0, n))
    one, more = share(hits, n), share(hits * 4, n * 4)
    assert 0 <= one.low <= one.value <= one.high <= 1
    assert more.high - more.low <= one.high - one.low + 1e-12


@given(st.integers(0, 300), st.integers(0, 300), st.integers(0, 300), st.integers(0, 300))
def test_odds_turn_round_with_the_groups(a: int, b: int, c: int, d: int) -> None:
    one, other = share(a, a + b), share(c, c + d)
    there, back = odds(one, other), odds(other, one)
    assert there.ratio == pytest.approx(1 / back.ratio) and there.low == pytest.approx(1 / back.high)
    assert there.low < there.ratio < there.high and there.differs == back.differs


def test_odds_of_the_same_share_do_not_differ_and_of_far_ones_do() -> None:
    assert not odds(share(50, 100), share(500, 1000)).differs
    assert odds(share(95, 100), share(500, 1000)).differs


def test_the_nearest_rank() -> None:
    assert quantile([], 0.5) == 0.0 and quantile([1.0, 2.0, 3.0], 0.5) == 2.0 and quantile([1.0, 2.0], 0.9) == 2.0
