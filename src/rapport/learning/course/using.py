"""Using: what a workspace's heads change about a batch of readings and decisions. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import msgspec
import numpy as np

from rapport.inbox.triage import taught
from rapport.inbox.triage.disposition import Disposition, Facts
from rapport.learning.course import features
from rapport.learning.course.features import Table
from rapport.understanding import Reading
from rapport.understanding.teaching.features import VALENCES, Floats, Hashes
from rapport.understanding.teaching.head import Head

_SURE_OF_FEELING: Final = 0.5
"""A valence that is no likelier than its absence leaves the shipped one as it is."""


@dataclass(frozen=True)
class _Batch:
    """The decisions of one batch as heads see them, each list in the order of the decisions."""

    tables: list[Table]
    shipped: Sequence[Reading]
    hashes: Hashes
    dense: Floats


@dataclass(frozen=True)
class Taught:
    """The heads of one workspace, by task; without any it changes nothing and costs nothing."""

    heads: dict[str, Head] = field(default_factory=dict)
    version: str = ""
    _hashed: dict[str, tuple[Hashes, int]] = field(default_factory=dict)
    """Of the batch in hand: which row of which hashes a text has, so that none is hashed twice."""

    def felt(self, texts: Sequence[str], readings: list[Reading]) -> list[Reading]:
        """The readings with the valence as this workspace's people hear it; each says both versions."""
        if not self.heads:
            return readings
        named = [msgspec.structs.replace(one, model=f"{one.model}+{self.version}") for one in readings]
        head = self.heads.get("valence")
        if head is None or not readings:
            return named
        dense, prior = features.dense("valence", readings, ()), features.prior("valence", readings, ())
        chances = head.chances(self._hashes(texts), dense, prior).tolist()
        return [_heard(one, dict(zip(VALENCES, row, strict=True))) for one, row in zip(named, chances, strict=True)]

    def weighed(
        self, facts: Sequence[Facts], decisions: list[Disposition], shipped: Sequence[Reading]
    ) -> list[Disposition]:
        """The decisions with what this team answers weighed in. ``shipped``: the readings before :meth:`felt`."""
        if not decisions or not self.heads.keys() & {"needs", "row"}:
            return decisions
        tables = [features.Table.of(decided) for decided in decisions]
        hashes = self._hashes([fact.text for fact in facts])
        batch = _Batch(tables, shipped, hashes, features.dense("needs", shipped, tables))
        return self._called(self._answered(decisions, batch), batch)

    def _answered(self, decisions: list[Disposition], batch: _Batch) -> list[Disposition]:
        """What the team answers, and what not."""
        head = self.heads.get("needs")
        if head is None:
            return decisions
        chances = head.chances(batch.hashes, batch.dense, features.prior("needs", batch.shipped, batch.tables))[
            :, 1
        ].tolist()
        weighed = [
            taught.weigh(decided, taught.marked(chance, head.marks))
            for decided, chance in zip(decisions, chances, strict=True)
        ]
        changed = [place for place, one in enumerate(weighed) if one is not decisions[place]]
        if changed:
            like = head.memory.like(batch.hashes.only(np.array(changed)), 2).tolist()
            for place, (no, yes) in zip(changed, like, strict=True):
                opinion = taught.marked(chances[place], head.marks, answered=yes, dismissed=no)
                weighed[place] = taught.weigh(decisions[place], opinion)
        return weighed

    def _called(self, decisions: list[Disposition], batch: _Batch) -> list[Disposition]:
        """What the team calls such posts."""
        head = self.heads.get("row")
        if head is None:
            return decisions
        chances = head.chances(
            batch.hashes, batch.dense, features.prior("row", batch.shipped, batch.tables, head.labels)
        )
        best = chances.argmax(axis=1).tolist()
        called = [
            taught.call(decided, int(head.labels[at]), float(chances[place][at]))
            for place, (decided, at) in enumerate(zip(decisions, best, strict=True))
        ]
        changed = [place for place, one in enumerate(called) if one is not decisions[place]]
        if changed:
            like = head.memory.like(batch.hashes.only(np.array(changed)), len(head.labels))
            for place, counts in zip(changed, like, strict=True):
                at = best[place]
                called[place] = taught.call(
                    decisions[place], int(head.labels[at]), float(chances[place][at]), int(counts[at])
                )
        return called

    def _hashes(self, texts: Sequence[str]) -> Hashes:
        """The hashes of these texts, taken from those of the batch's first question where all are among them."""
        known = [self._hashed.get(text) for text in texts]
        rows = [one[1] for one in known if one is not None]
        if texts and len(rows) == len(texts) and (first := known[0]) is not None:
            return first[0].only(np.array(rows))
        hashes = Hashes(texts)
        self._hashed.clear()
        self._hashed.update((text, (hashes, at)) for at, text in enumerate(texts))
        return hashes


def _heard(reading: Reading, chances: dict[str, float]) -> Reading:
    named = max(VALENCES, key=lambda name: chances[name])
    if named == reading.valence or chances[named] < _SURE_OF_FEELING:
        return reading
    score = round(chances["positive"] - chances["negative"], 3)
    bounded = {"positive": max(score, 0.0), "negative": min(score, 0.0), "neutral": score}[named]
    return msgspec.structs.replace(reading, valence=named, valence_score=bounded)
