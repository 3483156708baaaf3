"""The line of a conversation in parts a page can show."""

from __future__ import annotations

from rapport.inbox.models import Disposition
from rapport.understanding.reading import Reason
from rapport.web.turns import Why


def why(needs: str) -> str:
    reasons = (Reason("row.14"), Reason("unanswered", 3.0), Reason("tags_us", 1.0))
    return Why(Disposition(row=3, needs=needs, urgency=1, confidence=1.0), reasons, by_person=False).short


def test_who_needs_no_answer_is_not_said_to_wait_for_one() -> None:
    assert "still waiting for our answer" in why("yes")
    assert "still waiting for our answer" in why("unsure")
    assert "waiting" not in why("no") and why("no")


def test_what_needs_an_answer_is_not_called_not_for_us_in_the_same_line() -> None:
    assert "not for us" not in why("yes") + why("unsure")
    assert "not for us" in why("no")
