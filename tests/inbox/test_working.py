"""The verbs on a conversation: each does one thing, is recorded without words, and can be undone by whoever did it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from rapport.core.models import Event
from rapport.core.refusal import Refused
from rapport.inbox import checking, correcting, replying, undoing, working
from rapport.inbox.models import Conversation, Disposition
from tests.conftest import NOW, Cast


@pytest.fixture
def matter(cast: Cast) -> Conversation:
    return cast.says("@ann", "@acme where is my parcel?", id="q1")


VERBS: list[tuple[str, Callable[[Conversation, Cast], Any], str]] = [
    ("quiet", lambda c, cast: working.no_answer_needed(c, by=cast.bea, why="spam"), "quiet"),
    ("settle", lambda c, cast: working.settle(c, by=cast.bea), "settled"),
    ("assign", lambda c, cast: working.assign(c, cast.cem, by=cast.bea), "needs_answer"),
]


@pytest.mark.parametrize(("name", "verb", "state"), VERBS)
def test_a_verb_is_recorded_counted_and_undone(
    cast: Cast, matter: Conversation, name: str, verb: Callable[[Conversation, Cast], Any], state: str
) -> None:
    before = working.standing(matter)
    event = verb(matter, cast)
    matter.refresh_from_db()
    assert matter.state == state and matter.touched_at == NOW
    assert not checking.miscounted()
    assert Event.objects.get(pk=event.pk).by_id == cast.bea.pk
    undoing.undo(matter, event.pk, by=cast.bea)
    matter.refresh_from_db()
    assert working.standing(matter) == before
    assert not checking.miscounted()


def test_undo_is_refused_to_others_and_when_something_happened_since(cast: Cast, matter: Conversation) -> None:
    event = working.settle(matter, by=cast.bea)
    with pytest.raises(Refused):
        undoing.undo(matter, event.pk, by=cast.cem)
    working.assign(matter, cast.cem, by=cast.cem)
    with pytest.raises(Refused, match="Cem has assigned it since"):
        undoing.undo(matter, event.pk, by=cast.bea)


def test_a_message_that_arrives_after_a_verb_is_not_undone_away(cast: Cast, matter: Conversation) -> None:
    event = working.settle(matter, by=cast.bea)
    cast.says("@ann", "@acme it is still not here, where is it?", id="q2", reply_to="q1", at=NOW + timedelta(minutes=1))
    matter.refresh_from_db()
    assert matter.state == "needs_answer"
    with pytest.raises(Refused, match="A message has come since"):
        undoing.undo(matter, event.pk, by=cast.bea)


def test_only_members_who_answer_here_can_be_given_a_matter(cast: Cast, matter: Conversation) -> None:
    for other in (cast.dot, cast.olga):
        with pytest.raises(Refused):
            working.assign(matter, other, by=cast.bea)


def test_an_observer_changes_nothing(cast: Cast, matter: Conversation) -> None:
    with pytest.raises(Refused, match="may read here"):
        working.settle(matter, by=cast.olga)


def test_a_note_is_kept_and_its_words_are_in_no_event(cast: Cast, matter: Conversation) -> None:
    working.note(matter, "line fault, see order 42", by=cast.bea)
    matter.refresh_from_db()
    assert matter.notes.get().text == "line fault, see order 42"
    assert matter.state == "needs_answer"
    assert "fault" not in str(list(Event.objects.values_list("facts", flat=True)))


def test_a_correction_holds_at_once_and_is_kept_as_an_example(cast: Cast, matter: Conversation) -> None:
    message = matter.messages.get()
    correcting.correct(message, needs="no", by=cast.bea)
    matter.refresh_from_db()
    assert matter.state == "quiet" and message.decision and message.decision.by == cast.bea
    assert Disposition.objects.filter(message=message).count() == 2
    correcting.correct(message, needs="yes", by=cast.cem, urgency=3)
    matter.refresh_from_db()
    assert (matter.state, matter.urgency, matter.due_at) == ("needs_answer", 3, NOW + timedelta(hours=1))
    assert not checking.miscounted()


def test_our_own_message_cannot_be_corrected(cast: Cast, matter: Conversation) -> None:
    cast.says("@acme", "It left today.", id="a1", reply_to="q1", at=NOW + timedelta(minutes=1))
    with pytest.raises(Refused, match="our own"):
        correcting.correct(matter.messages.get(ours=True), needs="yes", by=cast.bea)


def test_reopened_it_is_owed_by_when_it_was_owed_before(cast: Cast, matter: Conversation) -> None:
    owed = matter.due_at
    assert owed is not None
    working.settle(matter, by=cast.bea)
    working.reopen(matter, by=cast.cem)
    assert matter.due_at == owed
    working.no_answer_needed(matter, by=cast.bea, why="other")
    working.reopen(matter, by=cast.bea)
    assert matter.due_at == owed


def test_what_was_answered_is_reopened_without_a_deadline(cast: Cast, matter: Conversation) -> None:
    replying.answered_there(matter, "It left us today.", by=cast.bea)
    working.reopen(matter, by=cast.bea)
    assert matter.due_at is None
