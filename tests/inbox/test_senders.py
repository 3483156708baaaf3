"""Several senders: a network that hangs holds up nobody else, what is said in one talk leaves in its order, once."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from django.db import connections

from rapport.channels import registry
from rapport.channels.base import ChannelError, Handle, Settings
from rapport.channels.base import Outgoing as Sent
from rapport.channels.fake.channel import FakeChannel
from rapport.core import lanes, work
from rapport.core.lanes import Lanes
from rapport.core.models import Work
from rapport.inbox import replying
from rapport.inbox.models import Conversation, Outgoing, Source
from rapport.ingest import worker
from tests.conftest import Cast, make_cast

Trouble = Callable[[], ChannelError | None]


@dataclass
class Networks(FakeChannel):
    """Several networks behind one channel, told apart by their token: ``hung`` do not answer before ``free`` is set."""

    hung: frozenset[str] = frozenset()
    free: threading.Event = field(default_factory=threading.Event)
    trouble: Trouble = field(default=lambda: None)
    said: list[tuple[str, str]] = field(default_factory=list)
    """(network, words) in the order in which they came."""
    inside: Counter[str] = field(default_factory=Counter)
    most: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def send(self, settings: Settings, outgoing: Sent) -> Handle:
        name = settings["token"]
        with self._alone(name):
            if name in self.hung:
                self.free.wait(30)
            error = self.trouble()
            if error is None or (error.unknown and random.random() < 0.5):
                with self.lock:
                    self.said.append((name, outgoing.text))
                    self.sent[outgoing.idempotency_key] = outgoing
            if error is not None:
                raise error
        return Handle(external_id=outgoing.idempotency_key, delivered=True)

    @contextmanager
    def _alone(self, name: str) -> Iterator[None]:
        with self.lock:
            self.inside[name] += 1
            self.most[name] = max(self.most[name], self.inside[name])
        try:
            yield
        finally:
            with self.lock:
                self.inside[name] -= 1


@contextmanager
def senders(*pools: Lanes) -> Iterator[threading.Event]:
    """These run, each in a thread as in a process of its own, until the test is over."""
    stop = threading.Event()

    def run(pool: Lanes) -> None:
        try:
            pool.run(stop)
        finally:
            connections["default"].close()

    threads = [threading.Thread(target=run, args=(pool,)) for pool in pools]
    for thread in threads:
        thread.start()
    try:
        yield stop
    finally:
        stop.set()
        for thread in threads:
            thread.join(20)
        for pool in pools:
            for one in pool.under_way.values():
                assert one.thread is not None
                one.thread.join(20)


def talk(cast: Cast, network: str, name: str = "ann") -> Conversation:
    """Somebody has asked on this network."""
    source = Source.objects.filter(name=network).first()
    if source is None:
        source = Source(workspace=cast.acme, kind="fake", name=network)
        source.keep_settings({"token": network})
        source.save()
    return cast.says(f"@{name}", "@acme where is my parcel?", id=f"{network}-{name}", source=source)


def answer(cast: Cast, conversation: Conversation, *texts: str) -> list[Outgoing]:
    made = [replying.reply(conversation, text, by=cast.bea, sure=True) for text in texts]
    Work.objects.filter(kind="outgoing.send").update(due_at="2020-01-01T00:00:00Z")
    return made


def states(outgoings: list[Outgoing]) -> list[str]:
    return [str(Outgoing.objects.get(pk=one.pk).state) for one in outgoings]


def until(true: Callable[[], bool], seconds: float = 15.0) -> float:
    """Wait until it is so; how long it took."""
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < seconds, "It did not happen in time."
        time.sleep(0.02)
    return time.monotonic() - began


@pytest.mark.slow
def test_a_network_that_hangs_delays_no_other(committed: str) -> None:
    cast, there = make_cast(), Networks(hung=frozenset({"dead"}))
    with registry.also(there):
        stuck = answer(cast, talk(cast, "dead"), "One.", "Two.") + answer(cast, talk(cast, "dead", "bo"), "Three.")
        well = [one for n in range(5) for one in answer(cast, talk(cast, f"well {n}"), "It is on its way.")]
        with senders(Lanes()):
            took = until(lambda: set(states(well)) == {"delivered"})
            assert took < 3.0
            assert sorted(states(stuck)) == ["held", "held", "sending"], "it still hangs, alone in its lane"
            late = answer(cast, talk(cast, "well 0", "cem"), "And yours, too.")
            assert until(lambda: states(late) == ["delivered"]) < 3.0
            there.free.set()
            until(lambda: set(states(stuck)) == {"delivered"})
    assert Counter(there.said).most_common(1)[0][1] == 1 and there.most["dead"] == 1


@pytest.mark.slow
def test_however_many_networks_hang_there_is_room_for_those_that_do_not(
    committed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lanes, "LONG", 0.3)
    cast, dead = make_cast(), [f"dead {n}" for n in range(6)]
    there, pool = Networks(hung=frozenset(dead)), Lanes(quick=2, slow=3)
    with registry.also(there):
        for name in dead:
            answer(cast, talk(cast, name), "Hello?")
        with senders(pool):
            until(lambda: sum(there.inside.values()) == 5)
            time.sleep(0.5)
            assert sum(there.inside.values()) == 5, "bounded: the sixth waits"
            there.hung = frozenset()
            there.free.set()
            until(lambda: len(there.said) == 6)
            there.free.clear()
            there.hung = frozenset(dead)  # known by now: they took long
            for name in dead:
                answer(cast, talk(cast, name, "bo"), "Hello again?")
            until(lambda: sum(there.inside.values()) == 4)  # three of the five known, and one that nobody knows yet
            well = [one for n in range(4) for one in answer(cast, talk(cast, f"well {n}"), "It is on its way.")]
            assert until(lambda: set(states(well)) == {"delivered"}) < 3.0
            assert sum(there.inside.values()) == 4
            there.free.set()
            until(lambda: len(there.said) == 16)


@pytest.mark.slow
def test_two_processes_and_every_trouble_send_each_talk_in_its_order_and_once(committed: str) -> None:
    dice = random.Random(3)

    def trouble() -> ChannelError | None:
        if dice.random() < 0.5:
            return None
        return ChannelError("Busy.", retry_after=timedelta(seconds=0.05), unknown=dice.random() < 0.5)

    cast, there = make_cast(), Networks(trouble=trouble)
    with registry.also(there):
        written: dict[tuple[str, str], list[str]] = {}
        all_of_them: list[Outgoing] = []
        for network in ("one", "two"):
            for name in ("ann", "bo"):
                texts = [f"{name} {n}" for n in range(3)]
                all_of_them += answer(cast, talk(cast, network, name), *texts)
                written[network, name] = texts
        with senders(Lanes(), Lanes()):
            until(lambda: set(states(all_of_them)) <= {"delivered", "failed", "unknown"}, 60)
    assert max(there.most.values()) == 1, "one under way at each network, whoever looks"
    failed = {one.text for one in Outgoing.objects.exclude(state="delivered")}
    for (network, name), texts in written.items():
        heard = [text for place, text in there.said if place == network and text in texts]
        assert len(heard) == len(set(heard)), "once"
        assert heard == sorted(heard), (network, name, heard)
        assert set(texts) - set(heard) <= failed


def test_an_answer_waits_until_the_one_before_it_is_settled_whatever_that_takes(cast: Cast) -> None:
    there = FakeChannel()
    there.will_send("unreachable", "lost_before", "unreachable")
    with registry.also(there):
        ann, bo = cast.says("@ann", "@acme where is it?", id="a"), cast.says("@bo", "@acme and mine?", id="b")
        first, second = (replying.reply(ann, text, by=cast.bea) for text in ("First.", "Second."))
        other = replying.reply(bo, "Another talk.", by=cast.bea)
        cast.clock.shift(timedelta(seconds=11))
        work.run_due()
        assert states([first, second, other]) == ["queued", "held", "unknown"]
        for _ in range(40):
            cast.clock.shift(timedelta(seconds=1))
            work.run_due()
            if states([first]) != ["delivered"]:
                assert states([second]) == ["held"] and "Second." not in [one.text for one in there.sent.values()]
    assert states([first, second, other]) == ["delivered"] * 3
    assert [one.text for one in there.sent.values() if one.thread == "a"] == ["First.", "Second."]


@pytest.mark.parametrize("end", ["refused", "taken back", "nobody can say"])
def test_an_answer_that_comes_to_no_good_end_lets_the_next_one_go(cast: Cast, end: str) -> None:
    there = FakeChannel()
    there.will_send(*(["refused"] if end == "refused" else ["lost_before"] if end == "nobody can say" else []))
    there.will_not_find(ChannelError("It cannot be looked up.", permanent=True, unknown=True))
    with registry.also(there):
        ann = cast.says("@ann", "@acme where is it?", id="a")
        first = replying.reply(ann, "First.", by=cast.bea)
        second = replying.reply(ann, "Second.", by=cast.bea)
        if end == "taken back":
            replying.withdraw(first, by=cast.bea)
        for _ in range(8):
            cast.clock.shift(timedelta(seconds=11))
            work.run_due()
    assert states([second]) == ["delivered"]
    assert states([first]) == [{"refused": "failed", "taken back": "withdrawn"}.get(end, "unknown")]


def test_a_network_that_asks_us_to_wait_is_left_alone_by_all_that_is_due_there(cast: Cast) -> None:
    there = FakeChannel()
    there.will_send("limited")
    with registry.also(there):
        talks = [cast.says(f"@p{n}", "@acme where is it?", id=f"p{n}") for n in range(4)]
        elsewhere = Source.objects.create(workspace=cast.acme, kind="fake", name="Elsewhere")
        free = cast.says("@eve", "@acme and mine?", id="e", source=elsewhere)
        out = [replying.reply(one, f"Number {one.pk}.", by=cast.bea) for one in talks]
        other = replying.reply(free, "Yours came.", by=cast.bea)
        cast.clock.shift(timedelta(seconds=11))
        work.run_due()
        assert len(there.attempts) == 2 and states([other]) == ["delivered"]
        assert states(out) == ["queued", "held", "held", "held"]
        assert Outgoing.objects.get(pk=out[2].pk).error == "The fake asks us to wait."
        replying.withdraw(out[3], by=cast.bea)
        cast.clock.shift(timedelta(seconds=20))
        work.run_due()
        assert len(there.attempts) == 2, "not before the time it named"
        assert not Work.objects.filter(kind="outgoing.send", attempts__gt=1).exists(), "waiting is no failure"
        cast.clock.shift(timedelta(seconds=11))
        work.run_due()
    assert states(out) == ["delivered", "delivered", "delivered", "withdrawn"]
    assert not Outgoing.objects.exclude(error="").exists()


@pytest.mark.slow
def test_it_stops_within_two_seconds_and_what_was_in_the_air_is_looked_up(committed: str) -> None:
    cast, there = make_cast(), Networks(hung=frozenset({"dead"}))
    with registry.also(there):
        [stuck] = answer(cast, talk(cast, "dead"), "One.")
        pool, stop = Lanes(), threading.Event()
        thread = threading.Thread(target=lambda: (pool.run(stop), connections["default"].close()))
        thread.start()
        until(lambda: there.inside["dead"] == 1)
        stop.set()
        began = time.monotonic()
        thread.join(10)
        assert time.monotonic() - began < 2.0
        assert states([stuck]) == ["sending"] and Work.objects.get(kind="outgoing.send").lease
        again, over = Lanes(), threading.Event()
        assert again.step(over) == 0, "another process keeps away while the lease holds"
        Work.objects.filter(kind="outgoing.send").update(lease_until="2020-01-01T00:00:00Z")
        pool.step(threading.Event())
        assert there.inside["dead"] == 1, "its own process keeps away while the thread lives, whatever the lease says"
        there.free.set()
        pool.under_way[f"source:{Source.objects.get(name='dead').pk}"].thread.join(10)  # type: ignore[union-attr]
        worker.take_over()
        with senders(Lanes()):
            until(lambda: states([stuck]) == ["delivered"])
    assert there.said == [("dead", "One.")]


def test_what_stands_in_the_lanes_is_run_by_the_senders_alone(cast: Cast) -> None:
    with registry.also(FakeChannel()):
        replying.reply(cast.says("@ann", "@acme where is it?", id="a"), "Here.", by=cast.bea)
    cast.clock.shift(timedelta(seconds=11))
    work.run_due(lanes=False)
    assert Work.objects.filter(kind="outgoing.send", done_at=None, attempts=0).count() == 1
    [lane] = lanes.waiting((), 9)
    assert lanes.waiting({lane}, 9) == []
    held = lanes.claim(lane)
    assert held is not None and lanes.claim(lane) is None and lanes.waiting((), 9) == []
