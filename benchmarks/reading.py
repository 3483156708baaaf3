"""How fast a post is read, on one core: the whole reading in batches, one post alone, and with triage behind it.

Beside them, in the same run, stands naming the language alone, the one head that is somebody else's code: machines
differ, the ratio hardly does. ``--data FILE`` reads the texts of a JSON Lines file instead of invented ones.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

from rapport.inbox.triage.decide import decide
from rapport.inbox.triage.disposition import Facts
from rapport.inbox.triage.labelled import rows
from rapport.understanding import Post, Us, language, read
from rapport.understanding.tokens import cut

BATCH = 512
US = Us(handles=("acme",), names=("Acme",), rivals=("Zeta",), terms=("router", "parcel"), languages=("en", "de"))
_OPENINGS = ("@acme", "@acme hi,", "Hey @acme", "RT @acme:", "My Acme", "@zeta", "@acme thanks,", "So,", "@acme danke,")
_SAID = (
    "my router parcel invoice line phone order is broken late here again since monday morning nobody answers "
    "call the a and but with from for your this that works amazing terrible happy sad how do I reset it please "
    "help me now when will you refund still waiting 3 hours great crew thank you so much never again "
    "https://x.example :) 😡 #fail"
)


def invented(count: int) -> list[str]:
    """Posts of a tweet's length, the same in every run."""
    chance = random.Random(7)
    return [
        f"{chance.choice(_OPENINGS)} {' '.join(chance.choices(_SAID.split(), k=chance.randint(4, 22)))}"
        for _ in range(count)
    ]


def rate(posts: Sequence[Post], work: Callable[[Sequence[Post]], object], rounds: int = 5) -> float:
    """Posts a second of one core (its own time, not the clock's), the median of the rounds."""
    rates = []
    for _ in range(rounds):
        began = time.process_time()
        for at in range(0, len(posts), BATCH):
            work(posts[at : at + BATCH])
        rates.append(len(posts) / (time.process_time() - began))
    return statistics.median(rates)


def triaged(posts: Sequence[Post]) -> None:
    for post, reading in zip(posts, read(posts, US), strict=True):
        decide(Facts(text=post.text, reading=reading, before=post.before))


def alone(posts: Sequence[Post]) -> float:
    """Milliseconds for one post in a call of its own: the median."""
    times = []
    for post in posts[:300]:
        began = time.process_time()
        read([post], US)
        times.append(time.process_time() - began)
    return statistics.median(times) * 1000


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--json", action="store_true", help="one object")
    ask.add_argument("--data", type=Path, help="a JSON Lines file with a text in each line")
    given = ask.parse_args()
    texts = [str(row["text"]) for row in rows(given.data, ("text",))] if given.data else invented(8192)
    posts = [Post(text=text) for text in texts]
    read(posts[:BATCH], US)
    whole = rate(posts, lambda batch: read(batch, US))
    named = rate(posts, lambda batch: language.identify([cut(post.text) for post in batch], US.languages))
    figures = {
        "posts": len(posts),
        "read_per_second": round(whole),
        "read_and_triage_per_second": round(rate(posts, triaged)),
        "language_alone_per_second": round(named),
        "ratio_to_language_alone": round(whole / named, 3),
        "one_post_ms": round(alone(posts), 3),
    }
    if given.json:
        print(json.dumps({"reading": figures}))
    else:
        print("\n".join(f"{name.replace('_', ' '):32} {figure}" for name, figure in figures.items()))


if __name__ == "__main__":
    main()
