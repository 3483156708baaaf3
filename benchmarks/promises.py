"""Promises: how many of our own marked messages are found, and whose they are and for when; the model card's figures.

``python benchmarks/promises.py`` prints them for both halves, in all and by language.
"""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from rapport.understanding import promises

OURS = Path(__file__).parent.parent / "tests" / "understanding" / "promises"


def score(half: str) -> dict[str, Counter[str]]:
    """Language (and ``all``) → counts of meant, said, met, who, due: met by overlapping span."""
    counts: dict[str, Counter[str]] = {}
    for line in (OURS / f"{half}.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        at = datetime.fromisoformat(row["said_at"])
        spans = promises.find(row["text"], row["from"] == "us", at, at.tzinfo or UTC)
        seen = Counter(meant=len(row["promises"]), said=len(spans))
        for told in row["promises"]:
            start = row["text"].index(told["span"])
            met = [one for one in spans if one.start < start + len(told["span"]) and start < one.end]
            if met:
                seen["met"] += 1
                seen["who"] += told["who"] in (met[0].who, met[0].name)
                seen["due"] += (met[0].due_on.isoformat() if met[0].due_on else None) == told["due"]
        for key in ("all", row["lang"]):
            counts.setdefault(key, Counter()).update(seen)
    return counts


if __name__ == "__main__":
    for half in ("build", "score"):
        for language, seen in score(half).items():
            met = max(1, seen["met"])
            print(
                f"{half:6} {language:4} n={seen['meant']:3} precision={seen['met'] / max(1, seen['said']):.3f} "
                f"recall={seen['met'] / max(1, seen['meant']):.3f} who={seen['who'] / met:.3f} due={seen['due'] / met:.3f}"
            )
