"""Errands: sending the course out as a process of its own, hearing how far it is, and bringing home what it learned."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable

import msgspec

from rapport.core import work
from rapport.learning.course.lessons import Errand, Outcome

Seen = Callable[[float], None]
_ONE = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
"""One thread: the line has the other cores, and the sums come out the same everywhere."""


def send(errand: Errand, seen: Seen) -> Outcome:
    """Run it to its end. ``seen`` is told 0..1 and may raise (the child is then stopped). Raises work.Again.

    The words go through a pipe and touch no disk; what comes back are figures.
    """
    raw = msgspec.msgpack.encode(errand)
    with (
        tempfile.TemporaryFile() as answer,
        subprocess.Popen(
            [sys.executable, "-m", "rapport.learning.course"],
            stdin=subprocess.PIPE, stdout=answer, stderr=subprocess.PIPE, env=os.environ | _ONE,
        ) as child,
    ):  # fmt: skip
        try:
            last = _listen(child, raw, seen)
        except BaseException:
            child.kill()
            raise
        if (ended := child.wait()) < 0:
            raise work.Again("The training was ended from outside before it was done.")
        if ended:
            raise work.Again(f"The training ended before it was done: {last or ended}.")
        answer.seek(0)
        return msgspec.msgpack.decode(answer.read(), type=Outcome)


def _listen(child: subprocess.Popen[bytes], raw: bytes, seen: Seen) -> str:
    """Give it its errand and hear it to its end; its last words that are no figure (what went wrong)."""
    assert child.stdin is not None and child.stderr is not None  # noqa: S101 - asked for above
    feeder = threading.Thread(target=_feed, args=(child, raw), daemon=True)
    feeder.start()
    last = ""
    for line in child.stderr:
        words = line.decode("utf-8", "replace").strip()
        try:
            share = float(words)
        except ValueError:
            last = words[:300] or last
        else:
            seen(share)
    feeder.join(5)
    return last


def _feed(child: subprocess.Popen[bytes], raw: bytes) -> None:
    assert child.stdin is not None  # noqa: S101 - asked for above
    try:
        child.stdin.write(raw)
        child.stdin.close()
    except OSError:  # it died; whoever listens hears of it
        return
