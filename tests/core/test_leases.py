"""A worker that is slow is not a dead one: what it holds stays its own, to the last row of the claim."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

import pytest
from django.db import connections

from rapport.core import work
from rapport.core.database import now
from rapport.core.models import Work


def beside(act: object, count: int = 1) -> list[threading.Thread]:
    """Run ``act`` in threads of their own, each with its own connection."""

    def run() -> None:
        try:
            act()  # type: ignore[operator]
        finally:
            connections["default"].close()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    return threads


@pytest.mark.slow
def test_rows_of_one_claim_are_run_once_however_slow_the_first_ones_are(
    committed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[int] = []

    def slow(row: work.Claimed) -> None:
        ran.append(row.payload["n"])
        time.sleep(0.5)

    monkeypatch.setitem(work._jobs, "slow", slow)
    monkeypatch.setattr(work, "LEASE", timedelta(seconds=0.9))
    for n in range(5):
        work.put("slow", {"n": n})
    until = time.monotonic() + 4

    def labour() -> None:
        while time.monotonic() < until and Work.objects.exists():
            work.run_due()
            time.sleep(0.05)

    for thread in beside(labour, 2):
        thread.join()
    assert sorted(ran) == [0, 1, 2, 3, 4]
    assert not Work.objects.exists()


def test_a_row_lost_in_a_long_sleep_is_not_run(committed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []

    def first(row: work.Claimed) -> None:
        ran.append("first")
        Work.objects.exclude(pk=row.id).update(lease="somebody else")  # they took over while the machine slept

    monkeypatch.setitem(work._jobs, "first", first)
    monkeypatch.setitem(work._jobs, "second", lambda row: ran.append("second"))
    work.put("first", {})
    work.put("second", {})
    work.run_due()
    assert ran == ["first"]


def test_put_again_wakes_what_waits_or_gave_up_and_takes_it_from_a_late_hand(
    committed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(work._jobs, "note", lambda row: None)
    work.put("note", {"n": 1}, key="k", due_at=now() + timedelta(hours=1))
    work.put_again("note", {"n": 1}, key="k")
    [late] = work.claim()
    work.put_again("note", {"n": 1}, key="k")
    work.run(late)
    assert Work.objects.filter(key="k").count() == 1, "the late hand must not remove the row that was put again"
    assert work.run_due() == 1 and not Work.objects.exists()
    work.put_again("note", {"n": 1}, key="k")
    assert Work.objects.filter(key="k").count() == 1
