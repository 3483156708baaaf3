"""The timeline of a person: every kind in one order, page by page, nothing twice and nothing missed."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from rapport.core.hashing import key
from rapport.inbox import replying, working
from rapport.inbox.models import Conversation, Message
from rapport.people import merging, timeline
from rapport.people.models import Order, Person
from tests.conftest import NOW, Cast


def ann(cast: Cast) -> Person:
    """Ann wrote twice, elsewhere once more; she was answered, noted about, and bought a kettle."""
    first = cast.says("@ann", "@acme where is my kettle?", id="a1", at=NOW - timedelta(days=3))
    cast.says("@bo", "@acme my lamp flickers", id="b1", at=NOW - timedelta(days=2))
    cast.says("@ann", "@bo mine does too", id="a2", reply_to="b1", at=NOW - timedelta(days=1))
    replying.answered_there(first, "It left us this morning.", by=cast.bea)
    working.note(first, "She asked twice for a call.", by=cast.cem)
    person = Message.objects.get(external_id="a1").identity.person
    Order.objects.create(workspace=cast.acme, person=person, shop="shop", number="A-1", key=key("shop", "A-1"),
                         placed_at=NOW - timedelta(days=5), text="1 blue kettle")  # fmt: skip
    return person


def test_everything_stands_in_one_order_newest_first(cast: Cast) -> None:
    told = timeline.read(timeline.whose(ann(cast))).entries
    assert [entry.kind for entry in told] == ["note", "message", "message", "message", "order"]
    assert [entry.text for entry in told][2:] == [
        "@bo mine does too",
        "@acme where is my kettle?",
        "A-1: 1 blue kettle",
    ]
    assert told[1].ours and told[1].by == "Bea"
    assert "lamp" not in str(told)


def test_one_kind_alone_can_be_read(cast: Cast) -> None:
    of = timeline.whose(ann(cast))
    assert [entry.kind for entry in timeline.read(of, only=("order",)).entries] == ["order"]
    assert len(timeline.read(of, only=("message",)).entries) == 3


def test_pages_of_any_size_hold_everything_once(cast: Cast) -> None:
    of = timeline.whose(ann(cast))
    Message.objects.update(said_at=NOW)  # all at the same moment: kind and id must tell them apart
    everything = [entry.place for entry in timeline.read(of).entries]
    for size in (1, 2, 3):
        found, before = [], None
        while True:
            page = timeline.read(of, before=before, limit=size)
            found += [entry.place for entry in page.entries]
            if not page.older:
                break
            before = timeline.mark(page.older)
            assert before is not None
        assert found == everything


def test_an_answer_on_its_way_stands_there_and_says_so(cast: Cast) -> None:
    talk = cast.says("@ann", "@acme where is it?")
    replying.answered_there(talk, "One moment.", by=cast.bea)
    assert Conversation.objects.get().identity is not None
    talk.outbox.create(workspace=cast.acme, by=cast.bea, text="It is on its way.", state="held")
    told = timeline.read(timeline.whose(Person.objects.get())).entries
    assert [(entry.kind, entry.code) for entry in told if entry.kind == "answer"] == [("answer", "held")]


@given(st.text())
def test_a_mark_of_a_stranger_is_none_or_a_mark(text: str) -> None:
    found = timeline.mark(text)
    assert found is None or found.ref >= 0


def test_a_mark_comes_back_as_it_was() -> None:
    mark = timeline.Mark(NOW, "note", 7)
    assert timeline.mark(str(mark)) == mark


def test_who_is_merged_has_one_timeline_with_all_that_was_said_and_bought(cast: Cast) -> None:
    ann = cast.says("@ann", "@acme hello").identity.person
    bo = cast.says("@bo", "@acme good evening").identity.person
    Order.objects.create(workspace=cast.acme, person=bo, shop="shop", number="7", key=key("shop", "7"), placed_at=NOW)
    merging.merge(ann, bo, by=cast.bea)
    for one in (ann, bo):
        told = {entry.text for entry in timeline.read(timeline.whose(Person.objects.get(pk=one.pk))).entries}
        assert told == {"@acme hello", "@acme good evening", "7"}
