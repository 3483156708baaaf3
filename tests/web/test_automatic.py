"""What leaves by itself by mail is marked, capped, and never goes to programs; two robots come to an end."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.core import work
from rapport.inbox import automatic
from rapport.inbox.automatic import LETTERS, MARKS, NOTICES, Caps, Sent, decide
from rapport.inbox.models import Disposition, Message, SelfSent, Visit
from tests.conftest import Cast
from tests.net import relays
from tests.web.chatters import answered, talk
from tests.web.test_chat import with_letters

COUNTS = st.integers(min_value=0, max_value=40)


@given(st.builds(Sent, COUNTS, COUNTS, COUNTS), st.builds(Caps, COUNTS, COUNTS, COUNTS),
       st.frozensets(st.sampled_from([*MARKS, "repeated"])))  # fmt: skip
def test_nothing_leaves_over_a_cap_or_to_a_program_and_more_never_opens_what_less_shut(
    sent: Sent, caps: Caps, marks: frozenset[str]
) -> None:
    why = decide("ann@web.test", marks, sent, caps)
    over = sent.thread >= caps.thread or sent.recipient >= caps.recipient or sent.workspace >= caps.workspace
    assert bool(why) == (over or bool(marks & MARKS))
    if why:
        more = Sent(sent.thread + 1, sent.recipient + 1, sent.workspace + 1)
        assert decide("ann@web.test", marks, more, caps)


@given(st.text(max_size=60))
def test_only_to_addresses_that_mail_can_reach_and_somebody_reads(address: str) -> None:
    decide(address, frozenset(), Sent(), LETTERS)
    for deaf in (
        "no-reply@shop.test",
        "noreply@shop.test",
        "",
        "ann",
        "ann@",
        "a b@c.test",
        "ann@b.test\nBcc: x@y.test",
    ):
        assert decide(deaf, frozenset(), Sent(), LETTERS)


def test_a_day_holds_what_its_caps_say_and_the_next_begins_anew(cast: Cast) -> None:
    def ask(to: str = "ann@web.test", about: str = "1") -> bool:
        return not automatic.claim(cast.acme.pk, to, about, Caps(3, 5, 7))

    assert [ask() for _ in range(5)] == [True] * 3 + [False] * 2
    assert [ask(about="2") for _ in range(3)] == [True, True, False]
    assert not ask("ANN@web.test", "3"), "an address is one, however it is written"
    assert [ask("bo@web.test", "4"), ask("cy@web.test", "5"), ask("di@web.test", "6")] == [True, True, False]
    automatic.give_back(cast.acme.pk, "cy@web.test", "5")
    assert ask("di@web.test", "6")
    assert not automatic.claim(cast.elsewhere.pk, "ann@web.test", "1", Caps(3, 5, 7)), "another workspace counts alone"
    cast.clock.shift(timedelta(days=1))
    assert ask()
    cast.clock.shift(timedelta(days=20))
    ask()
    assert SelfSent.objects.filter(workspace=cast.acme).count() == 1, "what is past is not kept"


@pytest.mark.slow
def test_two_robots_come_to_an_end(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    with relays.relay() as there:
        ann = with_letters(cast, monkeypatch, there.url)
        ann.says("When do you open?")
        ann.post("address", email="robot@loop.test")
        for turn in range(11):
            ann.look("")
            cast.clock.shift(timedelta(minutes=10))
            answered(ann, f"An answer by a program, number {turn}.")
            cast.clock.shift(timedelta(minutes=5))
            work.run_due()
            ann.says(f"I am out of the office, for the time number {turn}.", once=f"once-{turn:06}")
        assert len(there.taken) == LETTERS.thread
        assert all(b"Auto-Submitted: auto-generated" in raw for _, _, raw in there.taken)
        assert "no more until tomorrow" in Visit.objects.get().error
        assert talk(ann).messages.filter(ours=True).count() == 11, "every answer stands in the chat"


@pytest.mark.parametrize("mark", sorted(MARKS))
def test_no_letter_goes_where_a_program_wrote_last(cast: Cast, mark: str) -> None:
    cast.says("ann@web.test", "I am away until Monday.")
    Disposition.objects.filter(message=Message.objects.get()).update(reasons=[{"code": f"suspicion.{mark}"}])
    assert automatic.claim(cast.acme.pk, "Ann@web.test", "1", LETTERS)
    assert not automatic.claim(cast.acme.pk, "bo@web.test", "1", LETTERS)
    assert not automatic.claim(cast.acme.pk, "ann@web.test", "1", NOTICES, marks=frozenset())
    cast.says("ann@web.test", "Back again: where is my parcel?")
    assert not automatic.claim(cast.acme.pk, "ann@web.test", "2", LETTERS), "a person writes there now"
