"""An edited message is read again: what it no longer says is forgotten, what it says now is remembered."""

from __future__ import annotations

from rapport.inbox import promising
from rapport.inbox.models import Fact, Message, Promise
from tests.conftest import Cast
from tests.web.test_person import sort_in


def test_an_edit_takes_back_a_promise_and_a_fact_and_brings_others(cast: Cast) -> None:
    cast.says("@ann", "@acme I love the A380. I will send you a photo tomorrow.", id="1", version="v1")
    sort_in()
    assert Promise.objects.count() == 1 and Fact.objects.get().thing == "the A380"
    cast.says("@ann", "@acme I love the A350. Fine! I will return the key by Friday.", id="1", version="v2")
    sort_in()
    row = Promise.objects.get()
    text = Message.objects.get().text
    assert text[row.start : row.end] == "I will return the key by Friday"
    assert [fact.thing for fact in Fact.objects.all()] == ["the A350"]


def test_a_promise_that_was_kept_stays_kept_though_its_words_changed(cast: Cast) -> None:
    cast.says("@ann", "@acme I will send you a photo tomorrow.", id="1", version="v1")
    sort_in()
    promising.keep(Promise.objects.get(), by=cast.bea)
    cast.says("@ann", "@acme never mind", id="1", version="v2")
    sort_in()
    assert Promise.objects.get().kept_at is not None
