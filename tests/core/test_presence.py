"""Presence is gone by itself, stays within its workspace, and of somebody's pages the nearest counts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rapport.core.presence import LIVES, PER_MEMBER, Degree, Presence

ACME, ELSEWHERE = 1, 2
BEA, CEM = 11, 12


def test_a_colleague_is_seen_typing_then_looking_then_gone() -> None:
    here = Presence()
    assert here.say(ACME, CEM, "a", 7, Degree.TYPING, 0) == {7}
    assert here.look(ACME, 1) == {7: {CEM: Degree.TYPING}}
    assert here.say(ACME, CEM, "a", 7, Degree.VIEWING, 5) == {7}
    assert here.say(ACME, CEM, "a", 7, Degree.VIEWING, 9) == set()  # nothing looks different: nobody is told
    assert here.say(ACME, CEM, "a", 7, None, 10) == {7}
    assert here.look(ACME, 10) == {}


def test_a_page_that_died_vanishes_within_half_a_minute_and_the_next_word_says_so() -> None:
    here = Presence()
    here.say(ACME, CEM, "a", 7, Degree.VIEWING, 0)
    assert LIVES + 8 <= 30
    assert here.look(ACME, LIVES - 1) == {7: {CEM: Degree.VIEWING}}
    assert here.look(ACME, LIVES) == {}
    assert here.say(ACME, BEA, "b", 8, Degree.VIEWING, LIVES + 1) == {7, 8}


def test_it_never_leaks_into_another_workspace() -> None:
    here = Presence()
    here.say(ACME, CEM, "a", 7, Degree.TYPING, 0)
    assert here.say(ELSEWHERE, 99, "a", 7, Degree.VIEWING, 0) == {7}
    assert here.look(ELSEWHERE, 0) == {7: {99: Degree.VIEWING}}
    assert here.look(ACME, 0) == {7: {CEM: Degree.TYPING}}


def test_of_two_pages_of_one_member_the_nearest_counts() -> None:
    here = Presence()
    here.say(ACME, CEM, "a", 7, Degree.OPEN, 0)
    here.say(ACME, CEM, "b", 7, Degree.TYPING, 0)
    assert here.look(ACME, 0) == {7: {CEM: Degree.TYPING}}
    here.say(ACME, CEM, "b", 8, Degree.VIEWING, 1)
    assert here.look(ACME, 1) == {7: {CEM: Degree.OPEN}, 8: {CEM: Degree.VIEWING}}


@given(st.lists(st.tuples(st.integers(1, 3), st.text("ab", max_size=6), st.integers(1, 4), st.booleans()), max_size=80))
def test_memory_is_bounded_and_freed(said: list[tuple[int, str, int, bool]]) -> None:
    here = Presence()
    for moment, (member, page, subject, stays) in enumerate(said):
        here.say(ACME, member, page, subject, Degree.VIEWING if stays else None, moment)
    assert all(sum(key[0] == member for key in here._pages.get(ACME, {})) <= PER_MEMBER for member in (1, 2, 3))
    here.say(ACME, 1, "end", 1, None, len(said) + LIVES + 1)
    assert here._pages == {}
