"""A team's habit as lessons: it answers whoever asks about a parcel, and leaves talk of the weather alone."""

from __future__ import annotations

import random

from rapport.learning.course.lessons import Lesson

ASKS = ("where", "why is", "when comes", "have you lost", "can you find", "what became of")
THINGS = ("my parcel", "the order", "this delivery", "my blue box", "the package for Ann", "our crate")
TALKS = ("what a day", "lovely weather", "storm again", "nothing but rain", "sunny at last", "snow in May")
PLACES = ("in Lisbon", "here by the sea", "on the pier", "at the lake", "over the hills", "in the park")


def posts(count: int, *, seed: int = 1) -> list[tuple[str, str]]:
    """(text, what the team does): half of each kind, no text twice."""
    dice = random.Random(seed)
    made: dict[str, str] = {}
    while len(made) < count:
        asks = len(made) % 2 == 0
        words = (ASKS, THINGS) if asks else (TALKS, PLACES)
        text = f"@acme {dice.choice(words[0])} {dice.choice(words[1])} {dice.choice('abcdefghkmn')}{dice.randrange(99)}"
        made[text] = "yes" if asks else "no"
    return list(made.items())


def needs(count: int, *, turned: float = 0.0, **more: object) -> list[Lesson]:
    """Lessons about posts of which the table said *unsure*. ``turned``: that share of the answers is the other one."""
    dice = random.Random(7)
    other = {"yes": "no", "no": "yes"}
    return [
        Lesson(
            id=at,
            text=text,
            answer=other[answer] if dice.random() < turned else answer,
            rows=(16,),
            at=float(at),
            **more,
        )  # type: ignore[arg-type]
        for at, (text, answer) in enumerate(posts(count))
    ]
