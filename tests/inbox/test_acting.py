"""What stands there already: our words changed or taken back, theirs liked; once, whatever breaks or is pressed twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from rapport.channels import registry
from rapport.channels.base import ChannelError
from rapport.channels.fake import FakeChannel
from rapport.core import work
from rapport.core.models import Event
from rapport.core.refusal import Refused
from rapport.inbox import acting, replying
from rapport.inbox.models import Act, Conversation, Message, Source
from tests.conftest import NOW, Cast
from tests.inbox.networks import Plaza

LOST = ChannelError("The network did not answer.", unknown=True)
DOWN = ChannelError("The network could not be reached.")
FORBIDDEN = ChannelError("The network says no.", permanent=True)


@pytest.fixture
def plaza(cast: Cast) -> Iterator[Plaza]:
    network = Plaza()
    with registry.also(network):
        yield network


@pytest.fixture
def matter(cast: Cast, plaza: Plaza) -> Conversation:
    return cast.says("@ann", "@acme where is my parcel?", id="q1")


@pytest.fixture
def ours(cast: Cast, matter: Conversation) -> Message:
    replying.reply(matter, "It comes on Fryday.", by=cast.bea)
    leave(cast)
    return Message.objects.get(ours=True)


def leave(cast: Cast, seconds: int = 11) -> None:
    cast.clock.shift(timedelta(seconds=seconds))
    work.run_due()


def changed(message: Message, text: str, cast: Cast) -> Act:
    return acting.edit(message, text, by=cast.bea, seen=acting.mark(message))


def test_our_words_are_changed_there_after_the_undo_window(cast: Cast, plaza: Plaza, ours: Message) -> None:
    act = changed(ours, "It comes on Friday.", cast)
    work.run_due()
    assert not plaza.done, "held, so that it can be undone"
    leave(cast)
    act.refresh_from_db()
    ours.refresh_from_db()
    assert plaza.done == [("edit", ours.external_id, "It comes on Friday.")]
    assert (act.state, act.text, ours.text) == ("done", "", "It comes on Friday.")
    assert list(ours.revisions.values_list("text", flat=True)) == ["It comes on Fryday."]
    assert [e.verb for e in Event.objects.filter(subject="act").order_by("pk")] == ["act.begun", "act.done"]
    ours.conversation.refresh_from_db()
    assert ours.conversation.snippet == "It comes on Friday."


def test_the_echo_of_a_change_is_no_second_change(cast: Cast, plaza: Plaza, ours: Message) -> None:
    cast.says("acme", "@ann It comes on Fryday.", id=ours.external_id, ours=True, version="")
    assert not ours.revisions.exists(), "the echo of our own answer, with the handle the network put before it"
    changed(ours, "It comes on Friday.", cast)
    leave(cast)
    cast.says("acme", "@ann It comes on Friday.", id=ours.external_id, ours=True, version="2")
    ours.refresh_from_db()
    assert (ours.revisions.count(), ours.version, ours.text) == (1, "2", "It comes on Friday.")
    cast.says("acme", "@ann It comes on Monday.", id=ours.external_id, ours=True, version="3")
    assert ours.revisions.count() == 2, "whoever changes it on the network itself has changed it"


def test_what_is_still_held_can_be_undone_by_whoever_did_it(cast: Cast, plaza: Plaza, ours: Message) -> None:
    act = changed(ours, "It comes on Friday.", cast)
    with pytest.raises(Refused):
        acting.withdraw(act, by=cast.cem)
    assert acting.withdraw(act, by=cast.bea) and not acting.withdraw(act, by=cast.bea)
    leave(cast)
    assert not plaza.done
    act = acting.take_back(ours, by=cast.bea)
    leave(cast)
    with pytest.raises(Refused, match="already happened"):
        acting.withdraw(act, by=cast.bea)


def test_what_is_taken_back_is_a_tombstone_and_they_wait_again(cast: Cast, plaza: Plaza, ours: Message) -> None:
    ours.conversation.refresh_from_db()
    assert ours.conversation.state == "settled"
    first, again = acting.take_back(ours, by=cast.bea), acting.take_back(ours, by=cast.cem)
    assert first.pk == again.pk, "pressed twice is once"
    leave(cast)
    ours.refresh_from_db()
    assert plaza.done == [("unsend", ours.external_id)]
    assert (ours.text, bool(ours.deleted_at)) == ("", True)
    ours.conversation.refresh_from_db()
    assert ours.conversation.state == "needs_answer"
    with pytest.raises(Refused, match="not there any more"):
        changed(ours, "It comes on Friday.", cast)


def test_what_was_said_since_stays_as_it_stands(cast: Cast, plaza: Plaza, ours: Message, matter: Conversation) -> None:
    replying.reply(matter, "It left the house at noon.", by=cast.bea)
    leave(cast)
    acting.take_back(ours, by=cast.bea)
    leave(cast)
    matter.refresh_from_db()
    assert (matter.state, matter.snippet) == ("settled", "It left the house at noon.")


def test_a_like_is_given_once_and_taken_back(cast: Cast, plaza: Plaza, matter: Conversation) -> None:
    theirs = Message.objects.get(ours=False)
    assert acting.like(theirs, by=cast.bea) is not None
    assert acting.like(theirs, by=cast.cem) is None
    work.run_due()
    assert plaza.liked == {"q1"} and len(plaza.done) == 1
    acting.like(theirs, by=cast.cem, on=False)
    work.run_due()
    assert not plaza.liked and not acting.liked(theirs)
    acting.like(theirs, by=cast.bea)
    acting.like(theirs, by=cast.bea, on=False)
    work.run_due()
    assert not plaza.liked, "liked and not, before the worker came"


@pytest.mark.parametrize("deed", ["edit", "unsend", "react"])
def test_an_answer_that_got_lost_is_looked_up_and_done_once(cast: Cast, plaza: Plaza, ours: Message, deed: str) -> None:
    plaza.will_do(("after", LOST), ("before", DOWN))
    theirs = Message.objects.get(ours=False)
    acts = {
        "edit": lambda: changed(ours, "It comes on Friday.", cast),
        "unsend": lambda: acting.take_back(ours, by=cast.bea),
        "react": lambda: acting.like(theirs, by=cast.bea),
    }
    act = acts[deed]()
    leave(cast)
    act.refresh_from_db()
    assert act.state == "unknown"
    for _ in range(3):
        leave(cast, 60)
    act.refresh_from_db()
    assert act.state == "done"
    if deed == "edit":
        assert len(plaza.done) == 1, "its words stood there already"


def test_what_fails_for_good_says_why_and_can_be_tried_again(cast: Cast, plaza: Plaza, ours: Message) -> None:
    plaza.will_do(("before", FORBIDDEN))
    act = changed(ours, "It comes on Friday.", cast)
    leave(cast)
    act.refresh_from_db()
    ours.refresh_from_db()
    assert (act.state, act.error, ours.text) == ("failed", "The network says no.", "It comes on Fryday.")
    acting.retry(act, by=cast.cem)
    work.run_due()
    act.refresh_from_db()
    assert act.state == "done"
    with pytest.raises(Refused, match="not waiting"):
        acting.retry(act, by=cast.bea)


def test_what_vanished_between_the_click_and_the_worker_is_said(cast: Cast, plaza: Plaza, ours: Message) -> None:
    edit, like = changed(ours, "It comes on Friday.", cast), acting.like(Message.objects.get(ours=False), by=cast.bea)
    plaza.gone |= {ours.external_id, "q1"}
    leave(cast)
    for act in (edit, like):
        act.refresh_from_db()
        assert (act.state, act.error) == ("failed", "It was deleted there meanwhile.")
    assert not plaza.done
    act = acting.take_back(ours, by=cast.bea)
    leave(cast)
    act.refresh_from_db()
    assert act.state == "done", "what is gone there already is taken back"


def test_what_was_changed_there_meanwhile_is_not_written_over(cast: Cast, plaza: Plaza, ours: Message) -> None:
    act = changed(ours, "It comes on Friday.", cast)
    plaza.says[ours.external_id] = "It comes on Saturday, says Cem on his telephone."
    leave(cast)
    act.refresh_from_db()
    assert act.state == "failed" and "changed there meanwhile" in act.error
    assert plaza.says[ours.external_id].startswith("It comes on Saturday")


def test_two_colleagues_who_change_the_same_hear_of_each_other(cast: Cast, plaza: Plaza, ours: Message) -> None:
    seen = acting.mark(ours)
    first = acting.edit(ours, "It comes on Friday.", by=cast.bea, seen=seen)
    assert acting.edit(ours, "It comes on Friday.", by=cast.bea, seen=seen).pk == first.pk, "a double click"
    with pytest.raises(Refused, match="Bea changed it while you were writing"):
        acting.edit(ours, "On Friday!", by=cast.cem, seen=seen)
    leave(cast)
    with pytest.raises(Refused, match="Bea changed it while you were writing"):
        acting.edit(ours, "On Friday!", by=cast.cem, seen=seen)
    ours.refresh_from_db()
    acting.edit(ours, "On Friday!", by=cast.cem, seen=acting.mark(ours))


@pytest.mark.parametrize(
    ("text", "why"),
    [("", "Write what it shall say"), ("It comes on Fryday.", "stand there already"), ("x" * 300, "at most 280")],
)
def test_what_makes_no_sense_is_refused(cast: Cast, plaza: Plaza, ours: Message, text: str, why: str) -> None:
    with pytest.raises(Refused, match=why):
        changed(ours, text, cast)
    assert not Act.objects.exists()


def test_who_may_not_answer_may_not_change_either(cast: Cast, plaza: Plaza, ours: Message) -> None:
    with pytest.raises(Refused, match="You may read here"):
        acting.take_back(ours, by=cast.olga)
    with pytest.raises(Refused, match="not there any more"):
        acting.take_back(ours, by=cast.dot)


def test_nothing_is_offered_that_cannot_be_done(cast: Cast, plaza: Plaza, matter: Conversation, ours: Message) -> None:
    theirs, source = Message.objects.get(ours=False), cast.source
    assert acting.possible(ours, source) == {"edit", "unsend"}
    assert acting.possible(theirs, source) == {"react"}
    by_hand = replying.answered_there(matter, "I called her.", by=cast.bea)
    assert not acting.possible(by_hand, source), "nobody knows its name there"
    source.paused_at = NOW
    assert not acting.possible(ours, source)
    with registry.also(FakeChannel()):
        assert not acting.possible(ours, Source.objects.get(pk=source.pk))
        with pytest.raises(Refused, match="does not offer"):
            acting.take_back(ours, by=cast.bea)


def test_whoever_is_forgotten_leaves_no_words_in_what_was_to_be_changed(
    cast: Cast, plaza: Plaza, ours: Message
) -> None:
    act = changed(ours, "It comes on Friday, Ann.", cast)
    cast.says("acme", "", id=ours.external_id, ours=True, deleted=True)
    act.refresh_from_db()
    assert act.text == ""
    leave(cast)
    act.refresh_from_db()
    assert act.state == "failed" and not plaza.done
