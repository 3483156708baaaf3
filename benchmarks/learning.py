"""The learning curve of a workspace's own model: 0, 50, 200, 1,000 and all corrections, text-disjoint.

    python benchmarks/learning.py DATA [--quick] [valence | habit | thanks | needs | row …]

DATA holds airline.jsonl.gz (text, label) and needs_response.jsonl.gz (text, us, context, needs). Printed are development
scores: of each size the mean over several draws, always on the same posts, which no draw holds. Two teams are made of
the airline posts: one that answers whoever is displeased and nobody else (``habit``), one that answers everybody but
who is pleased (``thanks nobody``). ``needs`` are real verdicts; ``row`` is what the same posts were called.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path
from typing import Any

import numpy as np

from rapport.inbox.triage.disposition import Facts
from rapport.inbox.triage.evaluate import triage
from rapport.inbox.triage.labelled import rows, us_of
from rapport.learning.course import features, measuring
from rapport.learning.course.lessons import LABELS, SOURCES, Errand, Lesson
from rapport.learning.course.teaching import fold, taught, teach
from rapport.learning.course.using import Taught
from rapport.understanding import Reading
from rapport.understanding.teaching.head import loads

SIZES = (50, 200, 1_000, 10**9)
DRAWS = {50: 3, 200: 3}


def order(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def lesson(at: int, text: str, answer: str, decided: Any) -> Lesson:
    """As somebody's correction; a row that they found right as one that stood."""
    held, codes = features.read([reason.code for reason in decided.reasons])
    stood = {"weight": SOURCES["stood"], "source": "stood"} if answer == str(decided.row) else {}
    return Lesson(
        id=at, text=text, answer=answer, **stood, needs=decided.needs, row=decided.row, rows=tuple(held), codes=tuple(codes),
        confidence=decided.confidence,
    )  # fmt: skip


def after(weights: bytes, task: str, texts: list[str], read: list[tuple[Reading, Any]]) -> list[str]:
    """What the line would say of these posts with such a model in use."""
    own = Taught({task: loads(weights, figures=features.OF[task])}, "bench") if weights else Taught()
    shipped = [reading for reading, _ in read]
    if task == "valence":
        return [reading.valence for reading in own.felt(texts, shipped)]
    facts = [Facts(text=text, reading=reading) for text, reading in zip(texts, shipped, strict=True)]
    weighed = own.weighed(facts, [decided for _, decided in read], shipped)
    return [str(one.row) if task == "row" else one.needs for one in weighed]


def curve(name: str, task: str, labelled: list[dict[str, Any]], answers: list[str], fields: tuple[str, ...]) -> None:
    read = triage(labelled)
    texts = [row["text"] for row in labelled]
    test = [at for at, text in enumerate(texts) if fold(text) == 0]
    left = sorted((at for at, text in enumerate(texts) if fold(text) != 0), key=lambda at: order(texts[at]))
    measure = measuring.needs if task == "needs" else measuring.valence  # of rows, too: accuracy and macro F1
    truth = [answers[at] for at in test]

    def figures(weights: bytes) -> dict[str, Any]:
        return measure(truth, after(weights, task, [texts[at] for at in test], [read[at] for at in test]))

    print(f"\n{name}: {len(test):,} posts held out, {len(left):,} to learn from")
    line(0, [figures(b"")], fields)
    for size in SIZES:
        some = min(size, len(left))
        drawn = []
        for draw in range(DRAWS.get(size, 1)):
            chosen = left[draw * some : (draw + 1) * some]
            if len(chosen) == some:
                lessons = [lesson(at, texts[at], answers[at], read[at][1]) for at in chosen]
                outcome = teach(Errand(task=task, lessons=lessons, us=us_of(None)))
                drawn.append(figures(outcome.weights) | {"used": float(outcome.verdict == "used")})
        line(some, drawn, (*fields, "used"))
        if size > len(left):
            break


def line(size: int, drawn: list[dict[str, Any]], fields: tuple[str, ...]) -> None:
    told = "  ".join(f"{name} {np.mean([one.get(name, 0.0) for one in drawn]):.3f}" for name in fields)
    print(f"{size:>7,} corrections  {told}  ({len(drawn)} draws)", flush=True)


def main() -> None:
    data = Path(sys.argv[1])
    asked = set(sys.argv[2:]) - {"--quick"}
    airline = list(rows(data / "airline.jsonl.gz", ("text", "label")))
    if "--quick" in sys.argv:
        airline = airline[:3_000]
    real = [row for row in rows(data / "needs_response.jsonl.gz", ("text", "needs")) if row["needs"] in LABELS["needs"]]
    labels = [row["label"] for row in airline]
    habit = ["yes" if label == "negative" else "no" for label in labels]
    thanks = ["no" if label == "positive" else "yes" for label in labels]
    wanted, shares = ("score", "found", "right", "spared", "unsure"), ("macro_f1", "accuracy")
    curves: dict[str, tuple[str, str, list[dict[str, Any]], list[str], tuple[str, ...]]] = {
        "valence": ("airline, valence", "valence", airline, labels, shares),
        "habit": ("airline, answers the displeased alone", "needs", airline, habit, wanted),
        "thanks": ("airline, thanks nobody", "needs", airline, thanks, wanted),
        "needs": ("needs_response, needs", "needs", real, [row["needs"] for row in real], wanted),
        "row": ("needs_response, row", "row", real, [str(row["row"]) for row in real], shares),
    }
    for name, what in curves.items():
        if not asked or name in asked:
            curve(*what)
    assert taught.LIFTS < taught.SURE


if __name__ == "__main__":
    main()
