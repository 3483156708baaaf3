"""Who is told of what: each thing once, nobody of their own acts, nobody elsewhere, at the hour they wish."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport import net
from rapport.accounts.models import Member
from rapport.channels import registry
from rapport.channels.fake.channel import FakeChannel
from rapport.core import work
from rapport.core.database import now
from rapport.core.events import record
from rapport.core.models import Event, Work
from rapport.inbox import replying, working
from rapport.inbox.models import Conversation, Notification, PushAddress, PushKey, Source, Wishes
from rapport.inbox.notices import announcing, choosing, digest, pushing, wording
from rapport.inbox.notices.choosing import Choice
from tests.conftest import NOW, Cast
from tests.net.browsers import FakeBrowser, push_service

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture(autouse=True)
def network(store: str) -> Iterator[FakeChannel]:
    fake = FakeChannel()
    with registry.also(fake):
        yield fake


def wish(member: Member, **ways: str) -> Wishes:
    """This member wishes ``kind="page mail"`` and nothing else."""
    chosen = {kind: ways.get(kind, "").split() for kind in choosing.KINDS}
    return Wishes.objects.update_or_create(member=member, defaults={"ways": chosen})[0]


def told(member: Member) -> list[str]:
    rows = Notification.objects.filter(member=member, shown=True).select_related("by").order_by("pk")
    return [one.sentence for one in wording.tell(member, list(rows))]


def test_a_colleague_is_told_of_what_was_given_to_her_and_nobody_else(cast: Cast) -> None:
    row = cast.says("@ann", "@acme where is my parcel?")
    working.assign(row, cast.bea, by=cast.cem)
    work.run_due()
    assert told(cast.bea) == ["Cem gave you the conversation with @ann."]
    assert all(told(member) == [] for member in (cast.cem, cast.dana, cast.olga, cast.dot))


def test_nobody_is_told_of_their_own_acts(cast: Cast) -> None:
    working.assign(cast.says("@ann", "@acme where is my parcel?"), cast.bea, by=cast.bea)
    work.run_due()
    assert not Notification.objects.exists()


def test_a_reader_that_runs_twice_tells_once(cast: Cast) -> None:
    wish(cast.bea, assigned="page mail push")
    working.assign(cast.says("@ann", "@acme where is my parcel?"), cast.bea, by=cast.cem)
    event = Event.objects.get(verb="conversation.assigned")
    for _ in range(2):
        announcing.assigned(event)
    assert Notification.objects.count() == 1
    assert Work.objects.filter(kind__startswith="notice.").count() == 2


def test_who_has_left_or_has_no_login_is_told_nothing(cast: Cast) -> None:
    row = cast.says("@ann", "@acme where is my parcel?")
    working.assign(row, cast.bea, by=cast.cem)
    Member.objects.filter(pk=cast.bea.pk).update(left_at=now())
    work.run_due()
    assert not Notification.objects.exists()


def test_a_mention_is_told_to_whom_it_names_and_never_over_the_wall(cast: Cast) -> None:
    row = cast.says("@ann", "@acme where is my parcel?")
    for member in (cast.bea, cast.cem, cast.dot):
        record("note.mentioned", row, by=cast.cem, member=member.pk, conversation=row.pk)
    work.run_due()
    assert told(cast.bea) == ["Cem mentioned you in a note about @ann."]
    assert told(cast.cem) == told(cast.dot) == []


def test_what_needs_an_answer_is_told_to_who_wishes_it_once_until_somebody_acts(cast: Cast) -> None:
    wish(cast.bea, needs="page")
    cast.says("@ann", "@acme where is my parcel?", id="q1")
    cast.says("@ann", "@acme hello? where is it?", id="q2", reply_to="q1", at=NOW + timedelta(seconds=9))
    cast.says("@bo", "Lovely evening by the river.")
    work.run_due()
    assert told(cast.bea) == ["@ann needs an answer."]
    assert told(cast.cem) == []  # by default the stream itself is enough
    row = Conversation.objects.get(message_count=2)
    working.assign(row, cast.cem, by=cast.dana)
    cast.clock.shift(timedelta(minutes=1))
    cast.says("@ann", "@acme where IS it?", id="q3", reply_to="q1", at=now())
    work.run_due()
    assert told(cast.bea) == ["@ann needs an answer."]  # it is Cem's now, and he did not wish to hear


def test_an_answer_that_did_not_leave_is_told_to_who_wrote_it(cast: Cast, network: FakeChannel) -> None:
    network.will_send("refused")
    replying.reply(cast.says("@ann", "@acme where is my parcel?"), "On its way.", by=cast.bea)
    cast.clock.shift(timedelta(seconds=11))
    work.run_due()
    work.run_due()
    assert told(cast.bea) == ["Your answer to @ann did not reach them."] and told(cast.cem) == []


def test_a_silent_source_is_told_to_who_looks_after_sources(cast: Cast) -> None:
    Source.objects.filter(pk=cast.source.pk).update(silent_at=NOW)
    record("source.silent", cast.source, why="silent", hours=3)
    work.run_due()
    assert told(cast.dana) == ["The source Social has fallen silent."] and told(cast.bea) == []


def test_what_is_late_is_told_once_to_whose_it_is_and_else_to_who_wishes_to_know(cast: Cast) -> None:
    wish(cast.cem, late="page", needs="page")
    mine = cast.says("@ann", "@acme where is my parcel?")
    nobodys = cast.says("@bo", "@acme where is my refund?")
    Conversation.objects.filter(pk=mine.pk).update(assignee=cast.bea)
    cast.clock.move_to(max(Conversation.objects.values_list("due_at", flat=True)) + timedelta(minutes=3))
    assert announcing.lates(now()) == 2 and announcing.lates(now()) == 0
    assert told(cast.bea) == ["The answer to @ann is late."]
    assert "The answer to @bo is late." in told(cast.cem) and "The answer to @ann is late." not in told(cast.cem)
    assert nobodys.pk != mine.pk and told(cast.dot) == []


def test_a_notice_leads_to_its_conversation_and_for_a_stranger_to_nothing(cast: Cast) -> None:
    row = cast.says("@ann", "@acme where is my parcel?")
    working.assign(row, cast.bea, by=cast.cem)
    work.run_due()
    [one] = wording.tell(cast.bea, list(Notification.objects.all()))
    assert one.path == f"/w/acme/c/{row.pk}/?stream=all"
    assert wording.tell(cast.dot, list(Notification.objects.all())) == []


# When


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, 10, hour, minute, tzinfo=UTC)


NIGHT = Choice(quiet=(time(22), time(7)), zone=BERLIN)


@pytest.mark.parametrize(
    ("moment", "over"),
    [(at(20, 59), None), (at(21), datetime(2026, 3, 11, 6, tzinfo=UTC)), (at(2), at(6)), (at(6), None), (at(12), None)],
)
def test_quiet_hours_go_over_midnight_in_the_members_zone(moment: datetime, over: datetime | None) -> None:
    assert choosing.quiet_until(NIGHT, moment) == over


@given(st.times(), st.times(), st.datetimes(datetime(2025, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)))
def test_quiet_hours_always_end_within_a_day_and_a_digest_never_comes_in_them(
    begins: time, ends: time, moment: datetime
) -> None:
    choice = Choice(quiet=(begins, ends), zone=BERLIN, digest="hourly")
    over = choosing.quiet_until(choice, moment)
    assert over is None or timedelta() < over - moment <= timedelta(hours=25)
    due = choosing.digest_at(choice, moment)
    assert moment < due <= moment + timedelta(hours=27)


def test_the_digest_comes_at_the_full_hour_or_in_the_morning() -> None:
    assert choosing.digest_at(Choice(digest="hourly"), at(9, 20)) == at(10)
    assert choosing.digest_at(Choice(zone=BERLIN), at(9, 20)) == datetime(2026, 3, 11, 7, tzinfo=UTC)
    assert choosing.digest_at(Choice(zone=BERLIN), at(3)) == at(7)


# By e-mail


@pytest.fixture
def letters(monkeypatch: pytest.MonkeyPatch) -> list[EmailMessage]:
    """What the relay took."""
    taken: list[EmailMessage] = []

    def carry(relay: Any, sender: str, recipient: str, mail: bytes) -> None:
        read = message_from_bytes(mail, policy=default)
        assert isinstance(read, EmailMessage) and read["To"] == recipient
        taken.append(read)

    monkeypatch.setattr(net, "carry", carry)
    monkeypatch.setattr(net, "relay", lambda: net.Relay("mail.acme.test", 587, "desk@acme.test", "x"))
    return taken


def test_one_letter_in_the_morning_with_sentences_and_links_and_no_word_of_anybody(
    cast: Cast, letters: list[EmailMessage]
) -> None:
    wish(cast.bea, assigned="mail")
    for who in ("@ann", "@bo"):
        working.assign(cast.says(who, "@acme where is my SECRET parcel?"), cast.bea, by=cast.cem)
    work.run_due()
    assert letters == [] and told(cast.bea) == []
    cast.clock.move_to(datetime(2026, 3, 11, 8, 0, 1, tzinfo=UTC))
    work.run_due()
    [letter] = letters
    plain = letter.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert letter["Subject"] == "Acme: 2 new notices" and letter["From"].addresses[0].addr_spec == "desk@acme.test"
    assert "Cem gave you the conversation with @ann." in plain and "/w/acme/c/" in plain
    assert "SECRET" not in str(letter)
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    stop = letter["List-Unsubscribe"].strip("<>")
    assert digest.stop(stop.rstrip("/").rpartition("/")[2]) == cast.bea
    cast.clock.shift(timedelta(days=2))
    work.run_due()
    assert len(letters) == 1  # nothing new, no letter


def test_what_was_read_meanwhile_is_not_mailed(cast: Cast, letters: list[EmailMessage]) -> None:
    wish(cast.bea, assigned="page mail")
    working.assign(cast.says("@ann", "@acme where is my parcel?"), cast.bea, by=cast.cem)
    work.run_due()
    Notification.objects.update(read_at=now())
    cast.clock.shift(timedelta(days=1))
    work.run_due()
    assert letters == []


@pytest.mark.parametrize(
    ("error", "again"),
    [(net.NeverLeft("It is down."), True), (net.Unknown("It broke off."), False), (net.Rejected("No."), False)],
)
def test_a_letter_is_tried_again_only_if_it_surely_did_not_leave(
    cast: Cast, letters: list[EmailMessage], monkeypatch: pytest.MonkeyPatch, error: Exception, again: bool
) -> None:
    wish(cast.bea, assigned="mail")
    working.assign(cast.says("@ann", "@acme where is my parcel?"), cast.bea, by=cast.cem)
    work.run_due()
    works = net.carry

    def fails(*_: Any) -> None:
        raise error

    monkeypatch.setattr(net, "carry", fails)
    cast.clock.shift(timedelta(days=1))
    work.run_due()
    monkeypatch.setattr(net, "carry", works)
    cast.clock.shift(timedelta(hours=2))
    work.run_due()
    assert bool(letters) == again


def test_a_stopped_member_gets_no_letter_and_a_forged_address_stops_nobody(
    cast: Cast, letters: list[EmailMessage]
) -> None:
    wish(cast.bea, assigned="page mail")
    working.assign(cast.says("@ann", "@acme where is my parcel?"), cast.bea, by=cast.cem)
    work.run_due()
    token = digest.stop_token(cast.bea)
    assert digest.stop(token[:-1] + ("A" if token[-1] != "A" else "B")) is None and digest.stop("") is None
    digest.stop_mail(cast.bea)
    cast.clock.shift(timedelta(days=1))
    work.run_due()
    assert letters == [] and len(told(cast.bea)) == 1
    assert announcing.choice_of(Wishes.objects.get(member=cast.bea)).of("late") == frozenset()


# By push


def test_a_browser_is_told_in_words_that_only_it_can_read(cast: Cast) -> None:
    with push_service() as service:
        browser = FakeBrowser(service.url)
        pushing.add(cast.bea, **browser.form())
        wish(cast.bea, assigned="push")
        row = cast.says("@ann", "@acme where is my SECRET parcel?")
        working.assign(row, cast.bea, by=cast.cem)
        work.run_due()
        work.run_due()
        [(headers, body)] = service.got
        said = json.loads(browser.read(body))
        assert said["title"] == "Cem gave you the conversation with @ann."
        assert said["url"] == f"/w/acme/c/{row.pk}/?stream=all" and "SECRET" not in str(said)
        assert headers["content-encoding"] == "aes128gcm" and headers["authorization"].startswith("vapid t=")
        assert browser.endpoint not in PushAddress.objects.get().sealed
        assert pushing.our_key() == pushing.our_key() and pushing.our_key() not in PushKey.objects.get().sealed
        work.run_due()
        assert len(service.got) == 1


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_gone_is_forgotten(cast: Cast, status: int) -> None:
    with push_service() as service:
        service.says = status
        pushing.add(cast.bea, **FakeBrowser(service.url).form())
        wish(cast.bea, assigned="push")
        working.assign(cast.says("@ann", "@acme where is my parcel?"), cast.bea, by=cast.cem)
        work.run_due()
        work.run_due()
        assert len(service.got) == 1 and not PushAddress.objects.exists()


def test_a_busy_push_service_is_tried_again(cast: Cast) -> None:
    with push_service() as service:
        service.says = 503
        pushing.add(cast.bea, **FakeBrowser(service.url).form())
        wish(cast.bea, assigned="push")
        working.assign(cast.says("@ann", "@acme where is my parcel?"), cast.bea, by=cast.cem)
        work.run_due()
        work.run_due()
        service.says = 201
        cast.clock.shift(timedelta(minutes=1))
        work.run_due()
        assert len(service.got) == 2 and Notification.objects.get().pushed_at


def test_in_quiet_hours_nothing_rings_and_afterwards_it_comes_as_one(cast: Cast) -> None:
    with push_service() as service:
        browser = FakeBrowser(service.url)
        pushing.add(cast.bea, **browser.form())
        wishes = wish(cast.bea, assigned="push")
        wishes.quiet_from, wishes.quiet_until = time(8), time(11)
        wishes.save()
        for who in ("@ann", "@bo", "@cy"):
            working.assign(cast.says(who, "@acme where is my parcel?"), cast.bea, by=cast.cem)
        for _ in range(3):
            work.run_due()
        assert service.got == []
        cast.clock.move_to(datetime(2026, 3, 10, 11, 0, 1, tzinfo=UTC))
        work.run_due()
        [(_, body)] = service.got
        assert json.loads(browser.read(body))["title"] == "3 new notices"


def test_a_push_address_inside_our_network_is_never_asked(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAPPORT_ALLOW_LOOPBACK", "0")
    with push_service() as service:
        pushing.add(cast.bea, **FakeBrowser(service.url).form())
        wish(cast.bea, assigned="push")
        working.assign(cast.says("@ann", "@acme where is my parcel?"), cast.bea, by=cast.cem)
        work.run_due()
        work.run_due()
        assert service.got == []


def test_a_browser_that_somebody_else_uses_now_tells_only_them(cast: Cast) -> None:
    browser = FakeBrowser()
    pushing.add(cast.bea, **browser.form())
    pushing.add(cast.cem, **browser.form())
    assert [address.member for address in PushAddress.objects.all()] == [cast.cem]
    pushing.remove(cast.bea, browser.endpoint)
    assert PushAddress.objects.exists()
    pushing.remove(cast.cem, browser.endpoint)
    assert not PushAddress.objects.exists()
