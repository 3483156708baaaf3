"""A trained head: what was learned from a file of labelled posts, and how it answers. numpy alone; nothing is trained.

A head stands on the shipped reading: it sees the same hashed words and letter runs, what the lists found, and what the
shipped weights made of the post, so that a few hundred posts go a long way. Its weights are whole numbers of eight bits
for the buckets that it met; of the words it learned from, none is kept. One file a task, ``TASK.head``: checked against
its own hash when it is loaded.

    seen = heads.prepare(["@acme my saw broke"])        # once for all heads; or prepared(drafts) of the reader's own
    chances = heads.score(head, seen)                   # (posts, labels), calibrated
    said = heads.name(head, chances)                    # a tuple of labels for each post: one, for most tasks
"""

from __future__ import annotations

import hashlib
import io
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from rapport.understanding import anatomy, flags, intents, linear
from rapport.understanding.hashing import BUCKETS, Floats, Hashed, hashes, summed
from rapport.understanding.reader import Draft, see
from rapport.understanding.reading import Post, Us

FORM: Final = 1
OUTSIDE: Final = "oos"
"""The label of what belongs to none of the others: its bar stands where few that belong are turned away."""
SECTIONS: Final = (
    "a.peer", "boost", "damp", "guard", "i.agent", "i.ask", "i.campaign", "i.closing", "i.comparing", "i.fault",
    "i.goodwill", "i.greeting", "i.idea", "i.job", "i.leaving", "i.peers", "i.promise", "i.purchase", "i.rumour",
    "i.scheme", "t.service", "t.staff", "u.three", "u.two", *(f"h.{topic}" for topic in anatomy.TOPICS),
    *(f"f.{flag}" for flag in flags.FLAGS),
)  # fmt: skip
"""What the lists found that the shipped weights do not look at, and a workspace's matter may turn on."""
INTENTS: Final = ("question", "request", "complaint", "closing", "thanks_closing")
"""Intents of which the marks and the length say more than the lists alone."""
_ASIDE: Final = linear.DENSE + len(linear.OUTPUTS)
DENSE: Final = _ASIDE + len(SECTIONS) + len(INTENTS) + 2
"""Figures a post has beside its buckets: the lists' and the shape's, then the shipped outputs as margins, then further
sections and intents, how long it is and how many it tags."""
_OF_LISTS: Final = 0.5
_MARGIN: Final = 0.25
_LIMIT: Final = 8.0


@dataclass(frozen=True)
class Head:
    """What was learned for ``task``. ``hashed`` (len(used) + 1, labels) int8: its row 0 is of buckets never met."""

    task: str
    labels: tuple[str, ...]
    many: bool
    """Whether a post may carry several labels."""
    used: NDArray[np.int32]
    hashed: NDArray[np.int8]
    scale: Floats
    dense: Floats
    """(DENSE + extras, labels)."""
    bias: Floats
    bars: Floats
    """``many``: the least chance at which a label is said. Else: what is taken from the log of its chance before the
    greatest is named, so that rare labels are heard."""
    extras: int = 0
    """How many figures the caller gives beside each text."""
    base: str = ""
    """The version of the shipped weights it stands on."""
    story: dict[str, Any] = field(default_factory=dict)
    """How it came to be: posts, posts by label, strength chosen, versions of the libraries."""

    @property
    def version(self) -> str:
        """``TASK-hash of all that was learned``: equal heads have equal versions."""
        return f"{self.task}-{_digest(self)[:10]}"


@dataclass(frozen=True)
class Prepared:
    """Posts as every head sees them: their buckets, and DENSE figures each."""

    words: Hashed
    letters: Hashed
    dense: Floats

    def __len__(self) -> int:
        return len(self.dense)


def prepare(texts: Sequence[str], us: Us | None = None) -> Prepared:
    """The texts as heads see them. ``us`` (its languages) as in ``read``; all texts are taken as one batch."""
    return prepared(see([Post(text=text) for text in texts], us or Us()))


def prepared(drafts: Sequence[Draft]) -> Prepared:
    """The same from the reader's own drafts, so that nothing is read twice."""
    words, letters = hashes([draft.tokens for draft in drafts])
    dense = np.zeros((len(drafts), DENSE), dtype=np.float32)
    for row, draft in zip(dense, drafts, strict=True):
        row[: linear.DENSE] = linear.features(draft.tokens, draft.found, draft.scores, draft.felt)
        if draft.learned is not None:
            row[linear.DENSE : _ASIDE] = draft.learned
        row[_ASIDE:] = _further(draft)
    shown = dense[:, linear.DENSE + linear.VALENCES : _ASIDE]
    spoke = shown.any(axis=1)
    chances = np.clip(shown[spoke], 1e-4, 1 - 1e-4)
    shown[spoke] = np.log(chances / (1 - chances))
    dense[:, linear.DENSE : _ASIDE] = np.clip(dense[:, linear.DENSE : _ASIDE], -_LIMIT, _LIMIT) * _MARGIN
    return Prepared(words, letters, dense)


def _further(draft: Draft) -> list[float]:
    """The figures of one post after those of the shipped weights."""
    named = intents.intents(draft.tokens, draft.scores)
    return [
        *(_OF_LISTS * draft.scores.get(section, 0.0) for section in SECTIONS),
        *(_OF_LISTS * named.get(name, 0.0) for name in INTENTS),
        min(draft.tokens.spoken, 40) / 80, min(len(draft.tokens.handles), 3) / 6,
    ]  # fmt: skip


def margins(head: Head, seen: Prepared, extra: Floats | None = None) -> Floats:
    """(posts, labels): what ``score`` turns into chances. Raises ValueError where ``extra`` is not as it learned."""
    given = 0 if extra is None else extra.shape[1]
    if given != head.extras:
        raise ValueError(f"This model learned with {head.extras} further figures for a post; {given} were given.")
    place = np.zeros(BUCKETS, dtype=np.int64)
    place[head.used] = np.arange(1, len(head.used) + 1)
    total = np.zeros((len(seen), len(head.labels)), dtype=np.float32)
    for buckets, starts in (seen.words, seen.letters):
        total += summed(head.hashed, place[buckets], starts)
    dense = seen.dense if extra is None else np.hstack([seen.dense, extra.astype(np.float32)])
    answer: Floats = total * head.scale + dense @ head.dense + head.bias
    return answer


def score(head: Head, seen: Prepared | Sequence[str], extra: Floats | None = None) -> Floats:
    """(posts, labels) chances 0..1, calibrated: of one label they add up to 1, of ``many`` each stands for itself."""
    ready = seen if isinstance(seen, Prepared) else prepare(seen)
    chances: Floats = chances_of(margins(head, ready, extra), head.many)
    return chances


def chances_of(margin: NDArray[Any], many: bool) -> NDArray[Any]:
    """Margins as chances: the logistic of each, or the softmax of all. As fine as what is given: who searches for the
    best calibration needs every digit."""
    if many:
        alone: NDArray[Any] = 1 / (1 + np.exp(-np.clip(margin, -30, 30)))
        return alone
    grown = np.exp(margin - margin.max(axis=1, keepdims=True))
    shares: NDArray[Any] = grown / grown.sum(axis=1, keepdims=True)
    return shares


def name(head: Head, chances: Floats) -> list[tuple[str, ...]]:
    """The labels of each post: all that reach their bar (at least the best) for ``many``, else the one best."""
    if not len(chances):
        return []
    best = chances.argmax(axis=1) if head.many else (np.log(np.maximum(chances, 1e-12)) - head.bars).argmax(axis=1)
    if head.many:
        reached = chances >= head.bars
        reached[np.arange(len(best)), best] |= ~reached.any(axis=1)
        return [tuple(label for label, yes in zip(head.labels, row, strict=True) if yes) for row in reached]
    return [(head.labels[place],) for place in best]


def save(head: Head, folder: Path) -> Path:
    """Write it as ``folder/TASK.head``, whole or not at all; the same head gives the same bytes. Returns the file."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{head.task}.head"
    packed = io.BytesIO()
    np.savez_compressed(packed, about=np.array(json.dumps(_about(head), sort_keys=True)), **_arrays(head))
    waiting = path.with_suffix(".new")
    with waiting.open("wb") as file:
        file.write(packed.getvalue())
        file.flush()
        os.fsync(file.fileno())
    waiting.replace(path)
    return path


def load(folder: Path, task: str) -> Head:
    """The head of ``task`` in ``folder``. Raises ValueError with a sentence where there is none, or it is damaged."""
    path = folder / f"{task}.head"
    if not path.is_file():
        there = ", ".join(sorted(found.stem for found in folder.glob("*.head"))) or "none"
        raise ValueError(f"There is no model for {task} in {folder}; there is: {there}.")
    try:
        with np.load(path, allow_pickle=False) as stored:
            about = json.loads(str(stored["about"]))
            head = _head(about, {name: stored[name] for name in _ARRAYS})
    except Exception as error:  # numpy and zipfile have no common class for a damaged file
        raise ValueError(f"{path.name} is damaged: {error}.") from error
    if about.get("form") != FORM or head.dense.shape[0] != DENSE + head.extras:
        raise ValueError(f"{path.name} was made by another version of Rapport; train it again.")
    if about.get("version") != head.version:
        raise ValueError(f"{path.name} is damaged: its weights are not those that were saved.")
    return head


_ARRAYS: Final = ("used", "hashed", "scale", "dense", "bias", "bars")


def _arrays(head: Head) -> dict[str, Any]:
    return {name: getattr(head, name) for name in _ARRAYS}


def _about(head: Head) -> dict[str, Any]:
    return {**_plain(head), "form": FORM, "version": head.version, "story": head.story}


def _plain(head: Head) -> dict[str, Any]:
    return {
        "task": head.task, "labels": list(head.labels), "many": head.many,
        "extras": head.extras, "base": head.base,
    }  # fmt: skip


def _head(about: dict[str, Any], arrays: dict[str, Any]) -> Head:
    told = {key: about[key] for key in ("task", "many", "extras", "base", "story")}
    return Head(labels=tuple(about["labels"]), **told, **arrays)


def _digest(head: Head) -> str:
    seen = hashlib.sha256(json.dumps(_plain(head), sort_keys=True).encode())
    for value in _arrays(head).values():
        seen.update(np.ascontiguousarray(value).tobytes())
    return seen.hexdigest()
