"""Small labelled sets that tests learn from, made of phrases: the same in every run."""

from __future__ import annotations

import random
from typing import Any

WAYS = {
    "broken": ("my {} broke again", "the {} does not work", "this {} is dead on arrival", "{} stopped after a day"),
    "late": ("where is my {}", "the {} should have come on Monday", "still waiting for the {}", "no sign of my {} yet"),
    "thanks": ("thank you for the {}", "love my new {}", "the {} is wonderful, thanks", "great {}, well done"),
}
THINGS = ["saw", "kettle", "lamp", "drill", "tent", "bike", "phone", "radio", "chair", "oven"]
ASIDE = ("", " please", " @acme", " today", " really", " !!", " since I moved to Leeds", " and my dog agrees")


def labelled(count: int, seed: int = 1, ways: dict[str, tuple[str, ...]] = WAYS) -> list[dict[str, Any]]:
    """``count`` rows of text and label, the labels in turn."""
    chance = random.Random(seed)
    rows = []
    for place in range(count):
        label = sorted(ways)[place % len(ways)]
        text = chance.choice(ways[label]).format(chance.choice(THINGS)) + chance.choice(ASIDE)
        rows.append({"text": f"{text} {chance.choice(THINGS)} {place}", "label": label})
    return rows
