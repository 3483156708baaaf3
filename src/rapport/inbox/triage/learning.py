"""A file of labelled posts made into a model, and what is known of it by posts set aside."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final

from rapport.inbox.triage.labelled import rows
from rapport.understanding import training
from rapport.understanding.training.fitting import Progress
from rapport.understanding.training.measuring import figures as of_head

_FEW: Final = 40
_TASK: Final = re.compile(r"[a-z][a-z0-9_]{0,40}")


def learn(task: str, path: Path, out: Path, progress: Progress | None = None) -> dict[str, Any]:
    """Fit ``task`` on the posts of ``path`` and save it in ``out``. Raises ValueError with a sentence.

    Keys: ``task, model`` (the file), ``version, posts, by_label, held_out`` (figures of a model that learned from four
    fifths, on the fifth set aside by text; empty for fewer than 40 posts), ``strength, numpy, scikit_learn``.
    """
    if not _TASK.fullmatch(task):
        raise ValueError(f"A task is a small word such as {', '.join(training.TASKS)}, not {task!r}.")
    tell = progress or (lambda share, what: None)
    labelled = list(rows(path, ("text",)))
    held: dict[str, Any] = {}
    if len(labelled) >= _FEW:
        most, aside = training.apart(labelled)
        if aside and most:
            held = of_head(training.fit(task, most, progress=lambda share, what: tell(share / 2, what)), aside)
    head = training.fit(task, labelled, progress=lambda share, what: tell(0.5 + share / 2, what))
    saved = training.save(head, out)
    return {"task": task, "model": str(saved), "version": head.version, **head.story, "held_out": held}
