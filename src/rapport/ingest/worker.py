"""The worker: what runs beside the pages. Each loop looks for due work and rests when there is none.

Eight loops, so that neither a long import nor what follows from its events holds up an answer, nor a slow network the line.
What waits for a network that is not ours bears a lane (``core.lanes``), so that a slow one holds up nobody but itself.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from django.db import close_old_connections, connection

from rapport.core import work
from rapport.core.database import now, write
from rapport.core.lanes import Lanes
from rapport.core.models import Work
from rapport.inbox import auditing, manner, noticing, scanning, vouching, waking
from rapport.inbox.models import Arrival, Source
from rapport.inbox.notices import announcing
from rapport.ingest import bringing, exports, pipeline
from rapport.ingest.keeper import Keeper
from rapport.learning import nights

REST = 0.25
"""Seconds between two looks when nothing was due."""
ROUND = 300.0
"""Seconds between two looks at whether a source fell silent, or an answer is late."""
LONG = ("import", "reprocess", "return", "forget", "export", "train")
LOOKING = ("second.look", vouching.KIND)
BACK = (bringing.KIND,)
SENDERS = Lanes()
"""Those of this process: what they have in hand stays theirs, however often the loop begins anew."""


def line(stop: threading.Event) -> None:
    """Take accepted arrivals down the line."""
    _loop(stop, pipeline.run)


def leaving(stop: threading.Event) -> None:
    """Send the answers that are due, several networks at once. A loop of its own: events of a great import are many, and
    a person waits here."""
    SENDERS.run(stop)


def quick(stop: threading.Event) -> None:
    """Run what takes moments, such as readers of events; bring back what was snoozed until now."""
    _loop(stop, lambda: work.run_due(but=(*LONG, *LOOKING, *BACK), lanes=False) + waking.wake())


def long(stop: threading.Event) -> None:
    """Run what takes minutes: imports and reprocessing, one at a time."""
    _loop(stop, lambda: work.run_due(1, only=LONG))


def back(stop: threading.Event) -> None:
    """Bring along what was said before a source was connected. A loop of its own: a network may take hours over it."""
    _loop(stop, lambda: work.run_due(1, only=BACK))


def again(stop: threading.Event) -> None:
    """Look a second time at what is in doubt, look up who vouches for our mail, look through files. A loop of its own:
    what is asked elsewhere may take a minute to answer."""
    _loop(stop, lambda: work.run_due(1, only=LOOKING) + scanning.step())


def take_over() -> None:
    """Free what a killed process still holds. Only for whoever holds the data folder of SQLite: there is nobody else."""
    if connection.vendor == "sqlite":
        with write():
            Arrival.objects.exclude(lease="").filter(done_at=None).update(lease="", lease_until=None)
            Work.objects.exclude(lease="").filter(done_at=None).update(lease="", lease_until=None)
            Source.objects.exclude(lease="").update(lease="", lease_until=None)
            # Whoever died while it renewed credentials may have used up a token: many networks take it once more, soon.
            Source.objects.exclude(renewing_until=None).update(renewing_until=None, visit_at=None)


def watch(stop: threading.Event) -> None:
    """Notice what falls silent and what is late, and remove what has expired."""
    while not stop.is_set():
        close_old_connections()
        noticing.notice(now())
        announcing.lates(now())
        nights.train(now())
        exports.sweep()
        manner.refresh(now())
        auditing.begin(now())
        vouching.due(now())
        stop.wait(ROUND)


def keep(stop: threading.Event) -> None:
    """Visit every connected source when it is due."""
    Keeper().run(stop)


LOOPS = (line, leaving, quick, long, watch, keep, again, back)


def _loop(stop: threading.Event, step: Callable[[], int]) -> None:
    while not stop.is_set():
        close_old_connections()
        if not step():
            stop.wait(REST)
