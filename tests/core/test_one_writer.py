"""SQLite has one writer: many threads write at once, none fails, and each gets its turn in order."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, connections

from rapport.core import counters
from rapport.core.database import write
from rapport.core.models import Counter
from rapport.core.sqlite import base, queue
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


def test_a_thread_that_ends_with_the_turn_in_hand_does_not_take_it_along(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "PATIENCE", 0.05)
    lock, served = FairLock(), threading.Event()
    dead = threading.Thread(target=lock.acquire)
    dead.start()
    dead.join()
    waiting = [threading.Thread(target=lambda: (lock.acquire(), lock.release(), served.set())) for _ in range(3)]
    for thread in waiting:
        thread.start()
    assert served.wait(3)
    for thread in waiting:
        thread.join(3)
    with lock:
        pass


def test_whoever_is_interrupted_while_waiting_leaves_the_queue_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "PATIENCE", 0.05)
    lock = FairLock()
    lock.acquire()
    stopped: list[BaseException] = []

    def interrupted() -> None:
        monkeypatch.setattr(lock, "_take_from_the_dead", lambda: (_ for _ in ()).throw(KeyboardInterrupt))
        try:
            lock.acquire()
        except KeyboardInterrupt as error:
            stopped.append(error)

    thread = threading.Thread(target=interrupted)
    thread.start()
    thread.join(3)
    lock.release()
    assert stopped and not lock._waiting
    with lock:
        pass


@pytest.mark.parametrize(
    ("sql", "waits"),
    [
        ("SELECT 1", False),
        ("  select 'update x'", False),
        ("WITH a AS (SELECT 1) SELECT * FROM a", False),
        ("WITH a AS (SELECT 1) INSERT INTO b SELECT * FROM a", True),
        ("with a as (select 1)\ndelete from b", True),
        ("INSERT INTO b VALUES (1)", True),
        ("/* a remark */ SELECT 1", True),
        ("CREATE TABLE x (y)", True),
    ],
)
def test_what_writes_waits_for_its_turn(sql: str, waits: bool) -> None:
    assert base._writes(sql) is waits


def test_a_connection_closed_inside_a_transaction_gives_the_turn_back(committed: str) -> None:
    with pytest.raises(Exception, match=r"closed|not connected|Cannot operate"), write():
        Counter.objects.create(workspace_id=1, key="x")
        connection.close()
        Counter.objects.create(workspace_id=1, key="y")
    assert not Counter.objects.exists()
    with write(), write():
        Counter.objects.create(workspace_id=1, key="z")
    errors: list[BaseException] = []

    def other() -> None:
        try:
            Counter.objects.create(workspace_id=1, key="from another thread")
        except BaseException as error:
            errors.append(error)
        finally:
            connections["default"].close()

    thread = threading.Thread(target=other)
    thread.start()
    thread.join(5)
    assert not thread.is_alive() and not errors and Counter.objects.count() == 2


def test_an_inner_failure_undoes_only_the_inner_part(committed: str) -> None:
    with write():
        Counter.objects.create(workspace_id=1, key="outer")
        with pytest.raises(ZeroDivisionError), write():
            Counter.objects.create(workspace_id=1, key="inner")
            raise ZeroDivisionError
        Counter.objects.create(workspace_id=1, key="after")
    assert sorted(row.key for row in Counter.objects.all()) == ["after", "outer"]


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
