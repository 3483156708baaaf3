"""What was said before a source was connected comes along once, rings nowhere, and is steered like an import."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from rapport import net
from rapport.channels import envelopes, registry
from rapport.channels.base import Batch, ChannelError, Item, Settings
from rapport.channels.fake.channel import FakeChannel
from rapport.core import work
from rapport.core.models import Event, Work
from rapport.core.refusal import Refused
from rapport.inbox import adjusting, checking
from rapport.inbox.models import Arrival, Conversation, Message, Notification, Spent, Wishes
from rapport.ingest import bringing, importing, pipeline, progressing, reprocessing
from rapport.ingest.accepting import accept
from rapport.ingest.replaying import Scope
from tests.conftest import NOW, Cast
from tests.ingest.test_keeping import poll


def said(
    id: str, ago: timedelta, text: str = "@acme where is my parcel?", *, ours: bool = False, thread: str = ""
) -> Item:
    envelope = envelopes.build(
        network="fake", external_id=id, author="@acme" if ours else f"ann{thread or id}", text=text, said_at=NOW - ago,
        thread=thread or id, direct=True, ours=ours or None,
    )  # fmt: skip
    return Item(envelope, text.encode())


def days(n: float) -> timedelta:
    return timedelta(days=n)


@dataclass
class PastChannel(FakeChannel):
    """A fake that remembers: pages of the past, or troubles, in order."""

    past: list[Any] = field(default_factory=list)
    asked: list[tuple[datetime, str | None]] = field(default_factory=list)

    def backfill(self, settings: Settings, since: datetime, cursor: str | None) -> Batch:
        if self.costs:
            try:
                net.request("GET", "http://127.0.0.1:1/", retries=0)
            except net.NetError as error:
                raise ChannelError(error.message) from error
        self.asked.append((since, cursor))
        page = int(cursor or 0)
        if page < len(self.past) and not isinstance(self.past[page], tuple):
            raise self.past.pop(page)
        items = self.past[page] if page < len(self.past) else ()
        return Batch(
            items, cursor=str(page + 1), more=page + 1 < len(self.past), far=(page + 1) / max(1, len(self.past))
        )

    costs: bool = False


@pytest.fixture
def fake(cast: Cast) -> Iterator[PastChannel]:
    channel = PastChannel()
    with registry.also(channel):
        yield channel


def bring(cast: Cast, horizon: str = "30") -> int:
    job = bringing.start(cast.source, horizon, by=cast.dana)
    while work.run_due(only=(bringing.KIND,)):
        pass
    return job


def seen(job: int) -> progressing.Progress:
    found = progressing.of(job)
    assert found is not None
    return found


def state(id: str) -> tuple[str, bool]:
    """Of a conversation: its state, and whether a clock runs."""
    row = Conversation.objects.get(thread=id)
    return row.state, row.due_at is not None


def test_recent_ones_stand_on_the_desk_without_a_clock_and_older_ones_are_read_not_owed(
    cast: Cast, fake: PastChannel
) -> None:
    Wishes.objects.create(member=cast.bea, ways={"needs": ["page"], "late": ["page"], "frustrated": ["page"]})
    fake.past = [
        (said("recent", days(2)), said("old", days(20)), said("edge", days(7))),
        (
            said("danger", days(20), "@acme your charger caught fire and my son was burned"),
            said("ancient", days(31), "@acme your charger caught fire and my son was burned"),
            said("asked", days(3), thread="answered"),
            said("told", days(2.9), "It is on its way.", ours=True, thread="answered"),
        ),
    ]
    job = bring(cast)
    assert state("recent") == ("needs_answer", False) == state("edge") == state("danger")
    assert state("old") == ("quiet", False) == state("ancient")
    assert state("answered") == ("settled", False), "whom we answered elsewhere does not wait"
    assert list(Conversation.objects.stream("needs", cast.bea).values_list("thread", flat=True)[:1]) == ["danger"]
    far = seen(job)
    assert (far.state, far.read, far.fresh, far.needs, far.past) == ("done", 7, 7, 3, 2)
    while work.run_due():
        pass
    assert not Notification.objects.exists(), "nothing rings"
    assert not checking.miscounted()
    asked = fake.asked[0]
    assert asked[0] == NOW - days(30) and [cursor for _, cursor in fake.asked] == [None, "1"]
    assert Event.objects.filter(verb="backfill.started", by_id=cast.dana.pk).count() == 1
    assert Event.objects.get(verb="backfill.ended").facts == {"read": 7, "early": False}


def test_what_comes_afterwards_is_news_though_it_joins_what_was_brought(cast: Cast, fake: PastChannel) -> None:
    Wishes.objects.create(member=cast.bea, ways={"needs": ["page"]})
    fake.past = [(said("old", days(20), thread="talk"), said("later", timedelta(minutes=-10), thread="other"))]
    cast.clock.shift(timedelta(minutes=20))
    bring(cast)
    assert state("other") == ("needs_answer", True), "said after it was connected: as if it had come by itself"
    assert state("talk") == ("quiet", False)
    accept(cast.source, Batch((said("now", timedelta(minutes=-15), thread="talk"),)))
    pipeline.run()
    assert state("talk") == ("needs_answer", True)
    while work.run_due():
        pass
    assert Notification.objects.filter(kind="needs").count() == 2


def test_a_first_look_belongs_to_what_was_wished_for_and_else_is_news(cast: Cast, fake: PastChannel) -> None:
    fake.will_fetch(Batch((said("hours", timedelta(hours=5)),), cursor="a"))
    poll(cast.source)
    pipeline.run()
    assert state("hours") == ("needs_answer", True)
    cast.source.cursor = ""
    cast.source.save()
    bringing.start(cast.source, "7", by=cast.dana)
    fake.will_fetch(Batch((said("six", timedelta(hours=6)), said("just", timedelta(minutes=2))), cursor="b"))
    poll(cast.source)
    pipeline.run()
    assert (state("six"), state("just")) == (("needs_answer", False), ("needs_answer", True))


def test_killed_between_any_two_steps_it_loses_and_doubles_nothing(
    cast: Cast, fake: PastChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake.past = [tuple(said(f"{page}-{n}", days(page + 1)) for n in range(4)) for page in range(5)]
    job = bringing.start(cast.source, "30", by=cast.dana)
    honest, runs = pipeline.run, []

    def die(*args: object, **more: object) -> int:
        runs.append(1)
        if len(runs) in {1, 4, 7}:
            raise KeyboardInterrupt  # nothing in the job may catch it: it stands for a process that is gone
        return honest(*args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(pipeline, "run", die)
    deaths = 0
    for _ in range(10):
        Work.objects.filter(pk=job).update(lease="", lease_until=None)  # as take_over does, or time
        Arrival.objects.update(lease="", lease_until=None)
        try:
            if not work.run_due(only=(bringing.KIND,)):
                break
        except KeyboardInterrupt:
            deaths += 1
    assert deaths == 3
    assert (Message.objects.count(), Arrival.objects.count()) == (20, 20)
    assert seen(job).state == "done" and seen(job).read == 20
    assert [cursor for _, cursor in fake.asked] == [None, "1", "2", "3", "4"], "no page was asked for twice"


def test_it_is_paused_goes_on_and_is_ended(cast: Cast, fake: PastChannel) -> None:
    fake.past = [(said(str(n), days(1)),) for n in range(4)]
    job = bringing.start(cast.source, "7", by=cast.dana)
    row = Work.objects.get(pk=job)
    importing.pause(row, by=cast.dana)
    assert not work.run_due(only=(bringing.KIND,)) and seen(job).state == "paused"
    assert bringing.start(cast.source, "7", by=cast.dana) == job, "the same wish lets it go on"
    with pytest.raises(Refused):
        bringing.start(cast.source, "365", by=cast.dana)
    with pytest.raises(Refused):
        bringing.end(row, by=cast.bea)
    bringing.end(row, by=cast.dana)
    assert seen(job).state == "done" and not work.run_due(only=(bringing.KIND,))
    with pytest.raises(Refused):
        bringing.end(row, by=cast.dana)
    assert bring(cast, "365") != job
    assert Message.objects.count() == 4


def test_taking_it_out_leaves_what_came_by_itself(cast: Cast, fake: PastChannel) -> None:
    fake.past = [(said("old", days(20)), said("recent", days(1)), said("kept", days(2)), said("both", days(3)))]
    accept(cast.source, Batch((said("both", days(3)),)))
    pipeline.run()
    job = bring(cast)
    accept(cast.source, Batch((said("live", -timedelta(minutes=1)),), cursor="place"))
    pipeline.run()
    cast.source.refresh_from_db()
    Conversation.objects.filter(thread="kept").update(touched_at=NOW)
    importing.cancel(Work.objects.get(pk=job), by=cast.dana)
    work.run_due(only=(bringing.KIND,))
    assert sorted(Conversation.objects.values_list("thread", flat=True)) == ["both", "kept", "live"]
    far = seen(job)
    assert (far.state, far.removed, far.kept) == ("cancelled", 2, 1)
    cast.source.refresh_from_db()
    assert cast.source.cursor == "place", "the source goes on where it was"
    assert not checking.miscounted()
    assert Event.objects.filter(verb="backfill.cancelled").exists()


def test_a_network_that_asks_us_to_wait_is_waited_for_and_a_fault_is_said(cast: Cast, fake: PastChannel) -> None:
    later = ChannelError("Slow down, please.", retry_after=timedelta(minutes=5))
    fake.past = [later, (said("1", days(1)),), ChannelError("Away."), ChannelError("No such list.", permanent=True)]
    job = bring(cast)
    assert seen(job).waits == "Slow down, please." and seen(job).state == "reading"
    assert seen(job).next_at == NOW + timedelta(minutes=5)
    cast.clock.shift(timedelta(minutes=5))
    while work.run_due(only=(bringing.KIND,)):
        pass
    assert seen(job).waits == "Away." and Message.objects.count() == 1
    cast.clock.shift(timedelta(minutes=1))
    work.run_due(only=(bringing.KIND,))
    assert (seen(job).state, seen(job).error) == ("failed", "No such list.")
    importing.resume(Work.objects.get(pk=job), by=cast.dana)
    while work.run_due(only=(bringing.KIND,)):
        pass
    assert seen(job).state == "done" and seen(job).waits == ""


def test_refused_credentials_and_a_paused_source_are_waited_for(cast: Cast, fake: PastChannel) -> None:
    fake.past = [ChannelError("The token is revoked.", reauthorise=True), (said("1", days(1)),)]
    job = bring(cast)
    assert seen(job).waits == "The token is revoked."
    adjusting.pause(cast.source, by=cast.dana)
    cast.clock.shift(timedelta(minutes=31))
    work.run_due(only=(bringing.KIND,))
    assert "paused" in seen(job).waits and len(fake.asked) == 1
    adjusting.resume(cast.source, by=cast.dana)
    cast.clock.shift(timedelta(minutes=2))
    work.run_due(only=(bringing.KIND,))
    assert seen(job).state == "done"


def test_its_requests_come_out_of_the_days_budget(cast: Cast, fake: PastChannel) -> None:
    cast.source.requests_a_day = 3
    cast.source.save()
    Spent.add(cast.source, NOW.date(), 3, 0)
    fake.costs, fake.past = True, [(said("1", days(1)),)]
    job = bring(cast)
    assert "budget" in seen(job).waits and seen(job).next_at == NOW.replace(hour=0) + days(1)
    assert not fake.asked


def test_no_later_reading_calls_for_what_is_read_not_owed(cast: Cast, fake: PastChannel) -> None:
    fake.past = [(said("old", days(20)), said("recent", days(2)))]
    bring(cast)
    Message.objects.get(external_id="old").dispositions.update(needs="no")
    Message.objects.get(external_id="recent").dispositions.update(needs="no")
    Conversation.objects.update(state="quiet")
    reprocessing.start(Scope(cast.acme))
    work.run_due(only=("reprocess",))
    assert (state("old"), state("recent")) == (("quiet", False), ("needs_answer", False))


def test_who_may_and_what_can(cast: Cast, fake: PastChannel) -> None:
    for who in (cast.bea, cast.olga):
        with pytest.raises(Refused):
            bringing.start(cast.source, "7", by=who)
    for nonsense in ("", "none"):
        assert bringing.start(cast.source, nonsense, by=cast.dana) == 0
    for nonsense in ("-1", "0", "often", "9" * 50, "１２"):
        with pytest.raises(Refused):
            bringing.start(cast.source, nonsense, by=cast.dana)
    with registry.also(FakeChannel()), pytest.raises(Refused, match="gives nothing"):
        bringing.start(cast.source, "7", by=cast.dana)
