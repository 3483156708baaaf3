"""Labelling: blind, undone, read by two; a label decides nothing but to bring a quiet post to the desk."""

from __future__ import annotations

from datetime import timedelta

import pytest

from rapport.core.refusal import Refused
from rapport.inbox.models import Conversation, Disposition, Message
from rapport.learning import acts, labelling
from rapport.learning.models import Label
from tests.conftest import NOW, Cast

QUIET = "@acme thanks, all good now, bye!"


def message(talk: Conversation) -> Message:
    found = talk.messages.order_by("-pk").first()
    assert found is not None
    return found


def ask(cast: Cast, member: object = None, task: str = "needs") -> Message | None:
    question = labelling.next_for(member or cast.bea, task)  # type: ignore[arg-type]
    return question.message if question else None


def test_the_unsure_one_is_asked_first_and_none_twice(cast: Cast) -> None:
    sure = message(cast.says("@ann", "@acme where is my refund, please tell me?"))
    unsure = message(cast.says("@bo", "@acme Monday"))
    assert unsure.decision.needs == "unsure"  # type: ignore[union-attr]
    assert ask(cast) == unsure
    labelling.answer(unsure, "needs", "no", by=cast.bea)
    assert ask(cast) == sure
    labelling.answer(sure, "needs", "skip", by=cast.bea)
    assert ask(cast) is None
    assert ask(cast, task="valence") is not None


def test_a_no_moves_nothing_and_a_yes_brings_a_quiet_one_to_the_desk(cast: Cast) -> None:
    open_ = cast.says("@ann", "@acme where is my refund?")
    labelling.answer(message(open_), "needs", "no", by=cast.bea)
    open_.refresh_from_db()
    assert open_.state == "needs_answer"
    quiet = cast.says("@bo", QUIET)
    assert quiet.state == "quiet"
    labelling.answer(message(quiet), "needs", "yes", by=cast.bea)
    quiet.refresh_from_db()
    assert (quiet.state, quiet.urgency) == ("needs_answer", 1)
    assert labelling.take_back(cast.bea, "needs") == message(quiet)
    quiet.refresh_from_db()
    assert quiet.state == "quiet" and Label.objects.count() == 1
    assert not Disposition.objects.filter(by__isnull=False).exists()
    assert acts.counts(cast.acme)["needs"]["label"] == 1


def test_who_answers_again_has_one_answer(cast: Cast) -> None:
    one = message(cast.says("@ann", "@acme Monday"))
    labelling.answer(one, "needs", "no", by=cast.bea)
    labelling.answer(one, "needs", "yes", by=cast.bea)
    assert [label.answer for label in Label.objects.all()] == ["yes"]


def test_every_third_post_is_one_a_colleague_has_read(cast: Cast) -> None:
    for n, word in enumerate(("Monday", "Tuesday", "blue", "green", "apple", "stone")):
        cast.says(f"@p{n}", f"@acme {word}")
    first = ask(cast)
    assert first is not None
    labelling.answer(first, "needs", "no", by=cast.bea)
    asked = []
    for _ in range(3):
        question = labelling.next_for(cast.cem, "needs")
        assert question is not None
        asked.append((question.second, question.message == first))
        labelling.answer(question.message, "needs", "yes", by=cast.cem)
    assert asked == [(False, False), (False, False), (True, True)]
    found = labelling.agreed(cast.acme, "needs")
    assert (found.posts, found.same, found.kappa) == (1, 0, None)
    assert list(acts.of(cast.acme, "needs")) and labelling.agreed(cast.elsewhere, "needs").posts == 0


def test_what_cannot_be_labelled_is_said(cast: Cast) -> None:
    one = message(cast.says("@ann", "@acme Monday"))
    for task, said in (("needs", "maybe"), ("mood", "yes"), ("needs", "positive")):
        with pytest.raises(Refused):
            labelling.answer(one, task, said, by=cast.bea)
    with pytest.raises(Refused):
        labelling.answer(one, "needs", "no", by=cast.olga)
    assert labelling.take_back(cast.bea, "needs") is None


def test_earlier_turns_come_with_it_and_no_name(cast: Cast) -> None:
    first = message(cast.says("@ann", "@acme first words", id="1", thread="t"))
    cast.clock.shift(timedelta(minutes=1))
    cast.says("@ann", "@acme second words", id="2", thread="t", at=NOW + timedelta(minutes=1))
    labelling.answer(first, "needs", "skip", by=cast.bea)
    question = labelling.next_for(cast.bea, "needs")
    assert question is not None and question.before == ((False, "@acme first words"),)
