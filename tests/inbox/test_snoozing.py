"""Snooze: out of sight until a time, back at that time exactly once, and at once when they write."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.core.models import Event
from rapport.core.refusal import Refused
from rapport.inbox import checking, snoozing, undoing, waking, working
from rapport.inbox.models import Conversation
from tests.conftest import NOW, Cast

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = ["UTC", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Africa/Casablanca"]


@pytest.fixture
def matter(cast: Cast) -> Conversation:
    return cast.says("@ann", "@acme where is my parcel?", id="q1")


def stands(conversation: Conversation) -> tuple[str, datetime | None]:
    conversation.refresh_from_db()
    return conversation.state, conversation.snoozed_until


def test_it_leaves_the_desk_and_comes_back_once_at_its_time(cast: Cast, matter: Conversation) -> None:
    working.assign(matter, cast.bea, by=cast.bea)
    due = matter.due_at
    snoozing.snooze(matter, "hour", by=cast.bea)
    assert stands(matter) == ("snoozed", NOW + timedelta(hours=1))
    counts = Conversation.counts(cast.bea)
    assert (counts["needs"], counts["mine"], counts["waiting"]) == (0, 0, 1) and not checking.miscounted()
    cast.clock.shift(timedelta(minutes=59))
    assert waking.wake() == 0
    cast.clock.shift(timedelta(minutes=2))
    assert waking.wake() == 1 and waking.wake() == 0
    assert stands(matter) == ("needs_answer", None) and matter.due_at == due
    assert [e.facts for e in Event.objects.filter(verb="conversation.woken")] == [
        {"to": "needs_answer", "code": "time"}
    ]
    assert Conversation.counts(cast.bea)["mine"] == 1 and not checking.miscounted()


def test_their_next_message_wakes_it_at_once_even_a_thank_you(cast: Cast, matter: Conversation) -> None:
    for number, words in enumerate(("@acme it is still not here, where is it?", "@acme thank you, it came!")):
        snoozing.snooze(matter, "hour", by=cast.bea)
        cast.says("@ann", words, id=f"m{number}", reply_to="q1", at=NOW + timedelta(minutes=1 + number))
        assert stands(matter) == ("needs_answer", None)
    codes = [event.facts["code"] for event in Event.objects.filter(verb="conversation.woken")]
    assert codes == ["message", "message"] and not checking.miscounted()
    cast.clock.shift(timedelta(hours=3))
    assert waking.wake() == 0


def test_our_answer_from_the_network_ends_it_and_it_does_not_wake_later(cast: Cast, matter: Conversation) -> None:
    snoozing.snooze(matter, "hour", by=cast.bea)
    cast.says("@acme", "It left today.", id="a1", reply_to="q1", at=NOW + timedelta(minutes=1))
    assert stands(matter) == ("settled", None)
    cast.clock.shift(timedelta(hours=3))
    assert waking.wake() == 0 and not checking.miscounted()


def test_what_was_snoozed_anew_does_not_wake_at_its_first_time(cast: Cast, matter: Conversation) -> None:
    snoozing.snooze(matter, "hour", by=cast.bea)
    snoozing.snooze(matter, "2026-03-12T09:00", by=cast.bea)
    cast.clock.shift(timedelta(hours=2))
    assert waking.wake() == 0
    cast.clock.move_to(datetime(2026, 3, 12, 9, 0, 1, tzinfo=UTC))
    assert waking.wake() == 1


def test_a_clock_that_was_moved_wakes_it_late_or_early_but_once(cast: Cast, matter: Conversation) -> None:
    snoozing.snooze(matter, "hour", by=cast.bea)
    cast.clock.shift(timedelta(days=-2))
    assert waking.wake() == 0
    cast.clock.shift(timedelta(days=30))
    assert waking.wake() == 1
    cast.clock.shift(timedelta(days=-29))
    assert waking.wake() == 0 and stands(matter) == ("needs_answer", None)


def test_undo_puts_it_back_and_no_time_wakes_it_again(cast: Cast, matter: Conversation) -> None:
    event = snoozing.snooze(matter, "hour", by=cast.bea)
    assert undoing.undo(matter, event.pk, by=cast.bea)
    assert stands(matter) == ("needs_answer", None)
    cast.clock.shift(timedelta(hours=2))
    assert waking.wake() == 0 and not undoing.undo(matter, event.pk, by=cast.bea)


def test_once_awake_the_snooze_is_no_longer_undone(cast: Cast, matter: Conversation) -> None:
    event = snoozing.snooze(matter, "hour", by=cast.bea)
    cast.clock.shift(timedelta(hours=2))
    waking.wake()
    with pytest.raises(Refused, match="It has woken since"):
        undoing.undo(matter, event.pk, by=cast.bea)


def test_what_nobody_owed_is_due_when_it_wakes(cast: Cast) -> None:
    quiet = cast.says("@bo", "Lovely evening by the river.")
    assert quiet.state == "quiet"
    snoozing.snooze(quiet, "hour", by=cast.bea)
    cast.clock.shift(timedelta(hours=2))
    waking.wake()
    assert stands(quiet)[0] == "needs_answer" and quiet.due_at == NOW + timedelta(hours=1)


def test_a_joined_conversation_is_never_asleep_for_good(cast: Cast) -> None:
    first = cast.says("@ann", "@acme where is it?", id="b", reply_to="a", at=NOW + timedelta(minutes=2))
    second = cast.says("@ann", "Lovely evening.", id="c", reply_to="unknown", at=NOW + timedelta(minutes=3))
    working.assign(second, cast.bea, by=cast.bea)
    snoozing.snooze(first, "hour", by=cast.bea)
    joined = cast.says("@ann", "And so on.", id="unknown", reply_to="b", at=NOW + timedelta(minutes=2, seconds=9))
    assert joined.state in {"snoozed", "needs_answer"} and not checking.miscounted()
    cast.clock.shift(timedelta(hours=2))
    waking.wake()
    assert stands(joined) == ("needs_answer", None)


@pytest.mark.parametrize("words", ["", "soon", "2026-03-10T08:59", "2027-06-01T09:00", "0001-01-01T00:00", "9" * 400])
def test_a_time_that_cannot_be_is_refused_in_a_sentence(cast: Cast, matter: Conversation, words: str) -> None:
    with pytest.raises(Refused):
        snoozing.snooze(matter, words, by=cast.bea)
    assert stands(matter) == ("needs_answer", None)


def test_nine_o_clock_is_nine_where_the_member_works_on_the_day_the_clocks_change() -> None:
    saturday = datetime(2026, 3, 28, 11, 0, tzinfo=UTC)  # in Berlin the clocks go forward in the night
    found = {one.code: one.at for one in snoozing.presets(saturday, BERLIN)}
    assert found["tomorrow"] == datetime(2026, 3, 29, 7, 0, tzinfo=UTC)  # 9:00 in summer time
    assert found["monday"] == datetime(2026, 3, 30, 7, 0, tzinfo=UTC)
    assert snoozing.chosen("2026-03-29T02:30", saturday, BERLIN) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_on_sunday_monday_is_tomorrow_and_in_the_evening_there_is_no_afternoon() -> None:
    sunday = datetime(2026, 3, 8, 18, 0, tzinfo=UTC)
    assert [one.code for one in snoozing.presets(sunday, BERLIN)] == ["hour", "tomorrow"]


@given(st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)), st.sampled_from(ZONES))
def test_every_preset_lies_ahead_within_eight_days_and_they_differ(moment: datetime, zone: str) -> None:
    found = snoozing.presets(moment, ZoneInfo(zone))
    times = [one.at for one in found]
    assert all(moment < at <= moment + timedelta(days=8) for at in times)
    assert all(one.at.astimezone(ZoneInfo(zone)).hour == 9 for one in found if one.code in {"tomorrow", "monday"})
    assert len({one.code for one in found}) == len(found)
