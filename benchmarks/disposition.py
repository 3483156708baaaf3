"""Needs in six languages, and how sure a decision may say it is: the figures of the disposition's card.

``python benchmarks/disposition.py`` prints, for both halves of our own posts by language, recall of yes, precision, recall
of no and row accuracy; with ``--needs FILE`` also for the sources of a labelled file, and the calibration error on it.
"""

from __future__ import annotations

import argparse
import gzip
import json
from pathlib import Path
from typing import Any

from rapport.inbox.triage.disposition import Disposition
from rapport.inbox.triage.evaluate import triage

OURS = Path(__file__).parent.parent / "tests" / "understanding" / "needs"
BINS = 10
Pairs = list[tuple[dict[str, Any], Disposition]]


def rows(path: Path) -> list[dict[str, Any]]:
    """The objects of a JSON Lines file, plain or gzip."""
    with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def told(pairs: Pairs) -> str:
    """Recall of yes, precision, recall of no, row accuracy and share unsure (unsure counts as yes)."""
    yes = [(row["needs"] != "no", made.needs != "no") for row, made in pairs]
    both, meant, said = (sum(map(all, yes)), sum(a for a, _ in yes), sum(b for _, b in yes))
    quiet, kept = sum(not a for a, _ in yes), sum(not a and not b for a, b in yes)
    row_right = sum(str(row["row"]) == str(made.row) for row, made in pairs) / len(pairs)
    unsure = sum(made.needs == "unsure" for _, made in pairs) / len(pairs)
    return (
        f"n={len(pairs):3} yes={both / max(1, meant):.3f} precision={both / max(1, said):.3f} no={kept / max(1, quiet):.3f} "
        f"row={row_right:.3f} unsure={unsure:.3f}"
    )


def calibration(pairs: Pairs) -> float:
    """Expected calibration error of *needs* over ten equal bins of confidence."""
    error = 0.0
    for place in range(BINS):
        low, high = place / BINS, (place + 1) / BINS
        held = [(made.confidence, (row["needs"] != "no") == (made.needs != "no")) for row, made in pairs]
        held = [(sure, right) for sure, right in held if low < sure <= high]
        if held:
            sure, right = sum(s for s, _ in held) / len(held), sum(r for _, r in held) / len(held)
            error += len(held) / len(pairs) * abs(sure - right)
    return error


def show(name: str, posts: list[dict[str, Any]]) -> None:
    """Print the figures in all and by source (our own posts: by language)."""
    pairs = [(row, made) for row, (_, made) in zip(posts, triage(posts), strict=True)]
    print(f"{name:8} all      {told(pairs)} ece={calibration(pairs):.3f}")
    for source in sorted({row["src"] for row in posts}):
        print(f"{name:8} {source:8} {told([pair for pair in pairs if pair[0]['src'] == source])}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--needs", type=Path)
    asked = parser.parse_args()
    for half in ("build", "score"):
        show(half, rows(OURS / f"{half}.jsonl"))
    if asked.needs:
        show("file", rows(asked.needs))
