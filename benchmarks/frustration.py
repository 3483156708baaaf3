"""How often frustration is seen in time on threads: ``python benchmarks/frustration.py FILE... [--read]``.

A FILE is JSON Lines, plain or gzip: ``turns`` (each ``from`` them or us, ``at``, ``text``) and ``should_alarm_by_turn``
(from 1, or null). Beside it stand two plain ways: an alarm at the second message of theirs whose words read as negative,
and an alarm at the fourth message of theirs, whatever it says. ``--read`` prints each alarm, to be read by a person.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

from rapport.understanding import Post, Us, read
from rapport.understanding.reading import Turn
from rapport.understanding.structure import frustration

Thread = tuple[list[Turn], int | None]


def threads(path: Path) -> list[Thread]:
    """The threads of a file with the turn by which each is to be seen."""
    with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8") as lines:
        rows: list[dict[str, Any]] = [json.loads(line) for line in lines if line.strip()]
    return [([_turn(turn) for turn in row["turns"]], row["should_alarm_by_turn"]) for row in rows]


def _turn(turn: dict[str, Any]) -> Turn:
    return Turn(turn["from"] == "us", "", turn["text"], datetime.fromisoformat(turn["at"].replace("Z", "+00:00")))


def by_turns(turns: list[Turn]) -> int | None:
    """What is measured."""
    alarm = frustration(turns)
    return alarm.turn if alarm else None


def by_words(turns: list[Turn]) -> int | None:
    """The second message of theirs that reads as negative."""
    places = [place for place, turn in enumerate(turns) if not turn.ours]
    readings = read([Post(text=turns[place].text) for place in places], Us())
    low = [place for place, reading in zip(places, readings, strict=True) if reading.valence == "negative"]
    return low[1] + 1 if len(low) > 1 else None


def by_count(turns: list[Turn]) -> int | None:
    """The fourth message of theirs."""
    places = [place for place, turn in enumerate(turns) if not turn.ours]
    return places[3] + 1 if len(places) > 3 else None


def figures(found: list[Thread], alarm: Callable[[list[Turn]], int | None]) -> dict[str, int]:
    """Counts of threads: seen in time, missed (too late is missed), alarms where none should be."""
    seen = [(alarm(turns), by) for turns, by in found]
    in_time = sum(by is not None and turn is not None and turn <= by for turn, by in seen)
    stuck = sum(by is not None for _, by in seen)
    false = sum(by is None and turn is not None for turn, by in seen)
    return {"stuck": stuck, "in_time": in_time, "missed": stuck - in_time, "happy": len(seen) - stuck, "false": false}


def _print(number: int, turns: list[Turn]) -> None:
    alarm = frustration(turns)
    if alarm is None:
        return
    print(f"\nthread {number}: at turn {alarm.turn}, weight {alarm.weight}, {[sign.code for sign in alarm.signs]}")
    for place, turn in enumerate(turns[: alarm.turn + 1], 1):
        print(f"  {place:>3} {'us  ' if turn.ours else 'them'} {' '.join(turn.text.split())[:200]}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--read", action="store_true")
    asked = parser.parse_args()
    for path in asked.files:
        found = threads(path)
        for name, way in (("turns", by_turns), ("words alone", by_words), ("fourth message", by_count)):
            print(f"{path.name:<22} {name:<16} {json.dumps(figures(found, way))}")
        for number, (turns, _) in enumerate(found if asked.read else (), 1):
            _print(number, turns)


if __name__ == "__main__":
    main()
