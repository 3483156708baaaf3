"""Carrying out a long job from the command line: here when nobody runs, else by the running process while we watch."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import click

from rapport.cli.ground import migrate, say


def settle_database() -> None:
    """Bring the database up to date unless somebody runs, who has done so at the start."""
    from django.conf import settings

    from rapport.config.folder import Busy, hold

    with suppress(Busy), hold(settings.DATA):
        migrate()


def carry_out(kind: str, put: Callable[[], int], label: str) -> dict[str, Any]:
    """Put a job down and see it through; its last progress. Raises ClickException with its error."""
    from django.conf import settings

    from rapport.config.folder import Busy, hold
    from rapport.core import work
    from rapport.ingest import worker

    try:
        with hold(settings.DATA):
            migrate()
            worker.take_over()
            job = put()
            stop = threading.Event()
            here = threading.Thread(target=_labour, args=(stop, lambda: work.run_due(1, only=(kind,))), daemon=True)
            here.start()
            try:
                return _watch(job, label)
            finally:
                stop.set()
                here.join(30)
    except Busy as busy:
        at = (busy.who or {}).get("url", "")
        say(f"Rapport is running{f' at {at}' if at else ''}; it will do this.")
        return _watch(put(), label)


def _labour(stop: threading.Event, step: Callable[[], int]) -> None:
    while not stop.is_set():
        if not step():
            stop.wait(0.05)


def _watch(job: int, label: str) -> dict[str, Any]:
    from rapport.core.models import Work

    with click.progressbar(length=1000, label=label, show_pos=False, file=sys.stderr) as bar:
        at = 0
        while True:
            row = Work.objects.filter(pk=job).first()
            if row is None:
                raise click.ClickException("The job is gone: somebody removed it.")
            far = 1000 * row.progress.get("bytes", 0) // max(1, row.progress.get("total", 0))
            bar.update(max(0, far - at))
            at = max(at, far)
            if row.done_at or row.dead_at:
                break
            time.sleep(0.1)
    if row.error and row.dead_at:
        raise click.ClickException(row.error)
    progress: dict[str, Any] = row.progress
    return progress
