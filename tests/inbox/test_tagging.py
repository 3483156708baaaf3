"""Tags: one word is one tag however it is written; on and off; renamed, made one with another."""

from __future__ import annotations

from datetime import timedelta

import pytest

from rapport.core.refusal import Refused
from rapport.inbox import tagging, undoing
from rapport.inbox.models import Conversation, Tag
from tests.conftest import NOW, Cast


@pytest.fixture
def matter(cast: Cast) -> Conversation:
    return cast.says("@ann", "@acme where is my parcel?", id="q1")


def borne(conversation: Conversation) -> list[str]:
    return list(conversation.tags.order_by("folded").values_list("name", flat=True))


def test_a_tag_is_the_same_however_it_is_written(cast: Cast, matter: Conversation) -> None:
    other = cast.says("@bo", "@acme and mine?")
    assert tagging.tag(matter, "  #Lost   parcel ", by=cast.bea)
    assert tagging.tag(matter, "lost PARCEL", by=cast.cem) is None
    assert tagging.tag(other, "Ｌost parcel", by=cast.cem)
    assert Tag.objects.count() == 1 and borne(matter) == borne(other) == ["Lost parcel"]
    assert [(tag.name, tag.used) for tag in tagging.known(cast.bea)] == [("Lost parcel", 2)]
    assert tagging.known(cast.dot) == []


@pytest.mark.parametrize("words", ["", "  ", "#", "x" * 41, "one, two", "\x00"])
def test_what_is_no_word_is_refused_in_a_sentence(cast: Cast, matter: Conversation, words: str) -> None:
    with pytest.raises(Refused, match="tag"):
        tagging.tag(matter, words, by=cast.bea)


def test_putting_on_and_taking_off_are_undone(cast: Cast, matter: Conversation) -> None:
    event = tagging.tag(matter, "VIP", by=cast.bea)
    assert event and "vip" not in str(event.facts).lower()
    with pytest.raises(Refused, match="only what you did yourself"):
        undoing.undo(matter, event.pk, by=cast.cem)
    assert undoing.undo(matter, event.pk, by=cast.bea) and borne(matter) == []
    assert not undoing.undo(matter, event.pk, by=cast.bea)
    tagging.tag(matter, "VIP", by=cast.bea)
    off = tagging.untag(matter, Tag.objects.get(), by=cast.cem)
    assert off and borne(matter) == []
    undoing.undo(matter, off.pk, by=cast.cem)
    assert borne(matter) == ["VIP"]


def test_a_tag_given_anothers_name_becomes_one_with_it(cast: Cast, matter: Conversation) -> None:
    other = cast.says("@bo", "@acme and mine?")
    for row, words in ((matter, "refund"), (matter, "Money back"), (other, "Money back")):
        tagging.tag(row, words, by=cast.bea)
    into = tagging.rename(Tag.objects.get(folded="money back"), "REFUND", by=cast.bea)
    assert into.name == "refund" and borne(matter) == borne(other) == ["refund"]
    with pytest.raises(Refused, match="still bear"):
        tagging.remove(into, by=cast.bea)
    assert tagging.rename(into, "Refunds", by=cast.bea).name == "Refunds"


def test_conversations_that_are_joined_bear_the_tags_of_both_once(cast: Cast) -> None:
    first = cast.says("@ann", "@acme where is it?", id="b", reply_to="a", at=NOW + timedelta(minutes=2))
    second = cast.says("@ann", "@acme hello?", id="c", reply_to="unknown", at=NOW + timedelta(minutes=3))
    tagging.tag(first, "one", by=cast.bea)
    for words in ("one", "two"):
        tagging.tag(second, words, by=cast.bea)
    joined = cast.says("@ann", "@acme my parcel", id="unknown", reply_to="b", at=NOW + timedelta(minutes=2, seconds=9))
    assert Conversation.objects.count() == 1 and borne(joined) == ["one", "two"]


def test_an_observer_tags_nothing(cast: Cast, matter: Conversation) -> None:
    with pytest.raises(Refused, match="may read here"):
        tagging.tag(matter, "VIP", by=cast.olga)
