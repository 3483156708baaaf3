"""An answer leaves once or not at all, and its state says truthfully which."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from rapport.channels import registry
from rapport.channels.base import ChannelError
from rapport.channels.base import Outgoing as Sent
from rapport.channels.fake.channel import FakeChannel
from rapport.core import work
from rapport.core.refusal import Refused
from rapport.inbox import checking, replying
from rapport.inbox.models import Conversation, Draft, Message, Outgoing
from tests.conftest import NOW, Cast


@pytest.fixture
def network(cast: Cast) -> Iterator[FakeChannel]:
    fake = FakeChannel()
    with registry.also(fake):
        yield fake


@pytest.fixture
def matter(cast: Cast, network: FakeChannel) -> Conversation:
    """Ann has asked, and it is on the desk."""
    return cast.says("@ann", "@acme where is my parcel?", id="q1")


def pass_time(cast: Cast, seconds: int = 11) -> None:
    cast.clock.shift(timedelta(seconds=seconds))
    work.run_due()


def state(outgoing: Outgoing) -> str:
    outgoing.refresh_from_db()
    return str(outgoing.state)


def test_an_answer_is_held_then_leaves_and_is_delivered(cast: Cast, network: FakeChannel, matter: Conversation) -> None:
    outgoing = replying.reply(matter, "It is on its way.", by=cast.bea)
    matter.refresh_from_db()
    assert (state(outgoing), matter.state, matter.assignee_id) == ("held", "settled", cast.bea.pk)
    pass_time(cast, 5)
    assert network.attempts == []
    pass_time(cast)
    assert state(outgoing) == "delivered"
    assert [sent.in_reply_to for sent in network.sent.values()] == ["q1"]
    ours = Message.objects.get(ours=True)
    assert (ours.by, ours.text, ours.conversation_id) == (cast.bea, "It is on its way.", matter.pk)
    assert not checking.miscounted()


def test_an_answer_that_asks_waits_on_them(cast: Cast, matter: Conversation) -> None:
    replying.reply(matter, "Could you tell me your order number?", by=cast.bea)
    matter.refresh_from_db()
    assert matter.state == "waiting_on_them"


def test_danger_stays_danger_while_we_wait_for_what_they_say_and_is_over_when_it_is_settled(
    cast: Cast, network: FakeChannel
) -> None:
    fire = cast.says("@ann", "@acme your charger caught fire in my daughter's room tonight", id="q1")
    assert fire.urgency == 3
    replying.reply(fire, "Is everybody safe, and is it still warm?", by=cast.bea)
    pass_time(cast)
    cast.says(
        "@ann",
        "@acme it is still warm, what about the landlord?",
        id="q2",
        reply_to="q1",
        at=NOW + timedelta(minutes=5),
    )
    fire.refresh_from_db()
    assert (fire.state, fire.urgency, fire.headline) == ("needs_answer", 3, "danger to somebody")
    assert fire.due_at and fire.due_at <= NOW + timedelta(hours=2)
    replying.reply(fire, "We have sent somebody to you.", by=cast.bea)
    pass_time(cast)
    cast.says("@ann", "@acme and where is my other parcel?", id="q3", reply_to="q1", at=NOW + timedelta(minutes=9))
    fire.refresh_from_db()
    assert (fire.state, fire.urgency) == ("needs_answer", 1) and "danger" not in fire.headline


def test_what_they_said_in_the_undo_window_keeps_the_matter_on_the_desk(cast: Cast, matter: Conversation) -> None:
    outgoing = replying.reply(matter, "It is on its way.", by=cast.bea)
    cast.says("@ann", "@acme where is it, please answer?", id="q2", reply_to="q1", at=NOW + timedelta(seconds=4))
    replying.withdraw(outgoing, by=cast.bea)
    matter.refresh_from_db()
    assert (matter.state, matter.message_count) == ("needs_answer", 2)


def test_undo_takes_it_back_with_words_and_standing(cast: Cast, network: FakeChannel, matter: Conversation) -> None:
    due = matter.due_at
    outgoing = replying.reply(matter, "Oops", by=cast.bea)
    replying.withdraw(outgoing, by=cast.bea)
    pass_time(cast, 60)
    matter.refresh_from_db()
    assert network.attempts == [] and state(outgoing) == "withdrawn"
    assert (matter.state, matter.due_at) == ("needs_answer", due)
    assert Draft.objects.get(conversation=matter, member=cast.bea).text == "Oops"
    assert not replying.withdraw(outgoing, by=cast.bea)  # taken back already: calm


def test_nothing_leaves_twice_when_the_outcome_was_unknown_but_it_had_left(
    cast: Cast, network: FakeChannel, matter: Conversation
) -> None:
    network.will_send("lost_after")
    outgoing = replying.reply(matter, "It is on its way.", by=cast.bea)
    pass_time(cast)
    assert state(outgoing) == "unknown"
    pass_time(cast, 60)
    assert state(outgoing) == "delivered"
    assert len(network.attempts) == 1 and Message.objects.filter(ours=True).count() == 1


def test_what_did_not_leave_is_sent_again_after_looking(cast: Cast, network: FakeChannel, matter: Conversation) -> None:
    network.will_send("lost_before")
    outgoing = replying.reply(matter, "It is on its way.", by=cast.bea)
    pass_time(cast)
    pass_time(cast, 60)
    assert state(outgoing) == "delivered"
    assert len({attempt.idempotency_key for attempt in network.attempts}) == 1


def test_a_worker_killed_while_sending_looks_before_it_sends_again(
    cast: Cast, network: FakeChannel, matter: Conversation
) -> None:
    outgoing = replying.reply(matter, "It is on its way.", by=cast.bea)
    cast.clock.shift(timedelta(seconds=11))
    [row] = work.claim(only=("outgoing.send",))
    Outgoing.objects.filter(pk=outgoing.pk).update(
        state="sending"
    )  # and here the worker died, after the network took it
    network.sent[outgoing.key] = Sent(idempotency_key=outgoing.key, text="It is on its way.", author="Bea")
    assert row.attempts == 0
    pass_time(cast, 20)
    assert state(outgoing) == "delivered"
    assert network.attempts == []


def test_when_nobody_can_say_a_person_decides(cast: Cast, network: FakeChannel, matter: Conversation) -> None:
    network.will_send("lost_before")
    network.will_not_find(ChannelError("It cannot be looked up.", permanent=True, unknown=True))
    outgoing = replying.reply(matter, "It is on its way.", by=cast.bea)
    pass_time(cast)
    pass_time(cast, 60)
    matter.refresh_from_db()
    assert (state(outgoing), matter.state) == ("unknown", "needs_answer")
    pass_time(cast, 4000)
    assert len(network.attempts) == 1
    replying.retry(outgoing, by=cast.bea, insist=True)
    pass_time(cast)
    assert state(outgoing) == "delivered" and len(network.attempts) == 2


def test_a_refusal_by_the_network_brings_the_matter_back_with_its_sentence_and_retry_really_sends(
    cast: Cast, network: FakeChannel, matter: Conversation
) -> None:
    network.will_send("refused")
    outgoing = replying.reply(matter, "It is on its way.", by=cast.bea)
    pass_time(cast)
    matter.refresh_from_db()
    assert (state(outgoing), matter.state) == ("failed", "needs_answer") and outgoing.error
    replying.retry(outgoing, by=cast.cem)
    pass_time(cast)
    assert state(outgoing) == "delivered" and len(network.sent) == 1


def test_a_busy_network_is_tried_again_by_itself(cast: Cast, network: FakeChannel, matter: Conversation) -> None:
    network.will_send("limited", "unreachable")
    outgoing = replying.reply(matter, "It is on its way.", by=cast.bea)
    pass_time(cast)
    assert state(outgoing) == "queued"
    for _ in range(4):
        pass_time(cast, 4000)
    assert state(outgoing) == "delivered" and len(network.sent) == 1


def test_the_networks_echo_of_our_answer_is_the_same_message(
    cast: Cast, network: FakeChannel, matter: Conversation
) -> None:
    replying.reply(matter, "It is on its way.", by=cast.bea)
    pass_time(cast)
    ours = Message.objects.get(ours=True)
    cast.says("@acme", "It is on its way.", id=ours.external_id, reply_to="q1", at=NOW + timedelta(seconds=20))
    assert Message.objects.filter(ours=True).count() == 1
    cast.says("@acme", "And we said sorry.", id="from-elsewhere", reply_to="q1", at=NOW + timedelta(seconds=30))
    assert Message.objects.filter(ours=True).count() == 2


@pytest.mark.parametrize(
    ("text", "sentence"), [("", "Write your answer"), ("  \x00 ", "Write your answer"), ("x" * 281, "at most 280")]
)
def test_what_cannot_be_sent_is_refused_in_a_sentence_and_kept_as_a_draft(
    cast: Cast, network: FakeChannel, matter: Conversation, text: str, sentence: str
) -> None:
    with pytest.raises(Refused, match=sentence):
        replying.reply(matter, text, by=cast.bea)
    assert not Outgoing.objects.exists()
    kept = Draft.objects.values_list("text", flat=True)
    assert list(kept) == ([text] if text.strip(" \x00") else [])


def test_an_observer_cannot_answer(cast: Cast, matter: Conversation) -> None:
    with pytest.raises(Refused, match="not answer"):
        replying.reply(matter, "Hello", by=cast.olga)


def test_a_file_cannot_answer_and_says_so_but_i_answered_there_counts(cast: Cast) -> None:
    file = type(cast.source).objects.create(workspace=cast.acme, kind="files", name="old.csv")
    matter = cast.says("@ann", "@acme where is my parcel?", source=file)
    assert "Rapport cannot post there" in file.cannot_send
    with pytest.raises(Refused, match="Rapport cannot post there"):
        replying.reply(matter, "Hello", by=cast.bea)
    replying.answered_there(matter, "I wrote to you there.", by=cast.bea)
    matter.refresh_from_db()
    assert (matter.state, matter.last_ours) == ("settled", True)
    assert Message.objects.get(ours=True).by == cast.bea
    assert not checking.miscounted()
