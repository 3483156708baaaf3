"""Teaching one task: examples in, a head out if it is better than what there is, on posts it has not seen.

Every post is judged once by a head that was fitted without its text (five folds, divided by the text itself, so that
the same words never stand on both sides). What is in use is compared on those posts alone that came after it.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Final

import msgspec
import numpy as np

from rapport.inbox.triage import taught
from rapport.inbox.triage.disposition import Disposition
from rapport.learning.course import features, measuring
from rapport.learning.course.lessons import LABELS, Errand, Lesson, Outcome, sure
from rapport.understanding import Post, Reading, Us, read
from rapport.understanding.reading import Reason
from rapport.understanding.teaching import residual
from rapport.understanding.teaching.features import Floats, Hashes
from rapport.understanding.teaching.head import Head, Unreadable, loads, version

LEAST, LEAST_OF_EACH = 40, 8
"""Examples without which nothing is tried: of all, and of each answer that is given at all."""
JUDGED: Final = 30
"""So many sure examples are enough to judge by them alone."""
_BATCH = 512
_ASIDE = re.compile(r"https?://\S+|@\w+")
_SIGNS = re.compile(r"[\W\d_]+")

Progress = Callable[[float], None]


def fold(text: str) -> int:
    """0..4, the same for texts that differ in links, handles, numbers and signs only."""
    words = _SIGNS.sub(" ", _ASIDE.sub(" ", text.casefold())).strip()
    return hashlib.sha256(words.encode("utf-8", "replace")).digest()[0] % residual.FOLDS


def teach(errand: Errand, progress: Progress = lambda share: None) -> Outcome:
    """Learn, measure, and say whether it may be used."""
    errand, labels = _learnable(errand)
    lessons, counts = errand.lessons, Counter(lesson.answer for lesson in errand.lessons)
    told = {"examples": len(lessons), "answers": dict(counts), "sources": dict(Counter(one.source for one in lessons))}
    if len(lessons) < LEAST:
        return Outcome(verdict="too_few", figures=told | {"wanted": LEAST})
    if len(counts) < 2 or min(counts.values()) < LEAST_OF_EACH:
        return Outcome(verdict="one_sided", figures=told | {"wanted": LEAST_OF_EACH})
    readings = _readings(lessons, errand.us)
    tables = [features.Table.taught(lesson) for lesson in lessons]
    rows = residual.Rows(
        hashes=Hashes([lesson.text for lesson in lessons]),
        dense=features.dense(errand.task, readings, tables),
        prior=features.prior(errand.task, readings, tables, labels),
        labels=np.array([labels.index(lesson.answer) for lesson in lessons]),
        weights=np.array([lesson.weight for lesson in lessons], dtype=np.float32),
        folds=np.array([fold(lesson.text) for lesson in lessons]),
    )
    progress(0.1)
    fitted = residual.fit(errand.task, labels, rows, lambda share: progress(0.1 + 0.8 * share))
    judge = _Judge(errand, readings, rows, labels)
    before, after = judge.without(), judge.unseen(fitted.unseen)
    head = replace(fitted.head, marks=judge.marks(fitted.unseen))
    figures = told | {"before": before, "after": after, "strength": fitted.strength, "heat": head.heat, **head.marks}
    ours = judge.against_ours(fitted.unseen)
    progress(1.0)
    if ours:
        figures |= {"in_use": ours}
    verdict = _verdict(errand.task, before, after, ours)
    weights = head.dumps() if verdict == "used" else b""
    return Outcome(verdict=verdict, weights=weights, version=version(weights) if weights else "", figures=figures)


def _verdict(task: str, before: dict[str, Any], after: dict[str, Any], ours: dict[str, Any]) -> str:
    """Better than what is shipped, no worse than what is in use; and never bought with people who are overlooked."""
    if after["score"] < before["score"] or _overlooks(task, before, after):
        return "worse"
    if after["score"] == before["score"] or (task == "row" and measuring.by_chance(after["mended"], after["spoilt"])):
        return "no_better"
    if ours and (ours["after"]["score"] < ours["before"]["score"] or _overlooks(task, ours["before"], ours["after"])):
        return "worse_than_ours"
    return "used"


def _overlooks(task: str, before: dict[str, Any], after: dict[str, Any]) -> bool:
    """Of those in need fewer would be found; of what was called rightly, less would still be called so."""
    if task == "row":
        return bool(after["kept"] < before["kept"] - 0.03)
    return task == "needs" and after["found"] < before["found"] - 0.01


def _learnable(errand: Errand) -> tuple[Errand, tuple[str, ...]]:
    """The examples of answers that were given often enough, and these answers. Of two or three answers all are kept."""
    labels = LABELS[errand.task]
    if errand.task != "row":
        return errand, labels
    counts = Counter(lesson.answer for lesson in errand.lessons)
    often = tuple(label for label in labels if counts[label] >= LEAST_OF_EACH)
    kept = [lesson for lesson in errand.lessons if lesson.answer in often]
    return msgspec.structs.replace(errand, lessons=kept), often


def _readings(lessons: Sequence[Lesson], us: Us) -> list[Reading]:
    posts = [Post(text=lesson.text, direct=lesson.direct) for lesson in lessons]
    return [one for at in range(0, len(posts), _BATCH) for one in read(posts[at : at + _BATCH], us)]


class _Judge:
    """What each model says of the examples it is judged by: the sure ones, where there are enough of them."""

    def __init__(self, errand: Errand, readings: list[Reading], rows: residual.Rows, labels: tuple[str, ...]) -> None:
        self.task, self.errand, self.rows, self.readings = errand.task, errand, rows, readings
        self.labels = labels
        plain = [place for place, lesson in enumerate(errand.lessons) if sure(lesson)]
        # Who corrects a row corrects a mistake: judged by those alone, any other name would look better.
        enough = len(plain) >= JUDGED and self.task != "row"
        self.places = plain if enough else list(range(len(errand.lessons)))

    def without(self) -> dict[str, Any]:
        """What is shipped, without any model of the workspace's own."""
        return self._measured(self.places, lambda place: self._shipped(place))

    def unseen(self, chances: Floats) -> dict[str, Any]:
        """The new head, each post judged without having been seen; its mark, too, is that of the other folds."""
        return self._measured(self.places, self._folded(chances))

    def marks(self, chances: Floats) -> dict[str, float]:
        """See ``measuring.down``: ``down`` of all, ``courtesy`` of the rows that offer something."""
        return self._marks(chances, self.places) if self.task == "needs" else {}

    def against_ours(self, chances: Floats) -> dict[str, Any]:
        """What is in use (``before``) and the new head (``after``) on what came after the one in use had learned."""
        since = [place for place in self.places if self.errand.lessons[place].at > self.errand.since]
        head = _readable(self.errand.in_use, self.task)
        if head is None or len(since) < JUDGED:
            return {}
        tables = [features.Table.taught(lesson) for lesson in self.errand.lessons]
        prior = features.prior(self.task, self.readings, tables, head.labels)
        said = head.chances(self.rows.hashes, self.rows.dense, prior)
        before = self._measured(since, lambda place: self._said(place, said[place], head.marks, head.labels))
        return {"before": before, "after": self._measured(since, self._folded(chances))}

    def _folded(self, chances: Floats) -> Callable[[int], str]:
        folds = self.rows.folds
        marks = {
            one: self._marks(chances, [place for place in self.places if folds[place] != one])
            for one in sorted(set(folds.tolist()))
        }
        return lambda place: self._said(place, chances[place], marks[int(folds[place])])

    def _marks(self, chances: Floats, places: list[int]) -> dict[str, float]:
        if self.task != "needs":
            return {}
        lessons = self.errand.lessons
        offers = [place for place in places if lessons[place].row in taught.COURTESY]
        return {
            name: measuring.down([float(chances[p][1]) for p in some], [lessons[p].answer for p in some], most)
            for name, some, most in (("down", places, taught.MISSED), ("courtesy", offers, taught.UNTHANKED))
        }

    def _measured(self, places: list[int], say: Callable[[int], str]) -> dict[str, Any]:
        truth = [self.errand.lessons[place].answer for place in places]
        said = [say(place) for place in places]
        if self.task == "row":
            return measuring.rows(truth, said, [self._shipped(place) for place in places])
        return (measuring.needs if self.task == "needs" else measuring.valence)(truth, said)

    def _shipped(self, place: int) -> str:
        if self.task == "valence":
            return self.readings[place].valence
        lesson = self.errand.lessons[place]
        return lesson.needs if self.task == "needs" else str(lesson.row)

    def _said(self, place: int, chances: Floats, marks: dict[str, float], labels: Sequence[str] = ()) -> str:
        labels = labels or self.labels
        best = int(chances.argmax())
        if self.task == "valence":
            return labels[best]
        decided = _decided(self.errand.lessons[place])
        if self.task == "row":
            return str(taught.call(decided, int(labels[best]), float(chances[best])).row)
        return taught.weigh(decided, taught.marked(float(chances[1]), marks)).needs


def _decided(lesson: Lesson) -> Disposition:
    """What the table had decided, as far as what a model may change looks at it."""
    return Disposition(
        row=lesson.row, needs=lesson.needs, urgency=1, confidence=lesson.confidence,  # type: ignore[arg-type]
        reasons=tuple(Reason(code) for code in (*(f"row.{row}" for row in lesson.rows), *lesson.codes)),
    )  # fmt: skip


def _readable(weights: bytes, task: str) -> Head | None:
    try:
        return loads(weights, figures=features.OF[task]) if weights else None
    except Unreadable:
        return None


def decoded(raw: bytes) -> Errand:
    return msgspec.msgpack.decode(raw, type=Errand)
