"""SQLite has one writer: many threads write at once, none fails, and each gets its turn in order."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, connections

from rapport.core import counters
from rapport.core.database import write
from rapport.core.models import Counter
from rapport.core.sqlite.queue import FairLock


def test_threads_are_served_in_the_order_in_which_they_asked() -> None:
    lock, served = FairLock(), []
    lock.acquire()
    threads = []
    for number in range(20):
        thread = threading.Thread(target=lambda n=number: (lock.acquire(), served.append(n), lock.release()))
        thread.start()
        while len(lock._waiting) <= number:  # it stands in the queue before the next one asks
            pass
        threads.append(thread)
    lock.release()
    for thread in threads:
        thread.join()
    assert served == list(range(20))


def test_the_lock_is_re_entrant_and_belongs_to_its_thread() -> None:
    lock = FairLock()
    with lock, lock:
        failed: list[BaseException] = []

        def steal() -> None:
            try:
                lock.release()
            except RuntimeError as error:
                failed.append(error)

        thread = threading.Thread(target=steal)
        thread.start()
        thread.join()
        assert failed


def test_concurrent_writers_lose_nothing(committed: str) -> None:
    errors: list[BaseException] = []

    def work() -> None:
        try:
            for _ in range(25):
                with write():
                    counters.bump([(1, "total", 1)])
        except BaseException as error:
            errors.append(error)
        finally:
            connections["default"].close()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert counters.read(1, ["total"]) == {"total": 200}


def test_a_failed_transaction_gives_its_turn_back(committed: str) -> None:
    with pytest.raises(ZeroDivisionError), write():
        Counter.objects.create(workspace_id=1, key="x")
        raise ZeroDivisionError
    with write():
        Counter.objects.create(workspace_id=1, key="y")
    assert [row.key for row in Counter.objects.all()] == ["y"]


def test_sqlite_is_in_wal_mode_and_syncs_fully(committed: str) -> None:
    if connection.vendor != "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SHOW synchronous_commit")
            assert cursor.fetchone() == ("on",)
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA journal_mode")
        assert cursor.fetchone() == ("wal",)
        cursor.execute("PRAGMA synchronous")
        assert cursor.fetchone() == (2,)
