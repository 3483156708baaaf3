"""Asking inside: it waits for the colleague, their note brings it back to whoever asked, and it can be taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from rapport.core.refusal import Refused
from rapport.inbox import asking, checking, correcting, mentions, undoing, working
from rapport.inbox.models import Conversation, Disposition
from tests.conftest import Cast


@pytest.fixture
def matter(cast: Cast) -> Conversation:
    return cast.says("@ann", "@acme where is my parcel?", id="q1")


def state(conversation: Conversation) -> str:
    conversation.refresh_from_db()
    return conversation.state


def test_a_colleagues_note_brings_it_back_to_whoever_asked(cast: Cast, matter: Conversation) -> None:
    due = matter.due_at
    asking.ask(matter, cast.cem, "Can we pay her today?", by=cast.bea)
    assert state(matter) == "waiting_inside" and mentions.unseen(cast.cem) == 1
    assert [note.asked for note in asking.asked(matter)] == [cast.cem]
    working.note(matter, "I do not know either.", by=cast.dana)  # not the one who was asked
    assert state(matter) == "waiting_inside"
    working.note(matter, "Yes, until four.", by=cast.cem)
    assert state(matter) == "needs_answer" and matter.assignee == cast.bea and matter.due_at == due
    assert asking.asked(matter) == [] and not checking.miscounted()


def test_taking_the_answer_back_lets_it_wait_again(cast: Cast, matter: Conversation) -> None:
    asking.ask(matter, cast.cem, "Can we pay her today?", by=cast.bea)
    note, event = working.noted(matter, "Yes, until four.", by=cast.cem)
    undoing.undo(matter, event.pk, by=cast.cem)
    note.refresh_from_db()
    assert state(matter) == "waiting_inside" and note.withdrawn_at
    assert [one.asked for one in asking.asked(matter)] == [cast.cem]


def test_taking_the_question_back_puts_it_on_the_desk_and_tells_nobody(cast: Cast, matter: Conversation) -> None:
    event = asking.ask(matter, cast.cem, "Can we pay her today?", by=cast.bea)
    assert undoing.undo(matter, event.pk, by=cast.bea) and not undoing.undo(matter, event.pk, by=cast.bea)
    assert state(matter) == "needs_answer" and mentions.unseen(cast.cem) == 0 and asking.asked(matter) == []


def test_once_it_is_answered_the_question_stays(cast: Cast, matter: Conversation) -> None:
    event = asking.ask(matter, cast.cem, "Can we pay her today?", by=cast.bea)
    working.note(matter, "Yes.", by=cast.cem)
    with pytest.raises(Refused, match="Cem has answered the question inside since"):
        undoing.undo(matter, event.pk, by=cast.bea)


def test_nobody_asks_themselves_or_a_stranger(cast: Cast, matter: Conversation) -> None:
    for other in (cast.bea, cast.dot):
        with pytest.raises(Refused):
            asking.ask(matter, other, "Can we?", by=cast.bea)
    assert state(matter) == "needs_answer"


def test_a_correction_taken_back_is_no_example_any_more(cast: Cast, matter: Conversation) -> None:
    event = correcting.correct(matter.messages.get(), needs="no", by=cast.bea)
    assert state(matter) == "quiet" and undoing.undo(matter, event.pk, by=cast.bea)
    assert state(matter) == "needs_answer" and not Disposition.objects.filter(by=cast.bea).exists()


def test_a_note_is_taken_back_within_ten_minutes(cast: Cast, matter: Conversation) -> None:
    _, event = working.noted(matter, "@Cem look", by=cast.bea)
    cast.clock.shift(timedelta(minutes=11))
    with pytest.raises(Refused, match="ten minutes"):
        undoing.undo(matter, event.pk, by=cast.bea)
