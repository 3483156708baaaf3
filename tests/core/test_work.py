"""Due rows: claimed by one, free again after a crash, tried again, dead at last; readers of events have their own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from rapport.core import events, work
from rapport.core.models import Event, Work
from tests.conftest import NOW, Cast


@pytest.fixture
def jobs(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[object]]:
    """A job that writes down what it got, and one that always fails."""
    done: list[object] = []
    monkeypatch.setitem(work._jobs, "note", lambda row: done.append(row.payload["n"]))
    monkeypatch.setitem(work._jobs, "fail", lambda row: 1 / 0)

    def busy(row: work.Claimed) -> None:
        raise work.Again("they are busy", timedelta(minutes=7))

    monkeypatch.setitem(work._jobs, "busy", busy)
    yield done


def test_due_rows_run_in_the_order_in_which_they_are_due_and_are_gone(cast: Cast, jobs: list[object]) -> None:
    work.put("note", {"n": 2}, due_at=NOW - timedelta(seconds=1))
    work.put("note", {"n": 1}, due_at=NOW - timedelta(seconds=9))
    work.put("note", {"n": 3}, due_at=NOW + timedelta(hours=1))
    assert work.run_due() == 2
    assert jobs == [1, 2]
    assert Work.objects.count() == 1


def test_a_row_is_claimed_once_until_its_lease_runs_out(cast: Cast, jobs: list[object]) -> None:
    work.put("note", {"n": 1})
    assert len(work.claim()) == 1
    assert work.claim() == []
    cast.clock.shift(work.LEASE + timedelta(seconds=1))
    assert len(work.claim()) == 1


def test_a_worker_that_lost_its_lease_cannot_finish_the_row(cast: Cast, jobs: list[object]) -> None:
    work.put("note", {"n": 1})
    [slow] = work.claim()
    cast.clock.shift(work.LEASE * 2)
    [quick] = work.claim()
    assert not slow.extend(step=1) and quick.extend(step=1)


def test_a_failing_row_is_tried_again_later_and_dies_at_last_with_its_error(cast: Cast, jobs: list[object]) -> None:
    work.put("fail", {})
    for _ in range(work.ATTEMPTS):
        assert work.run_due() == 1
        assert work.run_due() == 0
        cast.clock.shift(timedelta(hours=2))
    row = Work.objects.get()
    assert row.dead_at and row.attempts == work.ATTEMPTS and "ZeroDivisionError" in row.error
    assert work.run_due() == 0


def test_the_other_sides_wish_to_wait_is_honoured(cast: Cast, jobs: list[object]) -> None:
    work.put("busy", {})
    work.run_due()
    assert Work.objects.get().due_at == NOW + timedelta(minutes=7)


def test_a_keyed_row_is_put_once(cast: Cast, jobs: list[object]) -> None:
    first = work.put("note", {"n": 1}, key="once")
    assert work.put("note", {"n": 1}, key="once") == first
    assert Work.objects.count() == 1


def test_only_and_but_choose_the_kinds(cast: Cast, jobs: list[object]) -> None:
    work.put("note", {"n": 1})
    work.put("fail", {})
    assert work.run_due(but=("fail",)) == 1
    assert work.run_due(only=("note",)) == 0


def test_each_reader_of_an_event_has_a_row_of_its_own_and_cannot_hold_up_another(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[int] = []

    def broken(event: Event) -> None:
        raise RuntimeError("this reader is broken")

    monkeypatch.setitem(events._readers, "thing.done", {"a": broken, "b": lambda event: heard.append(event.pk)})
    event = events.record("thing.done", cast.bea, by=cast.bea)
    assert heard == []
    work.run_due()
    assert heard == [event.pk]
    assert Work.objects.get().payload["reader"] == "a"
