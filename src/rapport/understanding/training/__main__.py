"""``python -m rapport.understanding.training --data DIR``: the shipped weights again, bit for bit, from the clean sets."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from rapport.understanding.training import shipped

WEIGHTS = Path(__file__).resolve().parent.parent / "models" / "reading.npz"


def main(words: list[str] | None = None) -> int:
    """Train, say what was learned, and whether it is what is shipped. 1 and a sentence where it cannot."""
    ask = argparse.ArgumentParser(prog="python -m rapport.understanding.training", description=__doc__)
    ask.add_argument("--data", type=Path, required=True, help="a folder with the sets (docs/models/reading.md)")
    ask.add_argument("--out", type=Path, default=WEIGHTS, help="the file to write (default: the shipped one)")
    ask.add_argument("--every", type=int, default=1, help="learn from each so many-th line only, to try")
    given = ask.parse_args(words)
    try:
        before = WEIGHTS.read_bytes() if WEIGHTS.is_file() else b""
        version = shipped.train(given.data, given.out, max(1, given.every), tell=lambda what: _say(what))
    except (ValueError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    same = given.out.read_bytes() == before
    _say(f"{given.out}: {given.out.stat().st_size / 1e6:.2f} MB, {version}, {shipped.made_with()}")
    _say("The same bytes as before." if same else "Not the same bytes as before.")
    return 0


def _say(what: str) -> None:
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
