"""How often the reading and the table are right, on a file of labelled posts.

In ``needs``, *unsure* counts as *yes*, for it reaches the desk; its share is printed beside, so that doubt cannot be
used to look good. Nothing is trained here.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from rapport.inbox.triage.decide import decide
from rapport.inbox.triage.disposition import Disposition, Facts
from rapport.inbox.triage.labelled import rows, turns_of, us_of
from rapport.understanding import Post, Reading, Us, read
from rapport.understanding.heads import load, prepare
from rapport.understanding.scoring import by_class, quadratic_kappa
from rapport.understanding.training.measuring import figures as of_head

TASKS: Final = ("sentiment", "needs", "emotion", "addressed", "row", "urgency", "language")
_LABELS: Final = {
    "sentiment": ("negative", "neutral", "positive"),
    "needs": ("yes", "no", "unsure"),
    "addressed": ("to_us", "about_us", "about_rival", "rival", "nearby"),
    "row": tuple(str(row) for row in range(1, 17)),
    "urgency": ("0", "1", "2", "3"),
}
_FIELD: Final = {"sentiment": "label", "emotion": "label", "language": "lang"}
_GROUPS: Final = {
    "joy": ("joy", "admiration", "gratitude"), "sadness": ("sadness", "disappointment"),
    "anger": ("anger", "frustration", "disgust"), "optimism": ("optimism",), "worry": ("worry",),
    "gratitude": ("gratitude",), "frustration": ("frustration", "disappointment"), "surprise": ("surprise",),
    "confusion": ("confusion",), "disgust": ("disgust",), "fear": ("worry",), "admiration": ("admiration",),
    "disappointment": ("disappointment",),
}  # fmt: skip
_LANGUAGES: Final = {
    "english": "en", "german": "de", "french": "fr", "spanish": "es", "italian": "it", "portuguese": "pt",
    "arabic": "ar", "hindi": "hi", "dutch": "nl",
}  # fmt: skip
_BATCH: Final = 512


def evaluate(task: str, path: Path, model: Path | None = None) -> dict[str, Any]:
    """The figures of ``task`` on ``path``. Raises ValueError with a clear sentence for a wrong task, file or label.

    Keys: ``n, accuracy, macro_recall, macro_f1, per_class, per_src, posts_per_second``; for ``needs`` also
    ``unsure_share``; for ``urgency`` also ``quadratic_kappa``.
    """
    if model:
        head = load(model, task)
        labelled = list(rows(path, ("text",)))
        prepare(["the first post of a process loads lists and weights, which is not reading"])
        began = time.perf_counter()
        return of_head(head, labelled) | {"model": head.version, "posts_per_second": _rate(labelled, began)}
    if task not in TASKS:
        raise ValueError(f"There is no task {task!r}. There are: {', '.join(TASKS)}.")
    field = _FIELD.get(task, task)
    labelled = list(rows(path, ("text", field)))
    if not labelled:
        raise ValueError(f"{path.name} holds no posts.")
    truth = [_truth(task, str(row[field]), number) for number, row in enumerate(labelled, 1)]
    _plain(labelled[:1])  # the first post of a process loads lists and weights, which is not reading
    began = time.perf_counter()
    said = _ANSWERS[task](labelled, truth)
    rate = _rate(labelled, began)
    figures = _figures(task, truth, said)
    sources = [str(row.get("src", "")) for row in labelled]
    figures["per_src"] = {
        source: _figures(task, *_only(source, sources, truth, said)) for source in sorted(set(sources)) if source
    }
    figures["posts_per_second"] = rate
    return figures


def _rate(labelled: Sequence[object], began: float) -> float:
    return round(len(labelled) / max(time.perf_counter() - began, 1e-9), 1)


def triage(labelled: Sequence[dict[str, Any]]) -> list[tuple[Reading, Disposition]]:
    """Each row read and decided as the line does it: one ``us`` a batch, ``before`` from ``context``."""
    done: dict[int, tuple[Reading, Disposition]] = {}
    order = sorted(range(len(labelled)), key=lambda place: str(labelled[place].get("us")))
    for words, places in groupby(order, key=lambda place: labelled[place].get("us")):
        _decide(labelled, list(places), us_of(words), done)
    return [done[place] for place in range(len(labelled))]


def _decide(
    labelled: Sequence[dict[str, Any]], places: list[int], us: Us, done: dict[int, tuple[Reading, Disposition]]
) -> None:
    posts = [
        Post(text=labelled[place]["text"], before=turns_of(labelled[place].get("context"), labelled[place]["text"]))
        for place in places
    ]
    for place, post, reading in zip(places, posts, _read(posts, us), strict=True):
        done[place] = reading, decide(Facts(text=post.text, reading=reading, before=post.before))


def _read(posts: Sequence[Post], us: Us) -> list[Reading]:
    return [reading for at in range(0, len(posts), _BATCH) for reading in read(posts[at : at + _BATCH], us)]


def _plain(labelled: Sequence[dict[str, Any]]) -> list[Reading]:
    return _read([Post(text=row["text"]) for row in labelled], Us())


def _valences(labelled: Sequence[dict[str, Any]], truth: Sequence[str]) -> list[str]:
    return [reading.valence for reading in _plain(labelled)]


def _languages(labelled: Sequence[dict[str, Any]], truth: Sequence[str]) -> list[str]:
    return [reading.language for reading in _plain(labelled)]


def _emotions(labelled: Sequence[dict[str, Any]], truth: Sequence[str]) -> list[str]:
    """The strongest emotion among the file's own labels; ``neutral`` (where it is one) when none is felt."""
    among = sorted(set(truth))
    return [_strongest(reading, among) for reading in _plain(labelled)]


def _strongest(reading: Reading, among: list[str]) -> str:
    felt = {label: max(reading.emotions.get(name, 0.0) for name in _GROUPS.get(label, (label,))) for label in among}
    best = max(felt, key=lambda label: felt[label])
    if felt[best] > 0:
        return best
    if "neutral" in among:
        return "neutral"
    fallback = "joy" if reading.valence == "positive" else "anger"
    return fallback if fallback in among else among[0]


def _dispositions(pick: Callable[[Reading, Disposition], str]) -> Callable[..., list[str]]:
    def answers(labelled: Sequence[dict[str, Any]], truth: Sequence[str]) -> list[str]:
        return [pick(reading, disposition) for reading, disposition in triage(labelled)]

    return answers


def _addressed(labelled: Sequence[dict[str, Any]], truth: Sequence[str]) -> list[str]:
    """In the file's own words: some write ``about_rival`` for what a Reading calls ``rival``."""
    rival = "about_rival" if "about_rival" in truth else "rival"
    said = [reading.addressed for reading, _ in triage(labelled)]
    return [rival if whom == "rival" else whom for whom in said]


_ANSWERS: Final[dict[str, Callable[..., list[str]]]] = {
    "sentiment": _valences,
    "language": _languages,
    "emotion": _emotions,
    "needs": _dispositions(lambda reading, disposition: disposition.needs),
    "row": _dispositions(lambda reading, disposition: str(disposition.row)),
    "urgency": _dispositions(lambda reading, disposition: str(disposition.urgency)),
    "addressed": _addressed,
}


def _truth(task: str, label: str, number: int) -> str:
    allowed = _LABELS.get(task)
    if allowed and label not in allowed:
        raise ValueError(f"Post {number} is labelled {label!r}; {task} knows {', '.join(allowed)}.")
    if task == "language":
        return _LANGUAGES.get(label.casefold(), label.casefold())
    return label


def _figures(task: str, truth: Sequence[str], said: Sequence[str]) -> dict[str, Any]:
    if task == "needs":
        desk = {"yes": "yes", "unsure": "yes", "no": "no"}
        figures = by_class([desk[label] for label in truth], [desk[label] for label in said])
        figures["unsure_share"] = round(sum(label == "unsure" for label in said) / max(1, len(said)), 4)
        return figures
    figures = by_class(truth, said)
    if task == "urgency":
        figures["quadratic_kappa"] = quadratic_kappa([int(label) for label in truth], [int(label) for label in said])
    return figures


def _only(
    source: str, sources: Iterable[str], truth: Sequence[str], said: Sequence[str]
) -> tuple[list[str], list[str]]:
    kept = [(t, s) for src, t, s in zip(sources, truth, said, strict=True) if src == source]
    return [t for t, _ in kept], [s for _, s in kept]
