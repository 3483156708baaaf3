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
OF: Final = {"needs": FIGURES + _TABLE, "valence": FIGURES, "row": FIGURES + _TABLE}
"""How many figures a post has, by task."""
_SAID: Final = {"yes": 0.85, "unsure": 0.5, "no": 0.12}
"""How often the table's word is right, roughly; what is not so in this workspace, the head learns."""
_DECIDING, _HELD, _NOT = 0.8, 0.1, 0.01
"""The same of its rows, before they are divided by their sum: the one that decided, one that held too, any other."""


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
    """(posts, OF[task]); ``tables`` may be empty for ``valence``."""
    rows = [figures(reading) for reading in readings]
    if task != "valence":
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


def prior(
    task: str, readings: Sequence[Reading], tables: Sequence[Table], labels: Sequence[str] | None = None
) -> Floats:
    """(posts, labels) log-odds of what is said without the head; ``labels``: those that it knows, if not all."""
    names = LABELS[task] if labels is None else labels
    if task == "needs":
        shares = [[1 - _SAID[table.needs], _SAID[table.needs]] for table in tables]
    elif task == "row":
        shares = [_of_rows(table, names) for table in tables]
    else:
        shares = [[0.7 if reading.valence == name else 0.15 for name in VALENCES] for reading in readings]
    logs = [[math.log(share) for share in row] for row in shares]
    return np.array(logs, dtype=np.float32).reshape(len(logs), len(names))


def _of_rows(table: Table, names: Sequence[str]) -> list[float]:
    """The share of each row before anything is learned."""
    likely = [_DECIDING if int(name) == table.row else _HELD if int(name) in table.rows else _NOT for name in names]
    return [one / sum(likely) for one in likely]
