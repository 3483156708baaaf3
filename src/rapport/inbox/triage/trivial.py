"""What somebody would reach who did not read at all: beside every figure, so that a figure means something."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from rapport.understanding.scoring import by_class

_SHOWN = ("accuracy", "macro_recall", "macro_f1")


def always(label: str, truth: Sequence[str]) -> dict[str, Any]:
    """The figures of whoever says ``label`` to everything."""
    return {key: by_class(truth, [label] * len(truth))[key] for key in _SHOWN}


def majority(truth: Sequence[str]) -> dict[str, Any]:
    """The figures of whoever always says the commonest label (which is named)."""
    common = min(Counter(truth).items(), key=lambda item: (-item[1], item[0]))[0]
    return {"label": common} | always(common, truth)


def short(figures: dict[str, Any]) -> dict[str, Any]:
    """The means alone of another way of answering."""
    return {key: figures[key] for key in _SHOWN}
