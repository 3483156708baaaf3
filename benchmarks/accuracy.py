"""How right the heads are on labelled files: ``python benchmarks/accuracy.py DATA [--write] [--as-json]``.

DATA is a folder with a ``labelled`` folder of JSON Lines files in it, or that folder itself; files that are not there
are passed over. ``--write`` puts the figures into docs/models/heads.md, between its marks. Whoever could read the files
while building should call the figures development scores.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import re
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

from rapport.inbox.triage.evaluate import evaluate
from rapport.understanding import linear, training
from rapport.understanding.training.examples import fold

CARD = Path(__file__).resolve().parent.parent / "docs" / "models" / "heads.md"
Row = dict[str, Any]
SHIPPED: tuple[tuple[str, str, Callable[[Row], bool]], ...] = (
    ("needs", "needs_response", lambda row: True),
    ("row", "needs_response", lambda row: True),
    ("urgency", "needs_response", lambda row: True),
    ("addressed", "needs_response", lambda row: True),
    ("sentiment", "tweeteval_sentiment", lambda row: True),
    ("sentiment", "airline", lambda row: True),
    ("sentiment", "umsab_sentiment", lambda row: True),
    ("emotion", "tweeteval_emotion", lambda row: True),
    ("ekman", "goemotions", lambda row: row["part"] == "dev"),
    ("complaint", "complaints", lambda row: True),
    ("offensive", "tweeteval_offensive", lambda row: True),
    ("offensive", "twcs_threads5k", lambda row: row["label"] == "outbound"),
    ("language", "umsab_sentiment", lambda row: row["lang"] != "hindi"),
)
TRAINED = (
    ("sentiment", "airline"), ("complaint", "complaints"), ("emotion", "tweeteval_emotion"),
    ("offensive", "tweeteval_offensive"), ("intent", "banking77"), ("intent", "clinc150"),
)  # fmt: skip
CURVES = (("sentiment", "airline"), ("complaint", "complaints"))
STEPS = (50, 200, 1_000)
_DIALECT = re.compile(
    r"\b(?:ain't|aint|finna|tryna|ion|iont|yall|y'all|gon|bruh|dis|dat|dey|wit|wanna|gonna|imma|ima|talmbout|turnt|lit|"
    r"deadass|fam|nah|ya|yo|dawg|homie|cuz|wassup)\b",
    re.IGNORECASE,
)
_SPELLING = re.compile(
    r"\b(?:recieve\w*|definately|thier|wich|becouse|beacuse|informations|advices|plz|pls|thru|alot|costumer\w*|responce|"
    r"i am agree|since \d+ days|don't works|doesn't works|how to (?:do|get) \w+\?|didn't \w+ed)\b",
    re.IGNORECASE,
)
SLICES: tuple[tuple[str, Callable[[str], bool]], ...] = (
    ("under 40 characters", lambda text: len(text) < 40),
    ("40 to 99", lambda text: 40 <= len(text) < 100),
    ("100 and more", lambda text: len(text) >= 100),
    ("spellings of a dialect", lambda text: bool(_DIALECT.search(text))),
    ("spellings of learners and haste", lambda text: bool(_SPELLING.search(text))),
    ("a question mark", lambda text: "?" in text),
    ("words in capitals", lambda text: bool(re.search(r"\b[A-Z]{4,}\b", text))),
)


def rows(folder: Path, name: str) -> list[Row]:
    """The objects of a set, or none where it is not there."""
    path = folder / f"{name}.jsonl.gz"
    if not path.is_file():
        return []
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def shipped(task: str, found: Sequence[Row]) -> dict[str, Any]:
    """The figures of the shipped heads on some rows."""
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as file:
        for row in found:
            file.write(json.dumps(row | ({"label": "not-offensive"} if row.get("label") == "outbound" else {})) + "\n")
        file.flush()
        return evaluate(task, Path(file.name))


def table(folder: Path) -> list[tuple[str, dict[str, Any]]]:
    """``task set`` and the figures of the shipped heads, for each set that is there."""
    return [
        (f"{task}, {name}", shipped(task, kept))
        for task, name, wanted in SHIPPED
        if (kept := [row for row in rows(folder, name) if wanted(row)])
    ]


def sliced(folder: Path) -> list[tuple[str, dict[str, Any]]]:
    """Valence of airline posts, and complaints, by what a post looks like; valence by language."""
    made = []
    for task, name in CURVES:
        found = rows(folder, name)
        for what, wanted in SLICES:
            kept = [row for row in found if wanted(row["text"])]
            if len(kept) >= 30:
                made.append((f"{task}, {name}, {what}", shipped(task, kept)))
    umsab = rows(folder, "umsab_sentiment")
    for language in sorted({row["lang"] for row in umsab}):
        made.append((f"sentiment, {language}", shipped("sentiment", [row for row in umsab if row["lang"] == language])))
    return made


def trained(folder: Path) -> list[tuple[str, dict[str, Any]]]:
    """Heads learned from four fifths, measured on the fifth; no text on both sides."""
    made = []
    for task, name in TRAINED:
        if found := rows(folder, name):
            most, held = training.apart(found)
            made.append((f"{task}, {name}: {len(most)} posts", training.measure(task, most, held)[1]))
    return made


def curves(folder: Path) -> list[tuple[str, dict[str, Any]]]:
    """What the first corrections bring, on the same fifth: the shipped head, then 50, 200, 1,000 and all."""
    made = []
    for task, name in CURVES:
        if not (found := rows(folder, name)):
            continue
        most, held = training.apart(found)
        made.append((f"{task}, {name}: none", shipped(task, held)))
        shuffled = sorted(most, key=lambda row: fold(row["text"], 1_000_003, 7))
        for count in (*(step for step in STEPS if step < len(most)), len(most)):
            made.append((f"{task}, {name}: {count}", training.measure(task, shuffled[:count], held)[1]))
    return made


SHOWN = ("n", "accuracy", "macro_recall", "macro_f1", "ece", "unsure_share", "quadratic_kappa", "flagged_share",
         "in_scope_accuracy", "out_of_scope_recall")  # fmt: skip


def told(figures: list[tuple[str, dict[str, Any]]]) -> str:
    """A Markdown table."""
    lines = ["| what | " + " | ".join(key.replace("_", " ") for key in SHOWN) + " | without reading, macro F1 |"]
    lines.append("| --- " * (len(SHOWN) + 2) + "|")
    for what, row in figures:
        best = max((way.get("macro_f1", 0.0) for way in row.get("trivial", {}).values()), default="")
        lines.append(f"| {what} | " + " | ".join(str(row.get(key, "")) for key in SHOWN) + f" | {best} |")
    return "\n".join(lines)


PARTS: dict[str, Callable[[Path], list[tuple[str, dict[str, Any]]]]] = {
    "As shipped": table, "By what a post looks like": sliced, "Learned from a file": trained, "Few corrections": curves,
}  # fmt: skip


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("data", type=Path)
    ask.add_argument("--as-json", action="store_true", help="one object with every figure")
    ask.add_argument("--write", action="store_true", help="put the figures into docs/models/heads.md")
    given = ask.parse_args()
    folder = given.data / "labelled" if (given.data / "labelled").is_dir() else given.data
    made = {name: part(folder) for name, part in PARTS.items()}
    if not any(made.values()):
        raise SystemExit(f"There is no labelled file in {folder} that this knows.")
    if given.as_json:
        print(json.dumps({name: dict(part) for name, part in made.items()}))
        return
    text = "\n\n".join(f"### {name}\n\n{told(part)}" for name, part in made.items() if part)
    text = f"Weights `{linear.load().version}`.\n\n{text}"
    if given.write:
        before, rest = CARD.read_text("utf-8").split("<!-- figures -->", 1)
        after = rest.split("<!-- end of figures -->", 1)[1]
        CARD.write_text(f"{before}<!-- figures -->\n{text}\n<!-- end of figures -->{after}", "utf-8")
    else:
        print(text)


if __name__ == "__main__":
    main()
