"""Serving: the workspace's own model over the shipped one, for whoever reads a batch of messages.

Which weights are in use is asked once a batch, in that batch's own transaction: a training or a rollback holds for
whole batches. Weights that were read once stay in memory while they are in use.
"""

from __future__ import annotations

import hashlib
import logging
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Final

import msgspec
import numpy as np

from rapport.inbox.triage import taught
from rapport.inbox.triage.disposition import Disposition, Facts
from rapport.learning.course import features
from rapport.learning.models import Training
from rapport.understanding import Reading
from rapport.understanding.teaching.features import VALENCES, Hashes
from rapport.understanding.teaching.head import Head, Unreadable, loads

log = logging.getLogger(__name__)
_KEPT: Final = 8
_SURE_OF_FEELING: Final = 0.5
"""A valence that is no likelier than its absence leaves the shipped one as it is."""
_heads: OrderedDict[tuple[int, str], Head | None] = OrderedDict()
_lock = Lock()


@dataclass(frozen=True)
class Taught:
    """The heads of one workspace, by task; without any it changes nothing and costs nothing."""

    heads: dict[str, Head] = field(default_factory=dict)
    version: str = ""

    def felt(self, texts: Sequence[str], readings: list[Reading]) -> list[Reading]:
        """The readings with the valence as this workspace's people hear it; each says both versions."""
        if not self.heads:
            return readings
        named = [msgspec.structs.replace(one, model=f"{one.model}+{self.version}") for one in readings]
        head = self.heads.get("valence")
        if head is None or not readings:
            return named
        dense, prior = features.dense("valence", readings, ()), features.prior("valence", readings, ())
        chances = head.chances(Hashes(texts), dense, prior).tolist()
        return [_heard(one, dict(zip(VALENCES, row, strict=True))) for one, row in zip(named, chances, strict=True)]

    def weighed(
        self, facts: Sequence[Facts], decisions: list[Disposition], shipped: Sequence[Reading]
    ) -> list[Disposition]:
        """The decisions with what this team answers weighed in. ``shipped``: the readings before :meth:`felt`."""
        head = self.heads.get("needs")
        if head is None or not decisions:
            return decisions
        tables = [features.Table.of(decided) for decided in decisions]
        hashes = Hashes([fact.text for fact in facts])
        dense, prior = features.dense("needs", shipped, tables), features.prior("needs", shipped, tables)
        chances = head.chances(hashes, dense, prior)[:, 1].tolist()
        down = head.marks.get("down", -1.0)
        weighed = [
            taught.weigh(decided, taught.Opinion(chance=chance, down=down))
            for decided, chance in zip(decisions, chances, strict=True)
        ]
        changed = [place for place, one in enumerate(weighed) if one is not decisions[place]]
        if changed:
            like = head.memory.like(hashes.only(np.array(changed)), 2).tolist()
            for place, (no, yes) in zip(changed, like, strict=True):
                opinion = taught.Opinion(chance=chances[place], answered=yes, dismissed=no, down=down)
                weighed[place] = taught.weigh(decisions[place], opinion)
        return weighed


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


def _heard(reading: Reading, chances: dict[str, float]) -> Reading:
    named = max(VALENCES, key=lambda name: chances[name])
    if named == reading.valence or chances[named] < _SURE_OF_FEELING:
        return reading
    score = round(chances["positive"] - chances["negative"], 3)
    bounded = {"positive": max(score, 0.0), "negative": min(score, 0.0), "neutral": score}[named]
    return msgspec.structs.replace(reading, valence=named, valence_score=bounded)
