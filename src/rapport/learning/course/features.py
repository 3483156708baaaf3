"""What a workspace's head looks at, and what is said without it: the same for a stored lesson and a post in the line."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np

from rapport.inbox.triage.disposition import Disposition
from rapport.learning.course.lessons import LABELS, Lesson
from rapport.understanding.reading import Reading
from rapport.understanding.teaching.features import FIGURES, VALENCES, Floats, figures

CODES: Final = (
    "asked_twice",
    "unanswered",
    "answers_us",
    "addressed.direct",
    "addressed.handle",
    "loss_or_block",
    "stranded",
)
"""Reasons beside the rows that bear on the answer."""
_TABLE: Final = 16 + 16 + len(CODES) + 4
OF: Final = {"needs": FIGURES + _TABLE, "valence": FIGURES}
"""How many figures a post has, by task."""
_SAID: Final = {"yes": 0.85, "unsure": 0.5, "no": 0.12}
"""How often the table's word is right, roughly; what is not so in this workspace, the head learns."""


class Table:
    """What the decision table said of a post, as figures need it."""

    __slots__ = ("codes", "confidence", "needs", "row", "rows")

    def __init__(self, needs: str, row: int, rows: Sequence[int], codes: Sequence[str], confidence: float) -> None:
        self.needs, self.row, self.rows, self.codes, self.confidence = needs, row, rows, codes, confidence

    @classmethod
    def of(cls, decided: Disposition) -> Table:
        """Of a decision to which no model has spoken."""
        return cls(decided.needs, decided.row, *read([reason.code for reason in decided.reasons]), decided.confidence)

    @classmethod
    def taught(cls, lesson: Lesson) -> Table:
        return cls(lesson.needs, lesson.row, lesson.rows, lesson.codes, lesson.confidence)


def read(codes: Sequence[str]) -> tuple[list[int], list[str]]:
    """(the rows that held, the codes that bear on the answer) of a decision's reasons."""
    rows = [int(code[4:]) for code in codes if code.startswith("row.") and code[4:].isdigit()]
    return rows, [code for code in codes if code in CODES or code.startswith("flag.")]


def dense(task: str, readings: Sequence[Reading], tables: Sequence[Table]) -> Floats:
    """(posts, OF[task]); ``tables`` may be empty where the task is not ``needs``."""
    rows = [figures(reading) for reading in readings]
    if task == "needs":
        rows = [row + _of_table(table) for row, table in zip(rows, tables, strict=True)]
    return np.array(rows, dtype=np.float32).reshape(len(rows), OF[task])


def _of_table(table: Table) -> list[float]:
    deciding, held = [0.0] * 16, [0.0] * 16
    if 1 <= table.row <= 16:
        deciding[table.row - 1] = 1.0
    for row in table.rows:
        if 1 <= row <= 16:
            held[row - 1] = 1.0
    said = [float(table.needs == word) for word in _SAID]
    return [*deciding, *held, *(float(code in table.codes) for code in CODES), table.confidence, *said]


def prior(task: str, readings: Sequence[Reading], tables: Sequence[Table]) -> Floats:
    """(posts, labels) log-odds of what is said without the head."""
    if task == "needs":
        shares = [[1 - _SAID[table.needs], _SAID[table.needs]] for table in tables]
    else:
        shares = [[0.7 if reading.valence == name else 0.15 for name in VALENCES] for reading in readings]
    logs = [[math.log(share) for share in row] for row in shares]
    return np.array(logs, dtype=np.float32).reshape(len(logs), len(LABELS[task]))
