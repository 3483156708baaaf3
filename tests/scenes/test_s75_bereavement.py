"""S75: who has told of a death is met by a person, and the composer holds back a smile, an offer or a survey."""

from __future__ import annotations

import pytest

from rapport.inbox.models import Outgoing
from tests.conftest import Cast
from tests.scenes.stage import browser

DEATH = "@acme my father died in March. Please stop writing to him."


@pytest.mark.parametrize(
    "words", ["I am sorry. 🙂", "I am sorry. Here is a voucher.", "I am sorry. Please fill in our survey."]
)
def test_a_smile_an_offer_or_a_survey_is_held_back(cast: Cast, words: str) -> None:
    talk = cast.says("@ann", DEATH, id="d1")
    answer = browser(cast.bea).post(f"/w/acme/c/{talk.pk}/reply/", {"text": words}, follow=True).content.decode()
    assert "told of a death" in answer and not Outgoing.objects.exists()


def test_plain_words_leave_and_elsewhere_a_smile_does_too(cast: Cast) -> None:
    bea = browser(cast.bea)
    grief = cast.says("@ann", DEATH, id="d1")
    bea.post(f"/w/acme/c/{grief.pk}/reply/", {"text": "I am sorry about your father. The letters have stopped."})
    happy = cast.says("@cat", "@acme when do you open on Sunday?", id="d2")
    bea.post(f"/w/acme/c/{happy.pk}/reply/", {"text": "At ten on Sunday 🙂"})
    assert Outgoing.objects.count() == 2
