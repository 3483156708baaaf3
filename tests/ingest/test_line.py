"""The promises of the straight line, on both engines."""

from __future__ import annotations

from datetime import timedelta

import pytest

from rapport.channels.base import Author, Batch, Envelope, Item
from rapport.core import counters
from rapport.core.models import Event
from rapport.inbox import checking, working
from rapport.inbox.models import Arrival, Conversation, Message
from rapport.ingest import accepting, pipeline, storing
from tests.conftest import NOW, Cast


def item(id: str, text: str, **more: object) -> Item:
    author = Author(str(more.pop("author", "@ann")), "")
    said_at = more.pop("said_at", NOW)
    envelope = Envelope(network="social", external_id=id, author=author, text=text, said_at=said_at, **more)  # type: ignore[arg-type]
    return Item(envelope, text.encode("utf-8", "replace"))


def drain() -> None:
    while pipeline.run():
        pass


def test_a_complaint_to_us_reaches_the_desk_with_a_clock(cast: Cast) -> None:
    conversation = cast.says("@ann", "@acme my router has been broken for three weeks and nobody calls back!")
    assert conversation.state == "needs_answer"
    assert conversation.due_at is not None and conversation.due_at > NOW
    assert conversation.headline
    assert Conversation.counts(cast.bea)["needs"] == 1


def test_talk_that_is_not_about_us_stays_quiet(cast: Cast) -> None:
    conversation = cast.says("@sun", "What a lovely morning in the park.")
    assert conversation.state == "quiet"
    assert Conversation.counts(cast.bea)["needs"] == 0
    assert Conversation.counts(cast.bea)["all"] == 1


def test_once_what_is_accepted_twice_is_one_message(cast: Cast) -> None:
    batch = Batch(items=(item("1", "@acme where is my parcel?"),))
    assert accepting.accept(cast.source, batch) == 1
    assert accepting.accept(cast.source, batch) == 0
    drain()
    assert accepting.accept(cast.source, batch) == 0
    drain()
    assert Message.objects.count() == 1
    assert counters.read(cast.acme.pk, ["messages"]) == {"messages": 1}


def test_one_post_through_two_sources_is_one_message_with_two_arrivals(cast: Cast) -> None:
    other = type(cast.source).objects.create(workspace=cast.acme, kind="fake", name="Search")
    for source in (cast.source, other):
        accepting.accept(source, Batch(items=(item("1", "@acme hello, is anybody there?"),)))
    drain()
    assert (Message.objects.count(), Arrival.objects.count()) == (1, 2)
    assert not Arrival.objects.filter(done_at=None).exists()


def test_poison_does_not_block(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    honest = storing.read

    def choke(posts, us):  # type: ignore[no-untyped-def]
        if any("poison" in post.text for post in posts):
            raise ValueError("this one cannot be read")
        return honest(posts, us)

    monkeypatch.setattr(storing, "read", choke)
    texts = ["@acme where is it?", "poison", "@acme are you open today?"]
    accepting.accept(cast.source, Batch(items=tuple(item(str(n), text) for n, text in enumerate(texts))))
    drain()
    assert Message.objects.count() == 2
    for _ in range(pipeline.ATTEMPTS):
        cast.clock.shift(timedelta(minutes=5))
        drain()
    poison = Arrival.objects.get(poison_at__isnull=False)
    assert "cannot be read" in poison.error and bytes(poison.raw) == b"poison"
    monkeypatch.setattr(storing, "read", honest)
    pipeline.again(poison)
    drain()
    assert Message.objects.count() == 3


def test_a_crashed_workers_batch_is_free_again_after_its_lease(cast: Cast) -> None:
    accepting.accept(cast.source, Batch(items=(item("1", "@acme hello?"),)))
    assert pipeline.claim("crashed", 10)
    assert pipeline.claim("eager", 10) == []
    cast.clock.shift(pipeline.LEASE + timedelta(seconds=1))
    drain()
    assert Message.objects.count() == 1


def test_cursor_and_arrivals_are_stored_together(cast: Cast) -> None:
    accepting.accept(cast.source, Batch(items=(item("1", "hello"),), cursor="page-2"))
    cast.source.refresh_from_db()
    assert cast.source.cursor == "page-2" and cast.source.last_arrival_at == NOW


def test_a_reply_joins_the_conversation_it_answers(cast: Cast) -> None:
    first = cast.says("@ann", "@acme my line is dead since Monday", id="a")
    second = cast.says("@ann", "@acme is anybody looking at this?", id="b", reply_to="a", at=NOW + timedelta(minutes=5))
    stranger = cast.says("@bo", "@acme my line is dead too", id="c", at=NOW + timedelta(minutes=6))
    assert first.pk == second.pk != stranger.pk
    assert second.message_count == 2


def test_a_thread_in_one_batch_is_read_in_the_order_of_speaking(cast: Cast) -> None:
    late = item("2", "Thank you, all solved!", reply_to="1", said_at=NOW)
    early = item("1", "@acme where is my refund?", said_at=NOW - timedelta(hours=1))
    accepting.accept(cast.source, Batch(items=(late, early)))
    drain()
    assert Conversation.objects.count() == 1
    assert [m.external_id for m in Conversation.objects.get().messages.order_by("said_at")] == ["1", "2"]


def test_our_own_words_count_as_our_reply_and_are_never_triaged(cast: Cast) -> None:
    cast.says("@ann", "@acme where is my refund?", id="1")
    conversation = cast.says("@acme", "It left us this morning.", id="2", reply_to="1", at=NOW + timedelta(minutes=3))
    assert conversation.state == "settled" and conversation.last_ours
    assert not Message.objects.get(external_id="2").dispositions.exists()


def test_history_starts_no_clock_and_stands_behind_every_clock(cast: Cast) -> None:
    old = cast.says("@ann", "@acme where is my refund?", at=NOW - timedelta(days=30))
    new = cast.says("@bo", "@acme where is my refund?", at=NOW - timedelta(hours=1))
    assert old.state == new.state == "needs_answer"
    assert old.due_at is None and new.due_at is not None
    assert [c.pk for c in Conversation.objects.stream("needs", cast.bea)] == [new.pk, old.pk]


def test_an_edit_is_a_revision_and_a_deletion_leaves_no_words(cast: Cast) -> None:
    cast.says("@ann", "@acme first words", id="1", version="v1")
    cast.says("@ann", "@acme second words", id="1", version="v2")
    message = Message.objects.get()
    assert message.text == "@acme second words"
    assert [revision.text for revision in message.revisions.all()] == ["@acme first words"]
    cast.says("@ann", "", id="1", version="v3", deleted=True)
    message.refresh_from_db()
    assert message.deleted_at is not None and message.text == "" and not message.revisions.exists()


def test_an_edit_is_read_anew_and_lifts_but_never_closes(cast: Cast) -> None:
    quiet = cast.says("@ann", "what a morning", id="1", version="v1")
    assert quiet.state == "quiet"
    lifted = cast.says("@ann", "@acme what a morning, and where is my parcel?", id="1", version="v2")
    assert (lifted.state, lifted.due_at) == ("needs_answer", NOW + timedelta(hours=24))
    assert cast.says("@ann", "what a morning", id="1", version="v3").state == "needs_answer"
    assert not checking.miscounted()


def test_an_edit_does_not_overrule_a_person(cast: Cast) -> None:
    conversation = cast.says("@ann", "@acme where is my parcel?", id="1", version="v1")
    working.no_answer_needed(conversation, by=cast.bea, why="already_settled")
    assert cast.says("@ann", "@acme where is my parcel???", id="1", version="v2").state == "quiet"


def test_two_versions_in_one_batch_are_both_kept(cast: Cast) -> None:
    items = (item("1", "@acme first", version="v1"), item("1", "@acme second", version="v2"))
    accepting.accept(cast.source, Batch(items=items))
    drain()
    message = Message.objects.get()
    assert message.text == "@acme second" and message.revisions.get().text == "@acme first"


def test_the_same_id_by_another_author_is_set_aside_and_said(cast: Cast) -> None:
    cast.says("@ann", "row one of one file", id="1")
    accepting.accept(cast.source, Batch(items=(item("1", "row one of another file", author="@bo"),)))
    drain()
    assert Message.objects.get().text == "row one of one file"
    assert "network" in Arrival.objects.exclude(poison_at=None).get().error


def test_one_event_for_the_batch_without_words(cast: Cast) -> None:
    items = tuple(item(str(n), f"@acme secret number {n}?") for n in range(7))
    accepting.accept(cast.source, Batch(items=items))
    drain()
    event = Event.objects.get(verb="messages.arrived")
    assert event.facts["count"] == 7
    assert "secret" not in str(event.facts)


def test_hostile_text_is_kept_without_harm(cast: Cast) -> None:
    text = "\x00@acme <script>alert(1)</script> \u202e reversed"
    conversation = cast.says("@eve\x00", text, id="x" * 2000, name="\x00" * 300)
    message = conversation.messages.get()
    assert "\x00" not in message.text and "<script>" in message.text


def test_a_future_date_is_clamped_to_arrival(cast: Cast) -> None:
    cast.says("@ann", "@acme hello?", at=NOW + timedelta(days=400))
    assert Message.objects.get().said_at == NOW


def test_the_counters_equal_a_recount(cast: Cast) -> None:
    for n in range(12):
        cast.says(f"@p{n}", "@acme where is my parcel?" if n % 3 else "nice weather", at=NOW + timedelta(minutes=n))
    counted = Conversation.counts(cast.bea)
    assert counted["needs"] == Conversation.objects.filter(state="needs_answer").count()
    assert counted["quiet"] == Conversation.objects.filter(state="quiet").count()


@pytest.mark.parametrize("size", [1, 50])
def test_the_number_of_queries_does_not_grow_with_the_batch(cast: Cast, size: int) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    items = tuple(item(str(n), f"@acme where is parcel {n}?", author=f"@p{n}") for n in range(size))
    accepting.accept(cast.source, Batch(items=items))
    with CaptureQueriesContext(connection) as queries:
        pipeline.run()
    assert len(queries) <= 45, len(queries)
