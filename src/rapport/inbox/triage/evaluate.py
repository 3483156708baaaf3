"""How often the reading and the table are right, on a file of labelled posts: one door for every task.

What each task asks and answers is in ``evaluate_posts`` (what a post says), ``evaluate_table`` (what is decided) and
``evaluate_talk`` (promises, frustration); docs/evaluate.md says the fields of the files and the keys of the figures.
Nothing is trained here.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from rapport.inbox.triage import evaluate_posts, evaluate_table, evaluate_talk
from rapport.inbox.triage.evaluate_table import triage
from rapport.inbox.triage.labelled import rows
from rapport.understanding import Post, Us, read
from rapport.understanding.heads import Head, load
from rapport.understanding.training import measuring

Rows = Sequence[dict[str, Any]]
_ANSWERS: Final[dict[str, Callable[[str, Rows], dict[str, Any]]]] = {
    **dict.fromkeys(evaluate_table.TASKS, evaluate_table.figures),
    **dict.fromkeys(evaluate_posts.TASKS, evaluate_posts.figures),
    **dict.fromkeys(evaluate_talk.TASKS, evaluate_talk.figures),
}
TASKS: Final = tuple(_ANSWERS)
_FIELDS: Final = {
    "ekman": ("text", "ekman"), "language": ("text", "lang"), "safety": ("text", "flag"),
    "promise": ("text", "promises"), "frustration": ("turns", "should_alarm_by_turn"),
    **{task: ("text", task) for task in ("needs", "row", "urgency", "addressed")},
}  # fmt: skip


def evaluate(task: str, path: Path, model: Path | None = None) -> dict[str, Any]:
    """The figures of ``task`` on ``path``, by the shipped reading or by the trained model in the folder ``model``.

    Raises ValueError with a clear sentence for a wrong task, file, label or model. Keys: docs/evaluate.md.
    """
    if task not in TASKS and not model:
        raise ValueError(f"There is no task {task!r}. There are: {', '.join(TASKS)}.")
    head = load(model, task) if model else None
    labelled = list(rows(path, ("text",) if head else _FIELDS.get(task, ("text", "label"))))
    if not labelled:
        raise ValueError(f"{path.name} holds no posts.")
    read([Post(text="the first post of a process loads lists and weights, which is not reading")], Us())
    began = time.perf_counter()
    found = _of_head(head, labelled) if head else _ANSWERS[task](task, labelled)
    found["posts_per_second"] = round(len(labelled) / max(time.perf_counter() - began, 1e-9), 1)
    return found


def _of_head(head: Head, labelled: Rows) -> dict[str, Any]:
    return measuring.figures(head, labelled) | {"model": head.version}


__all__ = ["TASKS", "evaluate", "triage"]
