"""Several acts on one message: who corrects is heard first, and what people disagree about teaches nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from rapport.learning.acts import Act
from rapport.learning.course.lessons import SOURCES
from rapport.learning.weighing import weigh

DAY = datetime(2026, 3, 10, tzinfo=UTC)


def act(answer: str, source: str, *, by: int = 1, day: int = 0, message: int = 1) -> Act:
    return Act(message, answer, source, DAY + timedelta(days=day), by)


def test_a_correction_holds_before_any_deed_however_late() -> None:
    (one,) = weigh([act("no", "correction"), act("yes", "answered", day=9), act("yes", "assigned", day=10)])
    assert (one.answer, one.weight, one.source) == ("no", 1.0, "correction")


def test_of_deeds_the_latest_counts_and_less_where_they_differ() -> None:
    (alone,) = weigh([act("no", "dismissed")])
    (mixed,) = weigh([act("no", "dismissed"), act("yes", "reopened", day=1)])
    assert (alone.answer, alone.weight) == ("no", SOURCES["dismissed"])
    assert (mixed.answer, mixed.weight) == ("yes", SOURCES["reopened"] / 2)


def test_two_who_disagree_teach_nothing_and_a_third_decides() -> None:
    two = [act("yes", "label"), act("no", "label", by=2)]
    assert weigh(two) == []
    (one,) = weigh([*two, act("no", "correction", by=3)])
    assert one.answer == "no"


def test_who_thinks_again_has_one_voice() -> None:
    (one,) = weigh([act("yes", "label"), act("no", "correction", day=1), act("no", "label", by=2)])
    assert one.answer == "no"


ACTS = st.builds(
    act, st.sampled_from(["yes", "no"]), st.sampled_from(sorted(SOURCES)), by=st.integers(1, 3), day=st.integers(0, 5),
    message=st.integers(1, 4),
)  # fmt: skip


@given(st.lists(ACTS, max_size=12))
def test_at_most_one_example_a_message_said_by_somebody(acts: list[Act]) -> None:
    found = weigh(acts)
    assert len({one.message for one in found}) == len(found)
    for one in found:
        assert 0 < one.weight <= 1
        assert any(act.message == one.message and act.answer == one.answer for act in acts)
