"""The sets whose terms let everybody use what was learned from them, and what each output of the shipped weights learns.

docs/models/reading.md names the sets, their makers and their terms. No text of any of them is in this repository.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from rapport.understanding import lexicon
from rapport.understanding.linear import EKMAN, MOODS
from rapport.understanding.training.examples import plain

SETS: Final = (
    "semeval2017_sentiment_train", "goemotions", "vader_groundtruth", "banking77", "clinc150", "sms_spam",
)  # fmt: skip
ASIDE: Final = "tweeteval_sentiment"
"""Clean as well, but kept for validation: texts that stand in it are left out of training."""
EMOTIONS: Final = {
    "joy": ("joy", "amusement", "excitement"), "gratitude": ("gratitude",), "admiration": ("admiration", "love"),
    "optimism": ("optimism", "desire"), "surprise": ("surprise", "realization"), "confusion": ("confusion",),
    "worry": ("fear", "nervousness"), "sadness": ("sadness", "grief", "remorse"),
    "disappointment": ("disappointment",), "frustration": ("annoyance", "disapproval"), "anger": ("anger",),
    "disgust": ("disgust",), "unmoved": ("neutral",),
}  # fmt: skip
"""Our emotions by GoEmotions' own labels."""
MOOD: Final = {
    "anger": frozenset({"anger", "annoyance", "disapproval", "disgust"}),
    "joy": frozenset({"joy", "amusement", "excitement", "love", "admiration", "gratitude", "relief", "pride"}),
    "optimism": frozenset({"optimism", "caring"}),
    "sadness": frozenset({"sadness", "grief", "disappointment", "remorse"}),
}
WAYS: Final = ("{}", "#{}", "i feel {}", "so {} today", "this is {}", "{} !")
"""How each phrase of our own list of moods becomes a few small texts."""
_ANGRY: Final = frozenset({"anger", "annoyance", "disgust"})
_FAULT: Final = re.compile(
    r"\b(?:not|\w+n't|wrong|fail\w*|declined|missing|lost|stolen|still|stuck|twice|extra|charged|reverted|disappeared|"
    r"compromised)\b"
)


@dataclass(frozen=True)
class Post:
    """A text of ``source``, with what its makers said of it: ``label`` (one word) or ``labels`` (several), ``part``."""

    source: str
    text: str
    label: str = ""
    labels: frozenset[str] = frozenset()
    ekman: frozenset[str] = frozenset()
    part: str = ""


def read(folder: Path, every: int = 1) -> list[Post]:
    """Every post of SETS in ``folder`` (of each ``every``-th line), but for texts of ASIDE. Raises ValueError with a
    sentence where a set is not there."""
    aside = {plain(row["text"]) for row in _rows(folder, ASIDE)}
    posts = [_post(name, row) for name in SETS for row in list(_rows(folder, name))[::every]]
    return [post for post in posts if plain(post.text) not in aside] + [
        Post("moods", way.format(phrase), label=mood) for mood, phrase, way in _phrases()
    ]


def validation(folder: Path) -> list[Post]:
    """The posts of ASIDE."""
    return [_post(ASIDE, row) for row in _rows(folder, ASIDE)]


def _rows(folder: Path, name: str) -> Iterator[dict[str, Any]]:
    place = folder / "labelled" if (folder / "labelled").is_dir() else folder
    found = [path for path in (place / f"{name}.jsonl.gz", place / f"{name}.jsonl") if path.is_file()]
    if not found:
        raise ValueError(f"There is no {name}.jsonl.gz in {place}.")
    with (gzip.open if found[0].suffix == ".gz" else open)(found[0], "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def _post(name: str, row: dict[str, Any]) -> Post:
    many = row["label"] if isinstance(row["label"], list) else []
    return Post(
        name,
        row["text"],
        label="" if many else str(row["label"]),
        labels=frozenset(many),
        ekman=frozenset(row.get("ekman", ())),
        part=str(row.get("part", "")),
    )


def _phrases() -> Iterator[tuple[str, str, str]]:
    for key, entry in lexicon.entries("en"):
        mood = entry.section.removeprefix("m.")
        if entry.section.startswith("m.") and mood in MOODS:
            yield from ((mood, key.strip(), way) for way in WAYS if " " not in key.strip() or "#" not in way)


def mood(post: Post) -> str:
    """The one mood a post of GoEmotions or of our own phrases stands for; empty for several or none."""
    if post.source == "moods":
        return post.label
    held = [name for name in MOODS if MOOD[name] & post.labels]
    return held[0] if len(held) == 1 else ""


def feels(post: Post, emotion: str) -> bool:
    """Whether one of our emotions is among what the post's readers named."""
    return bool(post.labels & set(EMOTIONS[emotion])) or (post.source == "moods" and post.label == emotion)


def complains(post: Post, listed: float) -> bool:
    """A guess, for want of a clean set: a negative tweet with words of complaint (``listed``), or a fault at a bank."""
    if post.source == "banking77":
        return bool(_FAULT.search(post.text.lower()))
    return post.label == "negative" and listed >= 0.5


def rude(post: Post, listed: bool) -> bool:
    """A guess, for want of a clean set: an angry or negative post with a word of our list of rude ones."""
    return listed and (bool(post.labels & _ANGRY) or post.label == "negative")


__all__ = ["EKMAN", "MOODS", "Post", "complains", "feels", "mood", "read", "rude", "validation"]
