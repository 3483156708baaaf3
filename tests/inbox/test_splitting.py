"""A long answer leaves as several messages only if its writer says so, and only where the network can."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from rapport.channels import registry
from rapport.channels.base import ChannelError, Limit
from rapport.channels.fake import FakeChannel
from rapport.core import work
from rapport.core.refusal import Refused
from rapport.inbox import replying
from rapport.inbox.models import Conversation, Outgoing
from rapport.inbox.splitting import TooLong
from tests.conftest import Cast


@dataclass
class Threads(FakeChannel):
    """A network on which one can answer one's own message: ten letters each, five at most."""

    def parts(self, text: str) -> list[str]:
        found = [text[at : at + 10] for at in range(0, len(text), 10)]
        if len(found) > 5:
            raise ChannelError("This is too long even for a thread.", permanent=True)
        return found

    def send(self, settings, outgoing):  # type: ignore[no-untyped-def]
        limit, self.limit = self.limit, None if outgoing.manner.split else self.limit
        try:
            return super().send(settings, outgoing)
        finally:
            self.limit = limit


@pytest.fixture
def threads(cast: Cast) -> Iterator[Threads]:
    channel = Threads(limit=Limit(10))
    with registry.also(channel):
        yield channel


def asked(cast: Cast, *, public: bool = True) -> Conversation:
    return cast.says("ann", "@acme can you explain?", public=public, direct=not public)


def test_what_is_too_long_says_how_many_it_would_be_and_leaves_as_them_if_told(cast: Cast, threads: Threads) -> None:
    row = asked(cast)
    with pytest.raises(TooLong, match="It can leave as 3, one under the other") as caught:
        replying.reply(row, "x" * 21, by=cast.bea)
    assert caught.value.count == 3
    assert not Outgoing.objects.exists()
    replying.reply(row, "x" * 21, by=cast.bea, split=True)
    cast.clock.shift(60)
    assert work.run_due(only=("outgoing.send",)) == 1
    assert [(one.text, one.manner.split) for one in threads.attempts] == [("x" * 21, True)]
    assert Outgoing.objects.get().state == "delivered"


def test_what_fits_leaves_as_one_whatever_was_pressed(cast: Cast, threads: Threads) -> None:
    assert replying.reply(asked(cast), "short", by=cast.bea, split=True).split is False


def test_too_much_even_so_is_refused_in_the_networks_words(cast: Cast, threads: Threads) -> None:
    for split in (False, True):
        with pytest.raises(Refused, match="too long even for a thread"):
            replying.reply(asked(cast), "x" * 60, by=cast.bea, split=split)


def test_what_is_said_directly_is_no_thread(cast: Cast, threads: Threads) -> None:
    with pytest.raises(Refused, match="at most 10 fit"):
        replying.reply(asked(cast, public=False), "x" * 21, by=cast.bea, split=True)


def test_where_the_network_has_no_threads_a_long_answer_is_refused(cast: Cast) -> None:
    with registry.also(FakeChannel(limit=Limit(10))), pytest.raises(Refused, match="at most 10 fit"):
        replying.reply(asked(cast), "x" * 21, by=cast.bea, split=True)
