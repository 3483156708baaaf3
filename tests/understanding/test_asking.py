"""Questions asked again although they were answered, and answers that take up what was said."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rapport.understanding import asking, stock
from rapport.understanding.asking import Turn


def test_a_question_is_asked_again_only_when_the_other_side_had_answered() -> None:
    first, answer = Turn(1, True, "What is your order number?"), Turn(2, False, "It is 4711.")
    again = Turn(3, True, "Could you tell us your order number?")
    assert [(one.before, one.answered) for one in asking.again([first, answer, again])] == [(1, 2)]
    assert asking.again([first, again]) == ()
    assert asking.again([first, answer, Turn(3, True, "Which colour would you like?")]) == ()


def test_the_same_question_from_the_other_side_is_another_question() -> None:
    assert (
        asking.again([Turn(1, True, "When does the parcel arrive?"), Turn(2, False, "When does the parcel arrive?")])
        == ()
    )


@given(st.lists(st.tuples(st.booleans(), st.text(max_size=40)), max_size=8))
def test_any_exchange_can_be_looked_at(said: list[tuple[bool, str]]) -> None:
    turns = [Turn(place, ours, text) for place, (ours, text) in enumerate(said)]
    for one in asking.again(turns):
        assert one.before < one.answered < one.id


def test_the_same_words_under_another_name_are_the_same() -> None:
    assert stock.same("Hi Ann, it is mended.") == stock.same("Dear Bo Diaz! It is mended")
    assert stock.same("It is mended.") != stock.same("It was never broken.")


def test_a_stock_phrase_is_found_and_plain_thanks_are_none() -> None:
    assert stock.phrase("We apologise for any inconvenience caused.") == "We apologise for any inconvenience"
    assert stock.phrase("Thank you, Ann. The kettle leaves today.") == ""
