"""Several workers on one line at once: the same messages, the same strangers, the same conversations, and no drift."""

from __future__ import annotations

import logging
import random
import threading
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections
from django.db.models import Count, F, Max

from rapport.channels.base import Author, Batch, Envelope, Item
from rapport.core.database import now
from rapport.core.refusal import Refused
from rapport.inbox import checking, working
from rapport.inbox.models import Arrival, Conversation, Message, Reading, Source
from rapport.ingest import accepting, pipeline
from rapport.people.models import Identity, Person
from tests.conftest import Cast, make_cast

ROWS, SOURCES, WORKERS = 240, 3, 4


def _envelope(n: int, text: str = "") -> Envelope:
    """Message n: threads of eight messages, some of which answer the one before; a few authors who write everywhere."""
    return Envelope(
        network="social",
        external_id=f"m{n}",
        author=Author(f"@p{n % 17}", f"P {n % 17}"),
        text=text or ("@acme where is parcel %d?" if n % 3 else "a walk by the river, number %d") % n,
        said_at=now() - timedelta(hours=2) + timedelta(seconds=n),
        version=text,
        reply_to=f"m{n - 1}" if n % 8 in {1, 2, 3} else "",
        thread=f"t{n // 8}" if n % 8 >= 4 else "",
    )


def _accept(cast: Cast, dice: random.Random) -> None:
    """The same messages through several sources, each in an order of its own; some are edited."""
    for place in range(SOURCES):
        source = Source.objects.create(workspace=cast.acme, kind="fake", name=f"Source {place}")
        rows = [_envelope(n) for n in range(ROWS)]
        rows += [_envelope(n, f"@acme I asked: where is it, number {n}?") for n in range(0, ROWS, 5)]
        dice.shuffle(rows)
        accepting.accept(source, Batch(items=tuple(Item(row, row.text.encode()) for row in rows)))


def _together(*acts: object) -> list[BaseException]:
    failed: list[BaseException] = []

    def run(act: object) -> None:
        try:
            act()  # type: ignore[operator]
        except BaseException as error:
            failed.append(error)
        finally:
            connections["default"].close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failed


@pytest.mark.slow
def test_workers_that_cross_at_every_step_store_everything_once(
    committed: str, caplog: pytest.LogCaptureFixture
) -> None:
    if connection.vendor == "sqlite":
        return  # one writer: two workers never cross
    caplog.set_level(logging.INFO, "rapport")
    cast, dice = make_cast(), random.Random(5)
    _accept(cast, dice)
    done = threading.Event()

    def labour() -> None:
        own = random.Random(threading.get_ident())
        while Arrival.objects.filter(done_at=None, poison_at=None).exists():
            pipeline.run(own.choice([7, 20, 60]))

    def press() -> None:
        """Bea works on whatever is there meanwhile."""
        while not done.is_set():
            for row in Conversation.objects.order_by("?")[:3]:
                with suppress(Refused):  # it may just have been joined with another
                    working.assign(row, dice.choice([cast.bea, cast.cem, None]), by=cast.bea)
                    working.settle(row, by=cast.bea) if dice.random() < 0.5 else working.reopen(row, by=cast.bea)

    def all_labour() -> None:
        failed = _together(*[labour] * WORKERS)
        done.set()
        assert not failed, failed

    assert _together(all_labour, press, press) == []
    assert not Arrival.objects.exclude(poison_at=None).exists()
    assert Message.objects.count() == Reading.objects.count() == ROWS
    assert Identity.objects.count() == Person.objects.count() == 17
    told = Conversation.objects.annotate(n=Count("messages"), last=Max("messages__said_at"))
    assert not told.exclude(message_count=F("n")).exists() and not told.exclude(last_message_at=F("last")).exists()
    assert checking.miscounted() == []
    # Messages 0 to 3 of each eight answer one another, 4 to 7 bear a thread's name; all in orders of their own.
    assert sorted(told.values_list("n", flat=True)) == [4] * (ROWS // 4)
    crossed = [record.getMessage() for record in caplog.records]
    assert not [line for line in crossed if "deadlock" in line], crossed[:5]


@pytest.mark.slow
def test_a_visit_and_a_delivery_that_bring_the_same_at_once_both_end_well(
    committed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast, insert = make_cast(), accepting.sql.insert
    visiting, delivered = threading.Event(), threading.Event()
    Source.objects.filter(pk=cast.source.pk).update(lease="visit")
    batch = Batch(items=(Item(_envelope(1), b"one"),), cursor="1")

    def crossing(*given: Any) -> int:
        """The visit holds its lease, and waits; the delivery is first with the very same row, if it may be."""
        if threading.current_thread().name == "visit":
            visiting.set()
            delivered.wait(1.0)
            return insert(*given)
        fresh = insert(*given)
        delivered.set()
        return fresh

    def visit() -> None:
        threading.current_thread().name = "visit"
        accepting.accept(cast.source, batch, token="visit")

    def deliver() -> None:
        visiting.wait(10)
        accepting.accept(Source.objects.get(pk=cast.source.pk), batch)

    monkeypatch.setattr(accepting.sql, "insert", crossing)
    assert _together(visit, deliver) == []
    assert Arrival.objects.count() == 1
