"""How fast a public stream is listened to, on one core: frames heard for 10, 1,000 and 10,000 topics.

Beside it, in the same run, stands the other way: look through the whole frame for the topics, and read only what holds
one. The frames are invented, and of a real frame's size.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

import ahocorasick

from rapport.channels.bluesky.jetstream import Ear
from rapport.channels.bluesky.topics import Topics

COUNT = 20_000
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def words(chance: random.Random, count: int) -> list[str]:
    return ["".join(chance.choices(LETTERS, k=chance.randint(3, 10))) for _ in range(count)]


def frames(chance: random.Random, spoken: Sequence[str]) -> list[bytes]:
    """Frames of replies: the kind with the most around their words."""
    did = "did:plc:annannannannannannannann"
    ref = {"cid": "bafyrei" + "a" * 52, "uri": f"at://{did}/app.bsky.feed.post/3maaaaaaaaa22"}
    made = []
    for number in range(COUNT):
        record = {
            "$type": "app.bsky.feed.post", "text": " ".join(chance.choices(spoken, k=18)), "langs": ["en"],
            "createdAt": "2026-03-10T08:58:00.123Z", "reply": {"parent": ref, "root": ref},
        }  # fmt: skip
        commit = {
            "rev": "3maaaaaaaaa22", "operation": "create", "collection": "app.bsky.feed.post",
            "rkey": "3maaaaaaaaa22", "record": record, "cid": "bafyrei" + "b" * 52,
        }  # fmt: skip
        frame = {"did": did, "time_us": 1773132000000000 + number, "kind": "commit", "commit": commit}
        made.append(json.dumps(frame, separators=(",", ":")).encode())
    return made


def rate(work: Callable[[], object], rounds: int = 3) -> float:
    """Frames a second of one core (its own time, not the clock's), the median of the rounds."""
    rates = []
    for _ in range(rounds):
        began = time.process_time()
        work()
        rates.append(COUNT / (time.process_time() - began))
    return statistics.median(rates)


def heard(topics: Topics, some: Sequence[bytes]) -> Ear:
    ear = Ear(topics)
    for frame in some:
        ear.hear(frame)
    return ear


def looked_through(topics: Topics, some: Sequence[bytes]) -> int:
    """The other way, without what would have to follow for the frames that hold a topic."""
    machine = ahocorasick.Automaton()
    for word in topics.words:
        machine.add_word(word.casefold(), True)
    machine.make_automaton()
    return sum(next(machine.iter(frame.decode().casefold()), None) is not None for frame in some)


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--json", action="store_true", help="one object")
    given = ask.parse_args()
    chance = random.Random(7)
    spoken = words(chance, 20_000)
    some = frames(chance, spoken)
    figures: dict[str, float] = {"frames": COUNT, "bytes_each": round(sum(map(len, some)) / COUNT)}
    for count in (10, 1_000, 10_000):
        topics = Topics([f"{word}q" for word in spoken[: count - 1]] + [spoken[0]])
        ear = heard(topics, some)
        whole, other = rate(lambda t=topics: heard(t, some)), rate(lambda t=topics: looked_through(t, some))
        figures |= {
            f"heard_per_second_{count}_topics": round(whole),
            f"found_{count}_topics": len(ear.items),
            f"whole_frame_looked_through_per_second_{count}_topics": round(other),
            f"ratio_{count}_topics": round(whole / other, 2),
        }
    if given.json:
        print(json.dumps({"stream": figures}))
    else:
        print("\n".join(f"{name.replace('_', ' '):56} {figure}" for name, figure in figures.items()))


if __name__ == "__main__":
    main()
