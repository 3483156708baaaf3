"""Which posts are asked about, and how far two readers agree."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.learning.agreement import ENOUGH, agreement
from rapport.learning.choosing import Candidate, choose, doubt


def test_the_least_sure_come_first() -> None:
    posts = [
        Candidate(1, "blue sky above", 0.2),
        Candidate(2, "green field below", 0.9),
        Candidate(3, "old red house", 0.5),
    ]
    assert [one.id for one in choose(posts)] == [2, 3, 1]


def test_ten_of_a_kind_teach_no_more_than_one() -> None:
    same = [Candidate(n, f"Where is my parcel {n}", 1.0) for n in range(20)]
    other = [Candidate(99, "the weather is fine today", 0.4)]
    assert [one.id for one in choose(same + other, 5)] == [0, 99]


def test_what_was_seen_just_now_is_not_asked_again() -> None:
    posts = [Candidate(1, "where is my parcel", 1.0), Candidate(2, "when do you open", 0.6)]
    assert [one.id for one in choose(posts, 1, seen=["Where is my parcel?"])] == [2]


@pytest.mark.slow
@given(
    st.lists(st.builds(Candidate, st.integers(1, 999), st.text(max_size=30), st.floats(0, 1)), max_size=30),
    st.integers(0, 12),
)
def test_never_more_than_wanted_and_none_twice(posts: list[Candidate], wanted: int) -> None:
    chosen = choose(posts, wanted)
    assert len(chosen) <= wanted and all(one in posts for one in chosen)
    assert len({id(one) for one in chosen}) == len(chosen)


@given(st.floats(0, 1))
def test_doubt_is_greatest_in_the_middle(chance: float) -> None:
    assert 0 <= doubt(chance) <= doubt(0.5) == 1.0
    assert doubt(chance) == pytest.approx(doubt(1 - chance), abs=1e-6)


def test_kappa_is_cohens() -> None:
    """The textbook table: 20 both yes, 5 and 10 apart, 15 both no: kappa .4."""
    pairs = [("yes", "yes")] * 20 + [("yes", "no")] * 5 + [("no", "yes")] * 10 + [("no", "no")] * 15
    found = agreement(pairs)
    assert (found.posts, found.same, found.kappa) == (50, 35, 0.4)


def test_of_few_posts_or_of_one_answer_nothing_is_said() -> None:
    assert agreement([("yes", "no")] * (ENOUGH - 1)).kappa is None
    assert agreement([("no", "no")] * 50).kappa is None
    assert agreement([]).posts == 0
