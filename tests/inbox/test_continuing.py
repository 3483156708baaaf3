"""Public and private: one conversation throughout, and what was private is never said in public by itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from rapport.channels import registry
from rapport.channels.base import Author, Batch, ChannelError, Envelope, Item
from rapport.channels.fake import FakeChannel
from rapport.core import work
from rapport.core.refusal import Refused
from rapport.inbox import continuing, replying
from rapport.inbox.continuing import Widened, moves, owes_note
from rapport.inbox.models import Continuation, Conversation, Draft, Message, Outgoing
from rapport.ingest import accepting, pipeline
from tests.conftest import NOW, Cast
from tests.inbox.networks import Plaza


@pytest.fixture
def plaza(cast: Cast) -> Iterator[Plaza]:
    network = Plaza()
    with registry.also(network):
        yield network


@pytest.fixture
def matter(cast: Cast, plaza: Plaza) -> Conversation:
    return cast.says("@ann", "@acme my parcel 4711 never came", id="q1")


def leave(cast: Cast, seconds: int = 11) -> None:
    cast.clock.shift(timedelta(seconds=seconds))
    work.run_due()


def privately(cast: Cast, text: str, id: str, *, talk: str = "talk:@ann", **more: Any) -> Message:
    """Somebody says something in a private thread of the network."""
    at = NOW + timedelta(seconds=more.pop("after", 20))
    said = Envelope(
        network="social", external_id=id, author=Author(more.pop("who", "@ann")), text=text, said_at=at, thread=talk,
        public=False, direct=not more.get("ours"), **more,
    )  # fmt: skip
    cast.clock.move_to(max(at, NOW + timedelta(seconds=30)))
    accepting.accept(cast.source, Batch((Item(said, text.encode()),)))
    while pipeline.run():
        pass
    return Message.objects.get(external_id=id)


def test_what_goes_on_in_private_stays_one_conversation(cast: Cast, plaza: Plaza, matter: Conversation) -> None:
    replying.reply(matter, "What is your address?", by=cast.bea, place="private")
    leave(cast)
    [sent] = plaza.sent.values()
    assert (sent.thread, sent.public, sent.manner.visibility) == ("talk:@ann", False, "direct")
    ours = Message.objects.get(ours=True)
    assert (ours.public, ours.conversation_id) == (False, matter.pk)
    theirs = privately(cast, "12 Rose Lane", "d1")
    assert theirs.conversation_id == matter.pk
    matter.refresh_from_db()
    assert matter.state == "needs_answer"
    replying.reply(matter, "Thank you. It comes tomorrow.", by=cast.bea)  # as they spoke last: in private
    leave(cast)
    assert [(one.thread, one.public) for one in plaza.sent.values()] == [("talk:@ann", False)] * 2
    assert Conversation.objects.count() == 1


def test_an_answer_in_public_stays_in_public_where_nobody_chose(cast: Cast, plaza: Plaza, matter: Conversation) -> None:
    replying.reply(matter, "We look into it.", by=cast.bea)
    leave(cast)
    [sent] = plaza.sent.values()
    assert (sent.thread, sent.public, sent.manner.visibility) == ("q1", True, "")
    assert not Continuation.objects.exists()
    assert Message.objects.get(ours=True).public


def test_who_went_on_in_private_goes_on_there_until_they_say_otherwise(
    cast: Cast, plaza: Plaza, matter: Conversation
) -> None:
    replying.reply(matter, "What is your address?", by=cast.bea, place="private")
    replying.reply(matter, "And your order, 4711?", by=cast.bea)  # the first is still on its way
    leave(cast)
    leave(cast, 0)  # the second, after the first
    replying.reply(matter, "Take your time.", by=cast.bea)
    leave(cast)
    assert [one.public for one in plaza.sent.values()] == [False] * 3
    with pytest.raises(Widened):
        replying.reply(matter, "Is anybody there?", by=cast.bea, place="public")


def test_from_private_to_public_only_who_means_it_goes(cast: Cast, plaza: Plaza, matter: Conversation) -> None:
    replying.reply(matter, "What is your address?", by=cast.bea, place="private")
    leave(cast)
    privately(cast, "12 Rose Lane", "d1")
    with pytest.raises(Widened, match="everybody on Fake can read it, below what @ann said there: “@acme my parcel"):
        replying.reply(matter, "We have answered you in private.", by=cast.bea, place="public")
    assert Outgoing.objects.count() == 1
    assert Draft.objects.get().place == "public"
    replying.reply(matter, "We have answered you in private.", by=cast.bea, place="public", aloud=True)
    leave(cast)
    note = list(plaza.sent.values())[-1]
    assert (note.thread, note.public, note.in_reply_to) == ("q1", True, "q1"), "it answers what was said in public"
    assert Message.objects.get(text="We have answered you in private.").public


def test_the_echo_of_a_lost_private_answer_is_the_same_message(cast: Cast, plaza: Plaza, matter: Conversation) -> None:
    plaza.will_send("lost_after")
    outgoing = replying.reply(matter, "What is your address?", by=cast.bea, place="private")
    leave(cast)
    outgoing.refresh_from_db()
    assert outgoing.state == "unknown"
    privately(cast, "What is your address?", f"fake-{outgoing.key}", ours=True, who="acme", after=12)
    leave(cast, 60)
    outgoing.refresh_from_db()
    assert outgoing.state == "delivered" and len(plaza.attempts) == 1
    assert Message.objects.filter(ours=True).count() == 1
    assert set(Message.objects.values_list("conversation", flat=True)) == {matter.pk}


def test_a_talk_that_was_there_before_keeps_what_was_said_in_it(cast: Cast, plaza: Plaza, matter: Conversation) -> None:
    old = privately(cast, "Do you sell kettles?", "d0", after=-3600)
    assert old.conversation_id != matter.pk
    replying.reply(matter, "What is your address?", by=cast.bea, place="private")
    leave(cast)
    late = privately(cast, "In red, please.", "d2", after=-1800)
    assert late.conversation_id == old.conversation_id, "said before we went on there"
    assert privately(cast, "12 Rose Lane", "d3", after=70).conversation_id == matter.pk
    replying.reply(old.conversation, "We do.", by=cast.bea)
    leave(cast, 120)
    assert privately(cast, "Great!", "d4", after=300).conversation_id == old.conversation_id, "we wrote there last"


def test_where_they_take_no_private_messages_it_comes_back_with_the_reason(
    cast: Cast, plaza: Plaza, matter: Conversation
) -> None:
    plaza.unwelcome = True
    outgoing = replying.reply(matter, "What is your address?", by=cast.bea, place="private")
    leave(cast)
    outgoing.refresh_from_db()
    assert (outgoing.state, outgoing.error) == ("failed", "This person takes no private messages.")
    assert not plaza.attempts
    matter.refresh_from_db()
    assert matter.state == "needs_answer"


def test_a_network_that_cannot_answers_with_a_sentence_and_never_in_public(cast: Cast) -> None:
    with registry.also(FakeChannel()):
        matter = cast.says("@ann", "@acme where is it?", id="q1")
        assert not continuing.ways(matter).both
        with pytest.raises(Refused, match="nobody can be answered in private"):
            replying.reply(matter, "Your address?", by=cast.bea, place="private")
    with registry.also(Plaza(cannot_confide="Direct messages are switched off.")):
        assert continuing.ways(matter).why_not == "Direct messages are switched off."
        with pytest.raises(Refused, match="switched off"):
            replying.reply(matter, "Your address?", by=cast.bea, place="private")
    assert Draft.objects.get().place == "private", "the draft does not come back as one for all"


def test_what_began_in_private_has_no_public(cast: Cast, plaza: Plaza) -> None:
    talk = privately(cast, "My order 4711?", "d1").conversation
    assert not continuing.ways(talk).both
    with pytest.raises(Refused, match="Nothing was said in public"):
        replying.reply(talk, "Hello!", by=cast.bea, place="public", aloud=True)


def test_what_is_taken_back_is_a_draft_for_the_same_eyes(cast: Cast, plaza: Plaza, matter: Conversation) -> None:
    outgoing = replying.reply(matter, "What is your address?", by=cast.bea, place="private")
    replying.withdraw(outgoing, by=cast.bea)
    assert Draft.objects.get().place == "private"


def test_a_look_up_that_cannot_be_made_leaves_it_unknown(cast: Cast, plaza: Plaza, matter: Conversation) -> None:
    plaza.will_send("lost_after")
    outgoing = replying.reply(matter, "What is your address?", by=cast.bea, place="private")
    leave(cast)
    plaza.unwelcome = True
    leave(cast, 60)
    outgoing.refresh_from_db()
    assert outgoing.state == "unknown" and len(plaza.attempts) == 1


def test_moves_and_the_note_that_is_owed_are_seen_from_the_turns() -> None:
    said = [("a", True), ("b", True), ("c", False), ("d", False), ("e", True)]
    assert moves(said) == [("c", False), ("e", True)]
    assert moves([]) == [] and moves([("a", False)]) == []
    them, us = False, True
    assert owes_note([(them, True), (us, False)])
    assert owes_note([(them, True), (us, False), (them, False), (us, False)])
    assert not owes_note([(them, True), (us, True), (us, False)]), "they were answered in public before"
    assert not owes_note([(them, True), (us, False), (us, True)])
    assert not owes_note([(them, False), (us, False)]), "nobody reads along"
    assert not owes_note([(them, True), (them, False)]), "they went on in private, and we have not answered yet"


def test_a_refusal_of_the_network_to_say_is_no_answer(cast: Cast, plaza: Plaza, matter: Conversation) -> None:
    plaza.will_send("refused")
    outgoing = replying.reply(matter, "Your address?", by=cast.bea, place="private")
    leave(cast)
    outgoing.refresh_from_db()
    assert outgoing.state == "failed"
    assert ChannelError(outgoing.error).message.startswith("The fake says")
