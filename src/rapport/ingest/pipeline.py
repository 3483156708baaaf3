"""The straight line. Read this file first.

::

     accepted      Arrivals, durable (accepting.py)
        │ claim     compare-and-swap with a lease: once
        ▼
     identity      (network, address) → Identity → Person            storing.py   set-based
        ▼
     thread        → Conversation, and what was said there before    threads.py
        ▼
     reading       Post + Us → Reading                               understanding  pure
        ▼
     triage        Facts → Disposition, with reasons                 inbox/triage/decide.py  pure
        ▼
     turn          the conversation's state: who owes whom, by when  inbox/turning.py  pure
        ▼
     notify        one Event for the batch, one hint, counters; same transaction

Everything works on batches (one is a batch). Workers go side by side; a batch that crossed with another's (the same
message, the same stranger) is rolled back and goes again alone. A batch that fails is halved and tried again, so that
poison does not block; what fails alone is tried again later, then set aside to be seen. Nothing here decides anything.
"""

from __future__ import annotations

import logging
import secrets
from datetime import timedelta

from django.db import IntegrityError, OperationalError, connection
from django.db.models import Q

from rapport.core.database import enter, locked, now, write
from rapport.core.trouble import trouble
from rapport.inbox.models import Arrival, Source
from rapport.ingest import storing
from rapport.ingest.line import Crossed

LEASE = timedelta(seconds=15)
ATTEMPTS = 5
BATCH = 500
log = logging.getLogger(__name__)


def run(limit: int = BATCH, source_id: int | None = None) -> int:
    """Claim up to ``limit`` arrivals of one workspace and take them down the line. How many were claimed."""
    token = secrets.token_hex(8)
    claimed = claim(token, limit, source_id)
    if claimed:
        _take(claimed, token)
    return len(claimed)


def claim(token: str, limit: int, source_id: int | None = None) -> list[int]:
    """Lease the oldest waiting arrivals of the workspace that waits longest. Their ids, in order of arrival.

    Every query here names what the partial indexes of Arrival are made of: what is done is never read again.
    """
    moment = now()
    free = Arrival.objects.filter(done_at=None, poison_at=None, due_at__lte=moment)
    free = free.filter(Q(lease_until__isnull=True) | Q(lease_until__lt=moment))
    if source_id is None:
        first = free.order_by("due_at", "id").values_list("workspace_id", flat=True).first()
    else:
        free = free.filter(source_id=source_id)
        first = Source.objects.filter(pk=source_id).values_list("workspace_id", flat=True).first()
    if first is None:
        return []
    with write():
        rows = free.filter(workspace_id=first).order_by("due_at", "id")
        if connection.features.has_select_for_update_skip_locked:
            rows = rows.select_for_update(skip_locked=True)
        ids = list(rows.values_list("pk", flat=True)[:limit])
        Arrival.objects.filter(pk__in=ids).update(lease=token, lease_until=moment + LEASE)
    return ids


def _take(ids: list[int], token: str, *, alone: bool = False) -> None:
    """Take leased arrivals down the line; when a batch fails, each half of it, until what is at fault stands alone."""
    try:
        try:
            _store(ids, token, alone=alone)
        except (Crossed, IntegrityError, OperationalError) as crossed:  # a doubled key, a missing row, a deadlock
            if alone or trouble(crossed):
                raise
            log.info("%s arrivals crossed with another worker's (%s); they go again alone", len(ids), crossed)
            alone = True
            _store(ids, token, alone=True)
    except Exception as error:  # the boundary of the line: whatever one envelope raises must not stop the others
        if trouble(error):  # no envelope's fault: the leases run out, and all is as it was
            raise
        if len(ids) > 1:
            log.warning("%s arrivals failed together (%s); trying each half alone", len(ids), error)
            _take(ids[: len(ids) // 2], token, alone=alone)
            _take(ids[len(ids) // 2 :], token, alone=alone)
        else:
            _set_back(ids[0], token, error)


def _store(ids: list[int], token: str, *, alone: bool) -> None:
    """One transaction for what is still ours of these arrivals; beside the workspace's other batches, or alone."""
    with write():
        held = Arrival.objects.filter(pk__in=ids, lease=token, done_at=None)
        first = held.values_list("workspace_id", flat=True).first()
        if first is None:
            return
        enter(first, alone=alone)
        if arrivals := list(locked(held).order_by("id")):
            storing.store(arrivals, alone=alone or connection.vendor == "sqlite")


def _set_back(id: int, token: str, error: Exception) -> None:
    """One arrival failed alone: again later, with growing distance, then set aside with its bytes, to be seen."""
    with write():
        row = Arrival.objects.filter(pk=id, lease=token).first()
        if row is None:
            return
        row.attempts += 1
        row.error = f"{type(error).__name__}: {error}"[:2000].replace("\x00", "")
        row.lease, row.lease_until = "", None
        row.due_at = now() + timedelta(seconds=2**row.attempts)
        row.poison_at = now() if row.attempts >= ATTEMPTS else None
        log.warning("arrival %s failed (attempt %s): %s", id, row.attempts, error, exc_info=row.poison_at is not None)
        row.save(update_fields=["attempts", "error", "lease", "lease_until", "due_at", "poison_at"])


def again(arrival: Arrival) -> None:
    """Somebody pressed *Try again* on what was set aside."""
    with write():
        Arrival.objects.filter(pk=arrival.pk, done_at=None).update(
            poison_at=None, attempts=0, due_at=now(), lease="", lease_until=None
        )
