"""What a workspace's model may do to a decision, and what it never may."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.inbox.triage.disposition import Disposition, Needs
from rapport.inbox.triage.table import NEEDS
from rapport.inbox.triage.taught import CALLED, LESS, ROWS, SURE, Opinion, call, weigh
from rapport.inbox.triage.words import WORDS
from rapport.understanding.reading import Reason

CHANCE = st.floats(0, 1)
CERTAIN_NO = Opinion(chance=0.001, dismissed=40, down=0.2, courtesy=0.2)
CERTAIN_YES = Opinion(chance=0.99, answered=14, down=0.2)


def decided(row: int, *codes: str, needs: Needs | None = None) -> Disposition:
    reasons = (Reason(f"row.{row}"), *(Reason(code) for code in codes))
    return Disposition(
        row=row, needs=needs or NEEDS[row], urgency=1, confidence=0.6, reasons=reasons, settles=row == 12
    )


@given(st.sampled_from([1, 2]), CHANCE, CHANCE)
def test_no_opinion_touches_danger_or_grief(row: int, chance: float, down: float) -> None:
    was = decided(row)
    assert weigh(was, Opinion(chance=chance, down=down)) is was


@given(st.integers(3, 16), st.sampled_from(["row.1", "row.2", "flag.danger", "flag.illness"]), CHANCE, CHANCE)
def test_nor_does_it_where_they_are_only_among_the_reasons(row: int, code: str, chance: float, down: float) -> None:
    was = decided(row, code)
    assert weigh(was, Opinion(chance=chance, down=down)) is was


@given(st.integers(1, 16), CHANCE)
def test_without_a_mark_nothing_leaves_the_desk(row: int, chance: float) -> None:
    was = decided(row)
    now = weigh(was, Opinion(chance=chance, down=-1.0))
    assert (was.needs == "no") or now.needs != "no"
    assert now.needs == was.needs or was.needs == "no" or chance >= SURE or (chance < LESS and now.needs == "unsure")


@pytest.mark.parametrize("row", [3, 4, 6, 11])
def test_whoever_asks_or_complains_stays_on_the_desk_and_is_marked_at_most(row: int) -> None:
    now = weigh(decided(row), CERTAIN_NO)
    assert now.needs == "unsure" and now.reasons[0].code == "taught.less"


def test_the_mark_of_courtesies_is_their_own() -> None:
    thanks = Opinion(chance=0.1, down=0.2, courtesy=-1.0)
    assert weigh(decided(8), thanks).needs == "unsure" and weigh(decided(16), thanks).needs == "no"
    other = Opinion(chance=0.1, down=-1.0, courtesy=0.2)
    assert weigh(decided(8), other).needs == "no" and weigh(decided(16), other).needs == "unsure"
    assert weigh(decided(3), other).needs == "unsure"


@pytest.mark.parametrize("row", [5, 8])
def test_a_team_that_never_thanks_is_not_asked_to(row: int) -> None:
    now = weigh(decided(row), CERTAIN_NO)
    assert (now.needs, now.urgency) == ("no", 0)
    assert now.reasons[0] == Reason("taught.no", 40.0)
    assert now.reasons[1].code == f"row.{row}"  # what the table said is kept


def test_unsure_leaves_only_below_the_mark() -> None:
    assert weigh(decided(16), Opinion(chance=0.2, down=0.2)).needs == "no"
    assert weigh(decided(16), Opinion(chance=0.21, down=0.2)).needs == "unsure"


@pytest.mark.parametrize("code", ["asked_twice", "unanswered", "answers_us"])
def test_whoever_waits_already_is_not_taken_off(code: str) -> None:
    was = decided(16, code)
    assert weigh(was, CERTAIN_NO) is was


@pytest.mark.parametrize("row", [7, 9, 10, 12, 13, 14, 15])
def test_what_the_team_answers_comes_to_the_desk(row: int) -> None:
    now = weigh(decided(row), CERTAIN_YES)
    assert (now.needs, now.settles, now.reasons[0]) == ("yes", False, Reason("taught.yes", 14.0))
    assert now.urgency == 1
    assert weigh(decided(row), Opinion(chance=0.6)).needs == "unsure"
    assert weigh(decided(row), Opinion(chance=0.4)).needs == "no"


@given(st.integers(1, 16), CHANCE, CHANCE)
def test_every_reason_has_words(row: int, chance: float, down: float) -> None:
    assert all(reason.code in WORDS for reason in weigh(decided(row), Opinion(chance=chance, down=down)).reasons)


@given(st.sampled_from([1, 2, 12, 13]), st.integers(1, 16), CHANCE)
def test_danger_grief_and_what_settles_keep_their_name(row: int, to: int, chance: float) -> None:
    was = decided(row)
    assert call(was, to, chance) is was
    other = decided(9)
    assert to in ROWS or call(other, to, 1.0) is other


@given(st.integers(1, 16), st.integers(1, 16), CHANCE, st.sampled_from(["yes", "no", "unsure"]))
def test_a_name_moves_nobody(row: int, to: int, chance: float, needs: Needs) -> None:
    was = decided(row, needs=needs)
    now = call(was, to, chance, 3)
    assert (now.needs, now.urgency, now.settles, now.peer_answering) == (was.needs, was.urgency, was.settles, False)
    if now is not was:
        assert chance >= CALLED and (NEEDS[to] == "no") == (needs == "no")
        assert now.reasons == (Reason("taught.row", 3.0), *was.reasons)


def test_a_question_may_be_called_a_complaint_and_not_what_needs_no_answer() -> None:
    assert call(decided(3), 4, 0.9).row == 4
    assert call(decided(16), 4, 0.9).row == 4
    assert call(decided(3), 14, 0.99).row == 3
    assert call(decided(3), 4, 0.59).row == 3
    assert call(decided(3, "flag.danger"), 4, 0.99).row == 3
