"""The outbox under attack: two workers, doubled clicks, networks that lie, faults of our own. Nothing leaves twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from rapport.channels import registry
from rapport.channels.base import ChannelError, Handle
from rapport.channels.fake.channel import FakeChannel
from rapport.core import lanes, work
from rapport.core.models import Work
from rapport.core.refusal import Refused
from rapport.inbox import checking, replying
from rapport.inbox.models import Conversation, Draft, Message, Outgoing
from rapport.inbox.models.outgoing import new_key
from tests.conftest import Cast


@pytest.fixture
def network(cast: Cast) -> Iterator[FakeChannel]:
    fake = FakeChannel()
    with registry.also(fake):
        yield fake


@pytest.fixture
def matter(cast: Cast, network: FakeChannel) -> Conversation:
    return cast.says("@ann", "@acme where is my parcel?", id="q1")


def pass_time(cast: Cast, seconds: int = 11) -> None:
    cast.clock.shift(timedelta(seconds=seconds))
    work.run_due()


def state(outgoing: Outgoing) -> str:
    outgoing.refresh_from_db()
    return str(outgoing.state)


def test_a_look_up_that_fails_leaves_it_unknown_and_sends_nothing(
    cast: Cast, network: FakeChannel, matter: Conversation
) -> None:
    network.will_send("lost_after")
    network.will_not_find(ChannelError("The receiver answered 500."), ChannelError("It could not be reached."))
    outgoing = replying.reply(matter, "It is on its way.", by=cast.bea)
    pass_time(cast)
    for _ in range(2):
        pass_time(cast, 60)
        assert state(outgoing) == "unknown" and len(network.attempts) == 1
    pass_time(cast, 60)
    assert state(outgoing) == "delivered" and len(network.attempts) == 1


def test_pressing_retry_often_makes_no_second_job(cast: Cast, network: FakeChannel, matter: Conversation) -> None:
    network.will_send("lost_before")
    outgoing = replying.reply(matter, "It is on its way.", by=cast.bea)
    pass_time(cast)
    for _ in range(3):
        replying.retry(outgoing, by=cast.bea)
    assert Work.objects.filter(kind="outgoing.send").count() == 1
    pass_time(cast, 1)
    assert state(outgoing) == "delivered" and len(network.sent) == 1 and len(network.attempts) == 2


def test_while_it_is_being_sent_it_cannot_be_sent_again_or_taken_back(
    cast: Cast, network: FakeChannel, matter: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    outgoing = replying.reply(matter, "It is on its way.", by=cast.bea)
    said: list[str] = []

    def send(settings: Any, out: Any) -> Handle:
        for act in (replying.retry, replying.withdraw):
            with pytest.raises(Refused) as refused:
                act(outgoing, by=cast.bea)
            said.append(str(refused.value))
        return Handle(external_id="x1", delivered=True)

    monkeypatch.setattr(network, "send", send)
    pass_time(cast)
    assert state(outgoing) == "delivered" and len(said) == 2


def test_a_form_sent_twice_is_one_answer(cast: Cast, network: FakeChannel, matter: Conversation) -> None:
    once = new_key()
    first = replying.reply(matter, "It is on its way.", by=cast.bea, once=once)
    again = replying.reply(matter, "It is on its way.", by=cast.bea, once=once)
    assert first.pk == again.pk and Outgoing.objects.count() == 1 and not Draft.objects.exists()
    other = replying.reply(matter, "One more thing.", by=cast.bea, once=once)
    assert other.pk != first.pk
    replying.withdraw(first, by=cast.bea)
    third = replying.reply(matter, "It is on its way.", by=cast.bea, once=once)
    assert third.pk != first.pk and state(third) == "held"
    foreign = replying.reply(matter, "It is on its way.", by=cast.cem, once=third.key)
    assert foreign.pk != third.pk and foreign.by == cast.cem
    assert replying.reply(matter, "Odd", by=cast.bea, once="' OR 1=1").key != "' OR 1=1"


def test_a_fault_of_our_own_is_said_and_never_leaves_it_sending_for_ever(
    cast: Cast, network: FakeChannel, matter: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(settings: Any, out: Any) -> Handle:
        raise TypeError("a bug in the channel")

    monkeypatch.setattr(network, "send", broken)
    outgoing = replying.reply(matter, "It is on its way.", by=cast.bea)
    for _ in range(work.ATTEMPTS + 1):
        pass_time(cast, 4000)
    assert state(outgoing) == "unknown" and "our side" in outgoing.error
    matter.refresh_from_db()
    assert matter.state == "needs_answer"


@pytest.mark.parametrize("answered", ["q1", "same-every-time"])
def test_a_network_that_names_our_answers_badly_loses_none_of_them(
    cast: Cast, network: FakeChannel, matter: Conversation, monkeypatch: pytest.MonkeyPatch, answered: str
) -> None:
    monkeypatch.setattr(network, "send", lambda settings, out: Handle(external_id=answered, delivered=True))
    outgoings = [replying.reply(matter, text, by=cast.bea) for text in ("First.", "Second.")]
    pass_time(cast)
    pass_time(cast)
    assert [state(outgoing) for outgoing in outgoings] == ["delivered", "delivered"]
    assert sorted(Message.objects.filter(ours=True).values_list("text", flat=True)) == ["First.", "Second."]
    assert Message.objects.get(ours=False).text == "@acme where is my parcel?"
    assert not checking.miscounted()


def test_an_answer_to_what_was_deleted_meanwhile_still_says_where_it_belongs(
    cast: Cast, network: FakeChannel, matter: Conversation
) -> None:
    cast.says("@ann", "", id="q1", deleted=True)
    outgoing = replying.reply(matter, "It is on its way.", by=cast.bea)
    pass_time(cast)
    assert state(outgoing) == "delivered"
    assert [sent.thread for sent in network.sent.values()] == ["q1"]


@pytest.mark.parametrize("text", ["a\ud800b", "\u202eevil\u202c \U0001f469\u200d\U0001f680 שלום", "x\x00y\x07z\x1b[2J"])
def test_odd_characters_are_stored_and_sent_as_text(
    cast: Cast, network: FakeChannel, matter: Conversation, text: str
) -> None:
    replying.save_draft(matter, text, by=cast.bea)
    outgoing = replying.reply(matter, text, by=cast.bea)
    pass_time(cast)
    assert state(outgoing) == "delivered"
    [sent] = network.sent.values()
    sent.text.encode()
    assert "\x00" not in sent.text and "\x1b" not in sent.text


def test_a_members_name_is_one_line_wherever_it_is_sent(cast: Cast, network: FakeChannel, matter: Conversation) -> None:
    type(cast.bea).objects.filter(pk=cast.bea.pk).update(name="Bea\r\nBcc: all@acme.test")
    replying.reply(matter, "Hello.", by=cast.bea)
    pass_time(cast)
    [sent] = network.sent.values()
    assert sent.author == "Bea Bcc: all@acme.test"


def test_an_answer_waits_for_nothing_that_follows_from_a_great_import(
    cast: Cast, network: FakeChannel, matter: Conversation
) -> None:
    for n in range(60):  # more than one look of the worker takes
        work.put("event.read", {"event": 0, "reader": f"nobody.{n}"}, workspace_id=cast.acme.pk)
    outgoing = replying.reply(matter, "It is on its way.", by=cast.bea)
    cast.clock.shift(timedelta(seconds=11))
    [lane] = lanes.waiting((), 9)
    row = lanes.claim(lane)
    assert row is not None and work.run(row)
    assert state(outgoing) == "delivered" and len(network.attempts) == 1
    assert Work.objects.filter(kind="event.read", attempts=0, done_at=None).count() >= 60
