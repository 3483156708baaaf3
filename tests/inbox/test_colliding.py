"""Two who answer at once are told of each other; so is who writes while the person, or a colleague, goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.channels import registry
from rapport.channels.fake.channel import FakeChannel
from rapport.core import work
from rapport.core.refusal import Refused
from rapport.inbox import colliding, replying, undoing, working
from rapport.inbox.colliding import Seen
from rapport.inbox.models import Conversation, Draft, Outgoing
from tests.conftest import NOW, Cast


@pytest.fixture
def network(cast: Cast) -> Iterator[FakeChannel]:
    fake = FakeChannel()
    with registry.also(fake):
        yield fake


@pytest.fixture
def matter(cast: Cast, network: FakeChannel) -> Conversation:
    return cast.says("@ann", "@acme where is my parcel?", id="q1")


def twice(cast: Cast, matter: Conversation, seen: Seen, sentence: str) -> None:
    """Bea's answer is stopped with this sentence and kept; the second, deliberate send goes."""
    with pytest.raises(Refused, match=sentence):
        replying.reply(matter, "Bea was slower.", by=cast.bea, seen=seen)
    assert Draft.objects.get(member=cast.bea).text == "Bea was slower."
    assert not Outgoing.objects.filter(by=cast.bea, text="Bea was slower.").exists()
    replying.reply(matter, "Bea was slower.", by=cast.bea, seen=colliding.mark(matter))
    assert not Draft.objects.filter(member=cast.bea).exists()


def test_two_agents_cannot_both_answer_unseen(cast: Cast, matter: Conversation) -> None:
    seen = colliding.mark(matter)
    replying.reply(matter, "Cem was faster.", by=cast.cem, seen=seen)
    twice(cast, matter, seen, "Cem answered while you were writing")


def test_an_answer_seen_on_its_way_is_no_news_when_it_has_arrived(cast: Cast, matter: Conversation) -> None:
    replying.reply(matter, "Cem was faster.", by=cast.cem)
    seen = colliding.mark(matter)
    cast.clock.shift(timedelta(seconds=11))
    work.run_due()
    assert colliding.mark(matter).message > seen.message
    replying.reply(matter, "And from me.", by=cast.bea, seen=seen)


def test_an_answer_that_was_taken_back_stops_nobody(cast: Cast, matter: Conversation) -> None:
    seen = colliding.mark(matter)
    replying.withdraw(replying.reply(matter, "Oops", by=cast.cem), by=cast.cem)
    replying.reply(matter, "It comes tomorrow.", by=cast.bea, seen=seen)


def test_a_new_message_of_the_person_is_shown_first(cast: Cast, matter: Conversation) -> None:
    seen = colliding.mark(matter)
    cast.says("@ann", "@acme it has just come!", id="q2", reply_to="q1", at=NOW + timedelta(seconds=4))
    twice(cast, matter, seen, "@ann wrote again while you were writing")


def test_ones_own_answer_from_another_tab_is_shown_first(cast: Cast, matter: Conversation) -> None:
    seen = colliding.mark(matter)
    replying.reply(matter, "From the first tab.", by=cast.bea, seen=seen)
    twice(cast, matter, seen, "You answered here from another page")


DECISIONS: list[tuple[Callable[[Cast, Conversation], object], str]] = [
    (lambda cast, row: working.settle(row, by=cast.cem), "Cem settled this"),
    (lambda cast, row: working.assign(row, cast.dana, by=cast.cem), "Cem assigned this"),
    (lambda cast, row: working.no_answer_needed(row, by=cast.cem, why="joke"), "Cem decided .* no answer is needed"),
    (lambda cast, row: working.note(row, "Her router is back.", by=cast.cem), "Cem left a note"),
]


@pytest.mark.parametrize(("decides", "sentence"), DECISIONS, ids=["settled", "assigned", "quieted", "noted"])
def test_a_colleagues_decision_is_told_first(
    cast: Cast, matter: Conversation, decides: Callable[[Cast, Conversation], object], sentence: str
) -> None:
    seen = colliding.mark(matter)
    decides(cast, matter)
    twice(cast, matter, seen, sentence)


def test_ones_own_decision_and_one_that_was_undone_stop_nobody(cast: Cast, matter: Conversation) -> None:
    seen = colliding.mark(matter)
    working.assign(matter, cast.bea, by=cast.bea)
    undoing.undo(matter, working.settle(matter, by=cast.cem).pk, by=cast.cem)
    replying.reply(matter, "It comes tomorrow.", by=cast.bea, seen=seen)


@given(st.text(max_size=60))
def test_a_mark_is_read_back_or_is_none(text: str) -> None:
    found = Seen.read(text)
    assert found is None or Seen.read(str(found)) == found


def test_a_mark_says_what_it_was_made_of() -> None:
    assert Seen.read(str(Seen(3, 2, 10**17))) == Seen(3, 2, 10**17)
    assert Seen.read("0") is None and Seen.read("1.2.³") is None
