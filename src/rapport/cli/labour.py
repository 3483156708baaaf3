"""Labour: a long job, done here when nobody else holds the data folder, else by whoever does; watched to its end."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import click

from rapport.cli.ground import migrate, say

J = TypeVar("J")
Rest = Callable[[], None]
"""Waits a moment between two looks; raises what ended the work, if it did."""


@dataclass(frozen=True)
class Seen:
    """How far a job is, for the bar: ``at`` of ``size``, a word about its speed, and whether it rests now."""

    at: int
    size: int
    words: str
    over: bool


def do(begin: Callable[[], J], kind: str | tuple[str, ...], watch: Callable[[J, Rest], None], what: str) -> J:
    """Begin a job and watch it, here or where Rapport runs. ``what`` finishes the sentence *it will …*."""
    from django.conf import settings

    from rapport.config.folder import Busy, hold
    from rapport.ingest import worker

    try:
        with hold(settings.DATA):
            migrate()
            worker.take_over()
            job = begin()
            _here((kind,) if isinstance(kind, str) else kind, lambda rest: watch(job, rest))
    except Busy as busy:
        # Another process is the one writer: it runs the job, we watch. Its own migrations have already been applied.
        at = (busy.who or {}).get("url", "")
        say(f"Rapport is running{f' at {at}' if at else ''}; it will {what}.")
        job = begin()
        watch(job, lambda: time.sleep(0.3))
    return job


def _here(kinds: tuple[str, ...], watch: Callable[[Rest], None]) -> None:
    """Nobody else runs: do the job in a thread of this process while it is watched."""
    from rapport.core import work

    stop = threading.Event()
    failed: list[Exception] = []

    def labour() -> None:
        try:
            while not stop.is_set():
                if not work.run_due(1, only=kinds):
                    time.sleep(0.05)
        except Exception as error:  # noqa: BLE001 - a full disk, say: whoever watches is told, instead of waiting for ever
            failed.append(error)

    def rest() -> None:
        if failed:
            raise failed[0]
        time.sleep(0.1)

    thread = threading.Thread(target=labour, daemon=True)
    thread.start()
    try:
        watch(rest)
    finally:
        stop.set()
        thread.join(30)


def bar(label: str, look: Callable[[], Seen], rest: Rest) -> None:
    """Show how far a job is until it rests. ``look`` raises when the job is gone."""
    with click.progressbar(length=1, label=label, show_pos=False, file=sys.stderr) as shown:
        while True:
            seen = look()
            shown.length = max(1, seen.size)
            shown.label = seen.words or label
            shown.update(max(0, min(seen.at, shown.length) - shown.pos))
            if seen.over:
                return
            rest()
