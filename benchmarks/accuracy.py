"""How right the reading and the table are on labelled files: ``python benchmarks/accuracy.py DATA [--as-json]``.

DATA is a folder with a ``labelled`` folder of JSON Lines files in it, or that folder itself; files that are not there
are passed over. Whoever could read the files while building should call the figures development scores.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

from rapport.inbox.triage.evaluate import evaluate

FILES = (
    ("needs", "needs_response"),
    ("row", "needs_response"),
    ("urgency", "needs_response"),
    ("addressed", "needs_response"),
    ("sentiment", "tweeteval_sentiment"),
    ("sentiment", "airline"),
    ("sentiment", "umsab_sentiment"),
    ("emotion", "tweeteval_emotion"),
    ("language", "umsab_sentiment"),
)
SHOWN = ("n", "accuracy", "macro_recall", "macro_f1", "unsure_share", "quadratic_kappa", "posts_per_second")


def measured(folder: Path) -> dict[str, dict[str, Any]]:
    """``task file`` → the figures, for each file that is there."""
    figures = {}
    for task, name in FILES:
        found = [path for path in (folder / f"{name}.jsonl.gz", folder / f"{name}.jsonl") if path.is_file()]
        if found:
            figures[f"{task} {name}"] = evaluate(task, found[0])
    return figures


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("data", type=Path)
    ask.add_argument("--as-json", action="store_true", help="one object with every figure")
    given = ask.parse_args()
    folder = given.data / "labelled" if (given.data / "labelled").is_dir() else given.data
    figures = measured(folder)
    if not figures:
        raise SystemExit(
            f"There is no labelled file in {folder} that this knows: {', '.join({name for _, name in FILES})}."
        )
    if given.as_json:
        print(json.dumps(figures))
        return
    for name, row in figures.items():
        print(f"{name:32}", "  ".join(f"{key} {row[key]}" for key in SHOWN if key in row))


if __name__ == "__main__":
    main()
