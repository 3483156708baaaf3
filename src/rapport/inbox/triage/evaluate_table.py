"""What is decided about posts, measured: needs, row, urgency, addressed, and safety (rows 1 and 2).

In ``needs``, *unsure* counts as *yes*, for it reaches the desk; its share is printed beside, so that doubt cannot be
used to look good.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any, Final

from rapport.inbox.triage import trivial
from rapport.inbox.triage.decide import decide
from rapport.inbox.triage.disposition import Disposition, Facts
from rapport.inbox.triage.labelled import turns_of, us_of
from rapport.understanding import Post, Reading, Us, read
from rapport.understanding.scoring import by_class, calibration, quadratic_kappa

TASKS: Final = ("needs", "row", "urgency", "addressed", "safety")
_LABELS: Final = {
    "needs": ("yes", "no", "unsure"),
    "addressed": ("to_us", "about_us", "about_rival", "rival", "nearby"),
    "row": tuple(str(row) for row in range(1, 17)),
    "urgency": ("0", "1", "2", "3"),
    "safety": ("true", "false"),
}
_ALARMS: Final = (1, 2)
_BATCH: Final = 512
Rows = Sequence[dict[str, Any]]
Decided = Sequence[tuple[Reading, Disposition]]


def figures(task: str, labelled: Rows) -> dict[str, Any]:
    """The figures of one of TASKS. Raises ValueError with a sentence for a label that is none."""
    field = "flag" if task == "safety" else task
    truth = [_truth(task, row[field], number) for number, row in enumerate(labelled, 1)]
    decided = triage(labelled)
    if task == "safety":
        return _safety(labelled, truth, decided)
    said = _said(task, truth, decided)
    found = _measured(task, truth, said, decided)
    sources = [str(row.get("src", "")) for row in labelled]
    found["per_src"] = {
        source: _measured(task, *_only(source, sources, truth, said, decided))
        for source in sorted(set(sources))
        if source
    }
    return found


def triage(labelled: Rows) -> list[tuple[Reading, Disposition]]:
    """Each row read and decided as the line does it: one ``us`` a batch, ``before`` from ``context``."""
    done: dict[int, tuple[Reading, Disposition]] = {}
    order = sorted(range(len(labelled)), key=lambda place: str(labelled[place].get("us")))
    for words, places in groupby(order, key=lambda place: labelled[place].get("us")):
        _decide(labelled, list(places), us_of(words), done, listening="(" in str(words))
    return [done[place] for place in range(len(labelled))]


def _decide(
    labelled: Rows, places: list[int], us: Us, done: dict[int, tuple[Reading, Disposition]], *, listening: bool
) -> None:
    """``listening``: the file says who we are to whom it does not know us, so its posts were overheard in public."""
    posts = [
        Post(
            text=labelled[place]["text"],
            before=turns_of(labelled[place].get("context"), labelled[place]["text"], us),
            direct=False if listening else None,
        )
        for place in places
    ]
    for at in range(0, len(posts), _BATCH):
        batch = posts[at : at + _BATCH]
        for place, post, reading in zip(places[at : at + _BATCH], batch, read(batch, us), strict=True):
            done[place] = reading, decide(Facts(text=post.text, reading=reading, before=post.before))


def _truth(task: str, value: object, number: int) -> str:
    label = str(value).lower() if task == "safety" else str(value)
    if label not in _LABELS[task]:
        raise ValueError(f"Post {number} is labelled {label!r}; {task} knows {', '.join(_LABELS[task])}.")
    return label


def _said(task: str, truth: Sequence[str], decided: Decided) -> list[str]:
    if task == "needs":
        return [disposition.needs for _, disposition in decided]
    if task == "addressed":  # in the file's own words: some write about_rival for what a Reading calls rival
        rival = "about_rival" if "about_rival" in truth else "rival"
        return [rival if reading.addressed == "rival" else reading.addressed for reading, _ in decided]
    return [str(disposition.row if task == "row" else disposition.urgency) for _, disposition in decided]


def _measured(task: str, truth: Sequence[str], said: Sequence[str], decided: Decided) -> dict[str, Any]:
    if task == "needs":
        return _needs(truth, said, decided)
    found = by_class(truth, said)
    if task == "urgency":
        found["quadratic_kappa"] = quadratic_kappa([int(label) for label in truth], [int(label) for label in said])
    return found | {"trivial": {"majority": trivial.majority(truth)}}


def _needs(truth: Sequence[str], said: Sequence[str], decided: Decided) -> dict[str, Any]:
    desk = {"yes": "yes", "unsure": "yes", "no": "no"}
    true, named = [desk[label] for label in truth], [desk[label] for label in said]
    found = by_class(true, named)
    sure = [disposition.confidence for _, disposition in decided]
    found["unsure_share"] = round(sum(label == "unsure" for label in said) / max(1, len(said)), 4)
    found["ece"] = calibration(sure, [t == s for t, s in zip(true, named, strict=True)])
    found["trivial"] = {
        "yes_to_everything": by_class(true, ["yes"] * len(true))["per_class"],
        "majority": trivial.majority(true),
    }
    return found


def _safety(labelled: Rows, truth: Sequence[str], decided: Decided) -> dict[str, Any]:
    """Said is that a flag is raised (rows 1 and 2 follow where the post concerns us: ``recall_of_rows``); recall also
    by kind and language, false alarms over all posts that are no such thing."""
    said = ["true" if reading.flags else "false" for reading, _ in decided]
    rows = [disposition.row in _ALARMS for _, disposition in decided]
    found = by_class(truth, said)
    right = [s == "true" for t, s in zip(truth, said, strict=True) if t == "true"]
    wrong = [s == "true" for t, s in zip(truth, said, strict=True) if t == "false"]
    return found | {
        "recall": _share(right),
        "false_alarm_rate": _share(wrong),
        "recall_of_rows": _share([row for row, t in zip(rows, truth, strict=True) if t == "true"]),
        "recall_by_kind": _by("kind", labelled, truth, said),
        "recall_by_language": _by("lang", labelled, truth, said),
        "trivial": {"yes_to_everything": {"recall": 1.0, "false_alarm_rate": 1.0}, "no_to_everything": {
            "recall": 0.0, "false_alarm_rate": 0.0}},
    }  # fmt: skip


def _by(field: str, labelled: Rows, truth: Sequence[str], said: Sequence[str]) -> dict[str, float]:
    named = sorted({str(row.get(field)) for row, t in zip(labelled, truth, strict=True) if t == "true"} - {"None"})
    return {
        name: _share([s == "true" for row, t, s in zip(labelled, truth, said, strict=True)
                      if t == "true" and str(row.get(field)) == name])
        for name in named
    }  # fmt: skip


def _share(held: Sequence[bool]) -> float:
    return round(sum(held) / len(held), 4) if held else 0.0


def _only(
    source: str, sources: Iterable[str], truth: Sequence[str], said: Sequence[str], decided: Decided
) -> tuple[list[str], list[str], Decided]:
    kept = [(t, s, d) for src, t, s, d in zip(sources, truth, said, decided, strict=True) if src == source]
    return [t for t, _, _ in kept], [s for _, s, _ in kept], [d for _, _, d in kept]
