"""A connected source is kept connected: polled, listened to, degraded, refused, renewed; nothing is lost or doubled."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from rapport import net
from rapport.channels import envelopes, registry
from rapport.channels.base import Batch, ChannelError, Item, Settings, Stop
from rapport.channels.fake.channel import FakeChannel
from rapport.core.database import now
from rapport.core.models import Event
from rapport.inbox import adjusting, handed, keeping, renewing
from rapport.inbox.models import Arrival, Source, Spent
from rapport.inbox.standing import LONGEST, next_visit, standing
from rapport.ingest import visiting, worker
from rapport.ingest.accepting import Lost, accept
from rapport.ingest.keeper import Keeper, claim
from tests.conftest import NOW, Cast, make_cast


def item(id: str, text: str = "hello") -> Item:
    return Item(envelopes.build(network="fake", external_id=id, author="ann", text=text, direct=True), text.encode())


def poll(source: Source) -> None:
    """One visit, as the keeper makes it."""
    source.refresh_from_db()
    token = claim(source)
    assert token
    visiting.visit(source, token, threading.Event(), lambda: None, listen=False)
    source.refresh_from_db()


@pytest.fixture
def fake(cast: Cast) -> Iterator[FakeChannel]:
    channel = FakeChannel()
    with registry.also(channel):
        yield channel


def verbs(source: Source) -> list[str]:
    rows = Event.objects.filter(subject="source", subject_id=source.pk).order_by("pk")
    return list(rows.values_list("verb", flat=True))


def test_what_is_fetched_is_stored_with_its_cursor_until_there_is_no_more(cast: Cast, fake: FakeChannel) -> None:
    fake.will_fetch(Batch((item("1"), item("2")), cursor="b", more=True), Batch((item("3"),), cursor="c"))
    poll(cast.source)
    assert fake.fetched == [None, "b"]
    assert (cast.source.cursor, Arrival.objects.count(), cast.source.standing) == ("c", 3, "connected")
    assert cast.source.visit_at is not None and timedelta() < cast.source.visit_at - now() <= timedelta(seconds=66)
    assert cast.source.lease == ""


def test_a_hiccup_is_no_trouble_two_are_and_the_next_answer_ends_it(cast: Cast, fake: FakeChannel) -> None:
    no = ChannelError("The fake could not be reached.")
    fake.will_fetch(no, no, ChannelError("Busy.", retry_after=timedelta(minutes=5)), Batch())
    poll(cast.source)
    assert (cast.source.standing, cast.source.error) == ("connected", "The fake could not be reached.")
    poll(cast.source)
    assert cast.source.standing == "degraded"
    poll(cast.source)
    assert cast.source.visit_at is not None and cast.source.visit_at - now() >= timedelta(minutes=5)
    assert verbs(cast.source) == ["source.degraded"], "said once"
    poll(cast.source)
    assert (cast.source.standing, cast.source.error, cast.source.failures) == ("connected", "", 0)
    assert verbs(cast.source) == ["source.degraded", "source.recovered"]


def test_refused_credentials_wait_for_a_person_and_the_history_stays(cast: Cast, fake: FakeChannel) -> None:
    cast.source.keep_settings({"token": "old", "session_access": "dead"})
    cast.source.save()
    fake.will_fetch(Batch((item("1"),), cursor="a"), ChannelError("The token is revoked.", reauthorise=True))
    poll(cast.source)
    poll(cast.source)
    assert cast.source.standing == "needs_reauthorisation"
    assert cast.source.visit_at is not None and cast.source.visit_at - now() >= timedelta(minutes=30)
    adjusting.adjust(cast.source, "Social", {"token": "new"}, by=cast.dana)
    cast.source.refresh_from_db()
    assert cast.source.settings == {"token": "new"}, "what the old credentials opened is void"
    assert cast.source.visit_at is None, "looked at again at once"
    poll(cast.source)
    assert (cast.source.standing, cast.source.cursor) == ("connected", "a")
    assert Arrival.objects.count() == 1
    assert "source.reauthorised" in verbs(cast.source)


def test_whoever_lost_the_source_stores_nothing(cast: Cast, fake: FakeChannel) -> None:
    token = claim(cast.source)
    adjusting.pause(cast.source, by=cast.dana)
    with pytest.raises(Lost):
        accept(cast.source, Batch((item("1"),), cursor="z"), token=token)
    assert Arrival.objects.count() == 0
    cast.source.refresh_from_db()
    assert cast.source.cursor == ""
    assert not claim(cast.source), "a paused source is nobody's"


def test_a_fault_of_ours_is_said_and_does_not_stop_the_keeper(cast: Cast, fake: FakeChannel) -> None:
    fake.fetch = lambda settings, cursor: 1 / 0  # type: ignore[assignment,method-assign]
    poll(cast.source)
    assert "broke on our side" in cast.source.error


def test_a_dying_credential_is_announced_once_before_it_dies(cast: Cast, fake: FakeChannel) -> None:
    dies = NOW + timedelta(days=30)
    fake.will_fetch(*[Batch(expires_at=dies)] * 4)
    poll(cast.source)
    assert verbs(cast.source) == []
    cast.clock.shift(timedelta(days=24))
    poll(cast.source)
    poll(cast.source)
    assert verbs(cast.source) == ["source.expires_soon"]
    fake.will_fetch(*[Batch(expires_at=dies + timedelta(days=60))] * 2)
    while fake.fetched and cast.source.expires_at == dies:
        poll(cast.source)
    cast.clock.shift(timedelta(days=60))
    poll(cast.source)
    assert verbs(cast.source) == ["source.expires_soon", "source.expires_soon"]


@dataclass
class Priced(FakeChannel):
    """A network that is paid for each request."""

    currency: str = "USD"

    def price(self, method: str, url: str) -> int:
        return 5_000

    def fetch(self, settings: Settings, cursor: str | None) -> Batch:
        try:
            net.request("GET", "http://127.0.0.1:9/", retries=0)
        except net.Refused as error:
            raise ChannelError(error.message, permanent=True) from error
        except net.NetError:
            return super().fetch(settings, cursor)
        raise AssertionError("nothing listens there")


@pytest.mark.parametrize(
    ("limit", "words"),
    [({"requests_a_day": 2}, "2 requests today"), ({"cost_a_day": 12_000}, "0.01 USD today")],
)
def test_a_spent_budget_is_said_and_ends_with_the_day(cast: Cast, limit: dict[str, int], words: str) -> None:
    Source.objects.filter(pk=cast.source.pk).update(**limit)
    with registry.also(Priced()):
        for _ in range(3):
            poll(cast.source)
        assert words in cast.source.error
        assert cast.source.visit_at == datetime(2026, 3, 11, tzinfo=UTC)
        spent = Spent.objects.get()
        assert (spent.requests, spent.cost) == (2, 10_000)
        cast.clock.shift(timedelta(days=1))
        poll(cast.source)
        assert cast.source.error == ""


def test_credentials_renewed_by_another_are_taken_and_not_renewed_again(cast: Cast) -> None:
    cast.source.keep_settings({"token": "t", "session_refresh": "1"})
    cast.source.save()
    first, second = renewing.connected(cast.source), renewing.connected(cast.source)
    first.renew(lambda held: {"session_refresh": "2"})
    second.renew(lambda held: pytest.fail("a refresh token is used once"))
    assert first == second == {"token": "t", "session_refresh": "2"}
    cast.source.refresh_from_db()
    assert cast.source.settings == dict(first)


def test_a_person_who_gives_new_credentials_in_that_moment_wins(cast: Cast) -> None:
    cast.source.keep_settings({"token": "old"})
    cast.source.save()

    def make(held: Mapping[str, str]) -> Mapping[str, str]:
        with registry.also(FakeChannel()):
            adjusting.adjust(Source.objects.get(pk=cast.source.pk), "Social", {"token": "new"}, by=cast.dana)
        return {"session_refresh": "from the old one"}

    settings = renewing.connected(cast.source)
    settings.renew(make)
    assert dict(settings) == {"token": "new"} == Source.objects.get(pk=cast.source.pk).settings


def test_a_renewal_that_fails_changes_nothing_and_holds_nobody_up(cast: Cast) -> None:
    cast.source.keep_settings({"token": "t"})
    cast.source.save()

    def make(held: Mapping[str, str]) -> Mapping[str, str]:
        raise ChannelError("The token is revoked.", reauthorise=True)

    with pytest.raises(ChannelError):
        renewing.connected(cast.source).renew(make)
    assert renewing.connected(cast.source).renew(lambda held: {"session_a": "b"})["session_a"] == "b"


class Died(BaseException):
    """kill -9, as a test can do it: nothing of ours runs afterwards."""


def test_what_the_network_gave_to_somebody_who_died_is_found_by_who_comes_next(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast.source.keep_settings({"token": "t", "session_refresh": "1"})
    cast.source.save()

    def died(self: Source, values: dict[str, str]) -> None:
        raise Died

    with monkeypatch.context() as dying, pytest.raises(Died):
        dying.setattr(Source, "keep_settings", died)  # the network has answered, the database has nothing yet
        renewing.connected(cast.source).renew(lambda held: {"session_refresh": "2"})
    assert Source.objects.get(pk=cast.source.pk).settings["session_refresh"] == "1"
    sealed = (Path(settings.DATA) / "renewed" / str(cast.source.pk)).read_text()
    assert "session_refresh" not in sealed and sealed != "2"
    Source.objects.filter(pk=cast.source.pk).update(visit_at=now() + timedelta(hours=1))
    if connection.vendor == "sqlite":
        worker.take_over()
        assert Source.objects.get(pk=cast.source.pk).visit_at is None, "looked at while the network may forgive"
    else:
        cast.clock.shift(renewing.HOLD + timedelta(seconds=1))
    found = renewing.connected(Source.objects.get(pk=cast.source.pk))
    found.renew(lambda held: pytest.fail("a refresh token is used once"))
    assert found["session_refresh"] == "2" == Source.objects.get(pk=cast.source.pk).settings["session_refresh"]
    found.renew(lambda held: {"session_refresh": "3"})
    assert found["session_refresh"] == "3", "what was found once is not found again"


def test_what_was_given_for_other_credentials_is_of_no_use(cast: Cast) -> None:
    cast.source.keep_settings({"token": "new"})
    cast.source.save()
    handed.note(cast.source.pk, {"token": "old"}, {"session_refresh": "from the old one"})
    source = renewing.connected(cast.source)
    source.renew(lambda held: {"session_refresh": "from the new one"})
    assert source["session_refresh"] == "from the new one"


@pytest.mark.parametrize(
    ("facts", "word"),
    [
        ({}, "connected"),
        ({"silent": True}, "silent"),
        ({"silent": True, "failing": True}, "degraded"),
        ({"failing": True, "refused": True}, "needs_reauthorisation"),
        ({"refused": True, "paused": True}, "paused"),
    ],
)
def test_a_source_stands_in_one_word(facts: dict[str, bool], word: str) -> None:
    assert standing(**{"paused": False, "refused": False, "failing": False, "silent": False} | facts) == word


@given(st.integers(0, 10_000), st.floats(0, 1, exclude_max=True), st.integers(0, 86_400), st.booleans())
def test_the_next_visit_is_never_before_the_wish_and_never_out_of_sight(
    failures: int, chance: float, wish: int, refused: bool
) -> None:
    every, wished = timedelta(minutes=1), timedelta(seconds=wish)
    due = next_visit(NOW, failures=failures, every=every, retry_after=wished, refused=refused, chance=chance)
    assert due >= NOW + wished
    assert due > NOW
    assert due - NOW <= max(wished, timedelta(minutes=45), LONGEST * 1.5)


# Threads, streams and a network that behaves badly: commits must be real.


@dataclass
class Talking(FakeChannel):
    """A network with a log of everything said; a stream breaks after ``breaks`` pieces, and forgets what came between."""

    log: list[Item] = field(default_factory=list)
    breaks: int = 3
    streams: int = 0
    every: timedelta = timedelta(seconds=0.2)

    def fetch(self, settings: Settings, cursor: str | None) -> Batch:
        start = int(cursor or 0)
        end = min(len(self.log), start + 5)
        return Batch(tuple(self.log[start:end]), cursor=str(end), more=end < len(self.log))

    def listen(self, settings: Settings, cursor: str | None, stop: Stop) -> Iterator[Batch]:
        self.streams += 1
        seen = len(self.log)
        time.sleep(0.02)  # whatever is said now is heard by nobody
        yield Batch()
        for _ in range(self.breaks):
            while len(self.log) == seen:
                if stop.wait(0.01):
                    return
            yield Batch(tuple(self.log[seen : seen + 1]), cursor=f"s{seen}")
            seen += 1
        raise ChannelError("The stream broke.")


@pytest.mark.slow
def test_through_fifty_broken_streams_everything_said_is_stored_once(committed: str, monkeypatch: Any) -> None:
    monkeypatch.setattr(visiting, "next_visit", lambda moment, **facts: moment)
    cast, channel = make_cast(), Talking()
    with registry.also(channel):
        keeper, stop = Keeper(), threading.Event()
        thread = threading.Thread(target=keeper.run, args=(stop,))
        thread.start()
        said, deadline = 0, time.monotonic() + 60
        while (channel.streams < 50 or said < 200) and time.monotonic() < deadline:
            channel.log.append(item(f"m{said}", f"word {said}"))
            said += 1
            time.sleep(0.02)
        while Arrival.objects.count() < said and time.monotonic() < deadline:
            time.sleep(0.1)
        stop.set()
        thread.join(10)
    assert channel.streams >= 50
    assert Arrival.objects.count() == said
    source = Source.objects.get(pk=cast.source.pk)
    assert (source.lease, keeper.held) == ("", [])


@pytest.mark.slow
def test_two_keepers_share_the_sources_and_never_one(committed: str) -> None:
    cast = make_cast()
    inside, worst, lock = dict[str, int](), [0], threading.Lock()

    class Slow(FakeChannel):
        every = timedelta(0)

        def fetch(self, settings: Settings, cursor: str | None) -> Batch:
            name = settings["token"]
            with lock:
                inside[name] = inside.get(name, 0) + 1
                worst[0] = max(worst[0], inside[name])
            time.sleep(0.02)
            with lock:
                inside[name] -= 1
            self.fetched.append(name)
            return Batch()

    channel = Slow()
    for n in range(4):
        source = Source(workspace=cast.acme, kind="fake", name=f"Social {n}")
        source.keep_settings({"token": str(n)})
        source.save()
    Source.objects.filter(pk=cast.source.pk).delete()
    with registry.also(channel):
        stop, keepers = threading.Event(), [Keeper(), Keeper()]
        threads = [threading.Thread(target=one.run, args=(stop,)) for one in keepers]
        for thread in threads:
            thread.start()
        time.sleep(3)
        stop.set()
        for thread in threads:
            thread.join(10)
    assert worst == [1]
    assert set(channel.fetched) == {"0", "1", "2", "3"}


@pytest.mark.slow
def test_ten_who_renew_at_once_ask_the_network_once(committed: str) -> None:
    cast, asked = make_cast(), list[int]()
    cast.source.keep_settings({"session_refresh": "0"})
    cast.source.save()

    def make(held: Mapping[str, str]) -> Mapping[str, str]:
        asked.append(1)
        time.sleep(0.2)
        return {"session_refresh": str(int(held["session_refresh"]) + 1)}

    settings = [renewing.connected(cast.source) for _ in range(10)]
    threads = [threading.Thread(target=one.renew, args=(make,)) for one in settings]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(asked) == 1
    assert {one["session_refresh"] for one in settings} == {"1"}


@pytest.mark.slow
def test_a_paused_source_falls_silent_and_a_dead_listener_is_given_up(committed: str) -> None:
    cast = make_cast()

    class Deaf(FakeChannel):
        def listen(self, settings: Settings, cursor: str | None, stop: Stop) -> Iterator[Batch]:
            yield Batch()
            stop.wait(30)

    with registry.also(Deaf()):
        keeper = Keeper(stale=0.5)
        keeper.step()
        held = keeper.held[0]
        deadline = time.monotonic() + 10
        while not held.stop.is_set() and time.monotonic() < deadline:
            keeper._renewed = 0
            keeper.step()
            time.sleep(0.1)
        assert held.stop.is_set()
        keeper.end()
        Source.objects.filter(pk=cast.source.pk).update(visit_at=None)
        other = Keeper()
        other.step()
        assert len(other.held) == 1
        adjusting.pause(cast.source, by=cast.dana)
        other._renewed = 0
        other.step()
        assert other.held == [] or other.held[0].stop.is_set()
        other.end()


def test_the_keeper_is_one_of_the_loops(cast: Cast) -> None:
    assert worker.keep in worker.LOOPS
    Source.objects.filter(pk=cast.source.pk).update(lease="x", lease_until=now() + timedelta(hours=1))
    worker.take_over()
    cast.source.refresh_from_db()
    alone = connection.vendor == "sqlite"  # beside PostgreSQL another process may hold it
    assert cast.source.lease == ("" if alone else "x")


def test_only_refused_credentials_are_blamed_on_the_source_when_an_answer_fails(cast: Cast) -> None:
    keeping.refused(cast.source, ChannelError("Blocked.", permanent=True))
    cast.source.refresh_from_db()
    assert cast.source.standing == "connected"
    keeping.refused(cast.source, ChannelError("Revoked.", reauthorise=True))
    cast.source.refresh_from_db()
    assert cast.source.standing == "needs_reauthorisation"
