"""Threads in any order: a child before its parent, a batch for each message, two files: the same conversations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rapport.channels.base import Author, Batch, Envelope, Item
from rapport.core.refusal import Refused
from rapport.inbox import checking, whereabouts, working
from rapport.inbox.models import Conversation, Draft, Message, Note
from rapport.ingest import accepting, pipeline
from rapport.ingest.threads import root
from tests.conftest import NOW, Cast

BEGAN = NOW - timedelta(days=30)


@dataclass(frozen=True)
class Said:
    """One message of a small history: what it answers may be nobody's, or a message that never comes."""

    id: str
    answers: str
    thread: str
    ours: bool
    minute: int

    def item(self) -> Item:
        text = "We looked, it left us this morning." if self.ours else "@acme where is my parcel?"
        at = BEGAN + timedelta(minutes=self.minute)
        envelope = Envelope(
            network="social", external_id=self.id, author=Author("@acme" if self.ours else "@ann"), text=text,
            said_at=at, reply_to=self.answers, thread=self.thread,
        )  # fmt: skip
        return Item(envelope, text.encode())


@st.composite
def histories(draw: st.DrawFn) -> list[list[Said]]:
    """A forest of up to nine messages in any order, cut into batches anywhere."""
    said = []
    for number in range(draw(st.integers(1, 9))):
        earlier = ["", "", "never-came", *(f"m{n}" for n in range(number))]
        answers = draw(st.sampled_from(earlier))
        thread = draw(st.sampled_from(["", "", "", "t1", "t2"]))
        said.append(Said(f"m{number}", answers, thread, draw(st.booleans()), number * 3))
    shuffled = draw(st.permutations(said))
    batches: list[list[Said]] = [[]]
    for one in shuffled:
        if draw(st.booleans()):
            batches.append([])
        batches[-1].append(one)
    return [batch for batch in batches if batch]


def expected(said: list[Said]) -> set[frozenset[str]]:
    """Who belongs together: what has a thread's name is with it, else with what it answers."""
    group = {one.id: {one.id} for one in said}
    names: dict[str, set[str]] = {}
    for one in said:
        other = one.thread or one.answers
        if not other:
            continue
        with_it = group.get(other) or names.setdefault(other, set())
        joined = group[one.id] | with_it
        joined_ids = set(joined)
        for member in joined_ids:
            group[member] = joined
        for name, there in list(names.items()):
            if there is with_it or there & joined_ids:
                names[name] = joined
    return {frozenset(members) for members in group.values()}


def first_replies(messages: list[tuple[datetime, bool]]) -> timedelta | None:
    """From their first words to our first after them."""
    asked = min((at for at, ours in messages if not ours), default=None)
    answered = [at for at, ours in messages if ours and asked is not None and at >= asked]
    return min(answered) - asked if answered and asked is not None else None


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def bring(cast: Cast, batches: list[list[Said]]) -> None:
    for batch in batches:
        accepting.accept(cast.source, Batch(items=tuple(one.item() for one in batch)))
        while pipeline.run():
            pass


def stored(cast: Cast) -> dict[frozenset[str], tuple[frozenset[str], timedelta | None]]:
    """Conversations as sets of ids → which of them are ours, and how long the first reply took."""
    rows: dict[int, list[Message]] = defaultdict(list)
    for message in Message.objects.filter(workspace=cast.acme):
        rows[message.conversation_id].append(message)
    return {
        frozenset(m.external_id for m in found): (
            frozenset(m.external_id for m in found if m.ours),
            first_replies([(m.said_at, m.ours) for m in found]),
        )
        for found in rows.values()
    }


def must_be_the_same_in_any_order(cast: Cast, batches: list[list[Said]]) -> None:
    said = sorted((one for batch in batches for one in batch), key=lambda one: one.minute)
    with undone():
        bring(cast, batches)
        found = stored(cast)
        assert set(found) == expected(said)
        assert not checking.miscounted()
        for row in Conversation.objects.filter(workspace=cast.acme):
            there = list(row.messages.order_by("said_at"))
            assert (row.message_count, row.last_message_at) == (len(there), there[-1].said_at)
            assert row.last_ours == there[-1].ours
            assert row.state == ("settled" if there[-1].ours else "needs_answer")
        bring(cast, batches[::-1])
        assert stored(cast) == found, "once more changes nothing"
    with undone():
        bring(cast, [[one] for one in said])
        assert stored(cast) == found


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@given(batches=histories())
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.slow
def test_any_order_and_any_split_give_the_same_threads(cast: Cast, batches: list[list[Said]]) -> None:
    must_be_the_same_in_any_order(cast, batches)


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
@given(batches=histories())
@settings(deadline=None, max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.slow
def test_any_order_and_any_split_give_the_same_threads_on_postgresql(cast: Cast, batches: list[list[Said]]) -> None:
    must_be_the_same_in_any_order(cast, batches)


def chain(*ids: str) -> list[Said]:
    """Each answers the one before; ours are those that begin with "us"."""
    pairs = zip(ids, ("", *ids), strict=False)
    return [Said(id, before, "", id.startswith("us"), place * 3) for place, (id, before) in enumerate(pairs)]


def test_what_was_noted_typed_and_decided_before_a_merge_is_kept(cast: Cast) -> None:
    a, b, c = chain("a", "b", "c")
    bring(cast, [[a], [c]])
    first, second = (Message.objects.get(external_id=id).conversation for id in ("a", "c"))
    assert first.pk != second.pk
    working.note(second, "Call her back", by=cast.bea)
    working.settle(second, by=cast.bea)
    for row, words in ((first, "Dear Ann"), (second, "sorry")):
        Draft.objects.create(conversation=row, member=cast.cem, text=words)
    bring(cast, [[b]])
    one = Conversation.objects.get(workspace=cast.acme)
    assert one.pk == second.pk, "the one that a person touched"
    assert [note.text for note in Note.objects.filter(conversation=one)] == ["Call her back"]
    assert Draft.objects.get(conversation=one).text == "Dear Ann\n\nsorry"
    assert one.state == "needs_answer", "what the other half still owed is owed"
    assert one.message_count == 3
    assert whereabouts.of(cast.acme.pk, first.pk) == second.pk
    assert whereabouts.of(cast.elsewhere.pk, first.pk) == first.pk
    with pytest.raises(Refused, match="joined this conversation with another"):
        working.settle(first, by=cast.bea)
    assert not checking.miscounted()


def test_a_late_message_does_not_reopen_what_a_person_settled(cast: Cast) -> None:
    a, b, c = chain("a", "b", "c")
    bring(cast, [[b, c]])
    working.settle(Conversation.objects.get(), by=cast.bea)
    bring(cast, [[a]])
    one = Conversation.objects.get()
    assert (one.state, one.message_count) == ("settled", 3)


def test_our_late_reply_settles_what_it_answered_and_nothing_after_it(cast: Cast) -> None:
    ask, answer, _ = chain("ask", "us-1", "later")
    bring(cast, [[ask], [answer]])
    assert Conversation.objects.get().state == "settled"
    again = Said("again", "us-1", "", False, 9)
    middle = Said("us-0", "ask", "", True, 1)
    bring(cast, [[again], [middle]])
    one = Conversation.objects.get()
    assert (one.state, one.message_count, one.last_ours) == ("needs_answer", 4, False)


def test_messages_that_answer_each_other_in_a_circle_are_one_conversation(cast: Cast) -> None:
    bring(cast, [[Said("a", "c", "", False, 0)], [Said("b", "a", "", False, 1), Said("c", "b", "", False, 2)]])
    assert Conversation.objects.get().message_count == 3
    assert root(b"x", {b"x": b"a", b"a": b"b", b"b": b"c", b"c": b"a"}) == b"a"


def test_the_same_id_on_another_network_is_another_message(cast: Cast) -> None:
    bring(cast, [chain("a", "b")])
    other = Envelope(network="forum", external_id="x", author=Author("@bo"), text="hello there", reply_to="a")
    accepting.accept(cast.source, Batch(items=(Item(other, b"x"),)))
    pipeline.run()
    assert sorted(Conversation.objects.values_list("message_count", flat=True)) == [1, 2]


def test_a_thousand_halves_meet_without_a_query_for_each(cast: Cast) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    said = [Said(f"{part}{n}", {"a": "", "b": f"a{n}", "c": f"b{n}"}[part], "", False, 1) for part in "acb"
            for n in range(60)]  # fmt: skip
    bring(cast, [said[:120]])
    assert Conversation.objects.count() == 120
    accepting.accept(cast.source, Batch(items=tuple(one.item() for one in said[120:])))
    with CaptureQueriesContext(connection) as queries:
        pipeline.run()
    assert Conversation.objects.count() == 60
    assert len(queries) <= 70, len(queries)
