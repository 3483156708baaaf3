"""Rows of a file or a database as examples: checked, with every complaint naming the row; and divided by their text."""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

TASKS: Final = {
    "sentiment": "label", "emotion": "label", "ekman": "ekman", "complaint": "label", "intent": "label",
    "offensive": "label", "language": "lang",
}  # fmt: skip
"""Task → the field that carries its label."""
MANY: Final = frozenset({"ekman"})
"""Tasks in which a post may carry several labels."""
LABELS_AT_MOST: Final = 1_000
_ASIDE: Final = re.compile(r"@\w+|https?://\S+|\d+")
_LETTERS: Final = re.compile(r"[^\W\d_]+")
_Row = TypeVar("_Row", bound=Mapping[str, Any])


@dataclass(frozen=True)
class Examples:
    """What can be learned from, one place a post; ``extra`` has the same number of figures for each."""

    texts: list[str]
    labels: list[tuple[str, ...]]
    weights: list[float]
    extra: list[list[float]]

    @property
    def names(self) -> tuple[str, ...]:
        """Every label there is, in order."""
        return tuple(sorted({label for labels in self.labels for label in labels}))


def examples(task: str, rows: Sequence[Mapping[str, Any]], least: int = 2) -> Examples:
    """The rows as Examples. Raises ValueError with a sentence that names the row (the first is 1), or says that there
    are fewer than ``least`` labels."""
    field = TASKS.get(task, "label")
    found = Examples([], [], [], [])
    for number, row in enumerate(rows, 1):
        labels = _labels(task, row.get(field, row.get("label")), number)
        text, weight, extra = row.get("text"), row.get("weight", 1.0), list(row.get("extra", ()))
        if not isinstance(text, str):
            raise ValueError(f"Post {number} has no text.")
        if not isinstance(weight, int | float) or not 0 <= weight <= 1_000:
            raise ValueError(f"Post {number}: a weight is a number from 0 to 1000, not {weight!r}.")
        if found.extra and len(extra) != len(found.extra[0]):
            raise ValueError(f"Post {number} has {len(extra)} further figures; the first has {len(found.extra[0])}.")
        found.texts.append(text)
        found.labels.append(labels)
        found.weights.append(float(weight))
        found.extra.append([float(figure) for figure in extra])
    _learnable(task, found, least)
    return found


def _labels(task: str, said: object, number: int) -> tuple[str, ...]:
    if task in MANY:
        many = [said] if isinstance(said, str) else said
        if isinstance(many, list | tuple) and many and all(isinstance(one, str) and one for one in many):
            return tuple(dict.fromkeys(many))
    elif isinstance(said, str) and said:
        return (said,)
    elif isinstance(said, int) and not isinstance(said, bool):
        return (str(said),)
    raise ValueError(f"Post {number} has no label that {task} can learn: {said!r}.")


def _learnable(task: str, found: Examples, least: int) -> None:
    names = found.names
    if not names:
        raise ValueError(f"There are no posts to learn {task} from.")
    if len(names) < least:
        raise ValueError(f"{task} needs posts of at least {least} labels; all {len(found.texts)} are {names[0]!r}.")
    if len(names) > LABELS_AT_MOST:
        raise ValueError(f"{task} has {len(names)} labels; at most {LABELS_AT_MOST} can be learned.")


def counts(found: Examples) -> dict[str, int]:
    """Posts by label."""
    return dict(sorted(Counter(label for labels in found.labels for label in labels).items()))


def plain(text: str) -> str:
    """A text as it is compared with others: letters alone, without handles, links and numbers."""
    return "".join(_LETTERS.findall(_ASIDE.sub(" ", text.lower())))


def fold(text: str, folds: int, turn: int = 0) -> int:
    """Which of ``folds`` parts a text belongs to, whatever its handles and numbers: alike texts stay together."""
    return zlib.crc32(f"{turn} {plain(text) or text}".encode("utf-8", "replace")) % folds


def apart(rows: Sequence[_Row], one_in: int = 5, turn: int = 0) -> tuple[list[_Row], list[_Row]]:
    """(most, one in ``one_in``), no text on both sides; another ``turn`` divides otherwise."""
    most: list[_Row] = []
    held: list[_Row] = []
    for row in rows:
        (most if fold(str(row["text"]), one_in, turn) else held).append(row)
    return most, held
