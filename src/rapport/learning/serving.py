"""Serving: the workspace's own model over the shipped one, for whoever reads a batch of messages.

Which weights are in use is asked once a batch, in that batch's own transaction: a training or a rollback holds for
whole batches. Weights that were read once stay in memory while they are in use.
"""

from __future__ import annotations

import hashlib
import logging
from collections import OrderedDict
from threading import Lock
from typing import Final

from rapport.learning.course import features
from rapport.learning.course.using import Taught
from rapport.learning.models import Training
from rapport.understanding.teaching.head import Head, Unreadable, loads

__all__ = ["Taught", "of", "readable"]

log = logging.getLogger(__name__)
_KEPT: Final = 8
_heads: OrderedDict[tuple[int, str], Head | None] = OrderedDict()
_lock = Lock()


def of(workspace_id: int) -> Taught:
    """What this workspace's model is at this moment: one query, and one more where its weights are new here."""
    rows = Training.objects.filter(workspace_id=workspace_id, in_use=True).order_by("task")
    used = list(rows.values_list("pk", "task", "version"))
    heads = {task: head for pk, task, version in used if (head := _head(pk, version)) is not None}
    if not heads:
        return Taught()
    versions = "".join(version for _, task, version in used if task in heads)
    return Taught(heads, f"ours-{hashlib.sha256(versions.encode()).hexdigest()[:8]}")


def _head(pk: int, version: str) -> Head | None:
    with _lock:
        if (pk, version) in _heads:
            _heads.move_to_end((pk, version))
            return _heads[pk, version]
    task, weights = Training.objects.values_list("task", "weights").get(pk=pk)
    try:
        head = loads(bytes(weights or b""), figures=features.OF[task])
    except Unreadable as error:  # written by another version: the night learns it anew
        log.warning("training %s: %s", pk, error)
        head = None
    with _lock:
        _heads[pk, version] = head
        while len(_heads) > _KEPT:
            _heads.popitem(last=False)
    return head


def readable(training: Training) -> bool:
    """Whether its weights can be used by this version of Rapport."""
    return _head(training.pk, training.version) is not None
