"""The fake does as it is told."""

from __future__ import annotations

import pytest

from rapport.channels.base import Batch, ChannelError, Outgoing
from rapport.channels.fake import FakeChannel


def outgoing(key: str) -> Outgoing:
    return Outgoing(idempotency_key=key, text="Hello", author="Bea")


def test_it_brings_what_it_was_given_and_then_nothing() -> None:
    fake = FakeChannel()
    fake.will_fetch(Batch(cursor="2"), ChannelError("The fake is asleep."))
    assert fake.fetch({}, "1").cursor == "2"
    with pytest.raises(ChannelError, match="asleep"):
        fake.fetch({}, "2")
    assert fake.fetch({}, "2") == Batch(cursor="2")
    assert fake.fetched == ["1", "2", "2"]


def test_it_takes_what_is_sent_as_it_was_told() -> None:
    fake = FakeChannel()
    fake.will_send("sent", "refused", "unreachable", "limited", "lost_after", "lost_before")
    assert fake.send({}, outgoing("a")).delivered is False
    told = []
    for key in "bcdef":
        with pytest.raises(ChannelError) as caught:
            fake.send({}, outgoing(key))
        told.append((caught.value.permanent, caught.value.unknown, caught.value.retry_after is not None))
    assert told == [
        (True, False, False),
        (False, False, False),
        (False, False, True),
        (False, True, False),
        (False, True, False),
    ]
    assert fake.send({}, outgoing("g")).delivered
    assert list(fake.sent) == ["a", "e", "g"], "what was lost afterwards has arrived"
    assert len(fake.attempts) == 7


def test_it_can_be_asked_what_arrived() -> None:
    fake = FakeChannel()
    fake.send({}, outgoing("a"))
    fake.will_not_find(ChannelError("The fake cannot say."))
    with pytest.raises(ChannelError, match="cannot say"):
        fake.find({}, "a")
    found = fake.find({}, "a")
    assert found is not None
    assert found.external_id == "fake-a"
    assert fake.find({}, "b") is None
