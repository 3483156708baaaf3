"""kill -9 of the training, and of the worker that sent it out: what is in use serves on, and nothing half is used."""

from __future__ import annotations

import base64
import contextlib
import os
import pickle
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connections
from time_machine import Traveller

from rapport.core import work
from rapport.core.database import now
from rapport.learning import serving, training
from rapport.learning.models import Training
from tests.conftest import Cast, make_cast
from tests.learning.test_training import last, taught
from tests.scenes.stage import browser, page

pytestmark = pytest.mark.slow

WORKER = """
import base64, pickle, sys
import django, time_machine
at, database = pickle.loads(base64.b64decode(sys.argv[1]))
django.setup()
from django.db import connections
from rapport.core import work
connections.settings["default"] = database
connections["default"] = connections.create_connection("default")
with time_machine.travel(at, tick=False):
    work.run_due(1, only=("train",))
"""
"""A worker in a process of its own. No fork: what other threads held then would be held in it for ever."""


@pytest.fixture
def cast(committed: str, at_nine: Traveller) -> Cast:
    """Acme with a model of its own in use, and a further training put down."""
    cast = make_cast(at_nine)
    taught(cast)
    training.start(cast.acme, by=cast.dana)
    work.run_due(1, only=("train",))
    assert training.in_use(cast.acme, "needs")
    at_nine.shift(3_600)
    taught(cast, 20, seed=5)
    training.start(cast.acme, by=cast.dana)
    return cast


def courses(parent: int) -> Iterator[int]:
    """The trainings that run as processes of their own, sent out by this one."""
    for thread in Path(f"/proc/{parent}/task").glob("*/children"):
        with contextlib.suppress(OSError):  # it ended while it was looked at
            for child in thread.read_text().split():
                if b"rapport.learning.course" in Path(f"/proc/{child}/cmdline").read_bytes():
                    yield int(child)


def until(ask: Callable[[], int], what: str) -> int:
    """Its first answer that is one. Counted and not timed: the clock stands still here."""
    pause = threading.Event()
    for _ in range(2_000):
        if found := ask():
            return found
        pause.wait(0.05)
    raise AssertionError(what)


def serves_on(cast: Cast, before: serving.Taught, name: str) -> None:
    """The model in use decides as it did."""
    assert serving.of(cast.acme.pk).version == before.version
    message = last(cast.says(f"@{name}", f"@acme nothing but rain at the lake {name}"))
    assert message.decision and message.decision.reasons[0]["code"].startswith("taught.")
    assert message.reading.model.endswith(before.version)


def finishes(cast: Cast, before: serving.Taught) -> None:
    """Begun again it comes to its end, once."""
    assert work.run_due(1, only=("train",)) == 1
    assert [Training.objects.filter(task=task).count() for task in ("needs", "valence", "row")] == [2, 2, 2]
    used = training.in_use(cast.acme, "needs")
    assert used and used.examples == 140 and serving.readable(used)
    assert serving.of(cast.acme.pk).version != before.version


def test_a_training_killed_is_shown_as_broken_off_and_is_started_again_by_hand(cast: Cast) -> None:
    before, job = serving.of(cast.acme.pk), training.latest(cast.acme)
    assert job

    def kill() -> None:
        os.kill(until(lambda: next(courses(os.getpid()), 0), "no training was sent out"), signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    work.run_due(1, only=("train",))
    killer.join()
    far = training.progress(job.pk, cast.acme)
    assert far and not far.done and far.error and "signal" not in far.error
    said = page(browser(cast.dana), "/w/acme/learning/")
    assert "was ended from outside" in said and "Train now" in said
    serves_on(cast, before, "ann")
    assert Training.objects.count() == 3  # those of the training before
    training.start(cast.acme, by=cast.dana)
    finishes(cast, before)
    assert "was ended from outside" not in page(browser(cast.dana), "/w/acme/learning/")


def test_a_worker_killed_takes_its_training_with_it_and_another_begins_again(cast: Cast) -> None:
    before, job = serving.of(cast.acme.pk), training.latest(cast.acme)
    assert job

    with subprocess.Popen([sys.executable, "-c", WORKER, _here()]) as worker:
        course = until(lambda: next(courses(worker.pid), 0), "no training was sent out")
        worker.kill()
    until(lambda: not Path(f"/proc/{course}").exists() or _over(course), "the training outlives its worker")
    far = training.progress(job.pk, cast.acme)
    assert far and far.state == "learning"  # nobody knows yet: its lease runs
    serves_on(cast, before, "ann")
    assert work.claim(1, only=("train",)) == []
    cast.clock.shift(60)
    far = training.progress(job.pk, cast.acme)
    assert far and far.state == "waiting"
    assert Training.objects.count() == 3
    finishes(cast, before)


def _here() -> str:
    """The time that it is and the database of this test, as the worker's argument."""
    return base64.b64encode(pickle.dumps((now(), connections.settings["default"]))).decode()


def _over(process: int) -> bool:
    """It ended, and nobody has asked how."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True
