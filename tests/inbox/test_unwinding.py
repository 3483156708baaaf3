"""What one did last is taken back, then what one did before: never a colleague's act, never past an answer that left."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from time_machine import travel

from rapport.channels import registry
from rapport.channels.fake.channel import FakeChannel
from rapport.core.refusal import Refused
from rapport.inbox import bulk, replying, tagging, unwinding, working
from rapport.inbox.models import Conversation, Outgoing
from tests.conftest import NOW, Cast


@pytest.fixture
def network(cast: Cast) -> Iterator[FakeChannel]:
    fake = FakeChannel()
    with registry.also(fake):
        yield fake


@pytest.fixture
def matters(cast: Cast) -> list[Conversation]:
    return [cast.says(f"@{name}", "@acme where is my parcel?", id=name) for name in ("ann", "bo", "cleo")]


def state(conversation: Conversation) -> str:
    conversation.refresh_from_db()
    return conversation.state


def test_one_after_the_other_the_newest_first(cast: Cast, matters: list[Conversation]) -> None:
    ann, bo, cleo = matters
    working.settle(ann, by=cast.bea)
    working.no_answer_needed(bo, by=cast.bea, why="joke")
    tagging.tag(bo, "parcels", by=cast.bea)
    working.settle(cleo, by=cast.cem)
    assert unwinding.unwind(by=cast.bea).conversation == bo and state(bo) == "quiet" and not bo.tags.exists()
    assert unwinding.unwind(by=cast.bea).conversation == bo and state(bo) == "needs_answer"
    assert unwinding.unwind(by=cast.bea).conversation == ann and state(ann) == "needs_answer"
    with pytest.raises(Refused, match="nothing"):
        unwinding.unwind(by=cast.bea)
    assert state(cleo) == "settled"


def test_a_bulk_act_is_one(cast: Cast, matters: list[Conversation]) -> None:
    bulk.begin([row.pk for row in matters], bulk.Act("settle"), by=cast.bea)
    done = unwinding.unwind(by=cast.bea)
    assert (done.conversation, done.back, done.left) == (None, 3, 0)
    assert {state(row) for row in matters} == {"needs_answer"}
    with pytest.raises(Refused, match="nothing"):
        unwinding.unwind(by=cast.bea)


def test_a_held_answer_comes_back_and_one_that_left_ends_it(
    cast: Cast, network: FakeChannel, matters: list[Conversation]
) -> None:
    ann, bo, _ = matters
    working.settle(bo, by=cast.bea)
    replying.reply(ann, "It left us today.", by=cast.bea)
    assert unwinding.unwind(by=cast.bea).answer and state(ann) == "needs_answer"
    replying.reply(ann, "It left us today, at noon.", by=cast.bea)
    Outgoing.objects.filter(state="held").update(state="sent")
    with pytest.raises(Refused, match="left"):
        unwinding.unwind(by=cast.bea)
    assert state(bo) == "settled"


def test_what_is_an_hour_old_stays(cast: Cast, matters: list[Conversation]) -> None:
    working.settle(matters[0], by=cast.bea)
    with travel(NOW + timedelta(hours=1, seconds=1), tick=False), pytest.raises(Refused, match="nothing"):
        unwinding.unwind(by=cast.bea)
    assert state(matters[0]) == "settled"


def test_what_a_colleague_built_on_stays_and_is_told(cast: Cast, matters: list[Conversation]) -> None:
    working.settle(matters[0], by=cast.bea)
    working.reopen(matters[0], by=cast.cem)
    with pytest.raises(Refused, match="Cem"):
        unwinding.unwind(by=cast.bea)
