"""Needs, row, urgency and whom it addresses, on posts by somebody who had never seen the code; errors read afterwards."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rapport.inbox.triage.evaluate_table import figures

ROWS = [
    json.loads(line)
    for line in (Path(__file__).parent.parent / "understanding/needs/other_hand.jsonl").read_text("utf-8").splitlines()
]


def test_most_that_needs_an_answer_reaches_the_desk_and_most_that_needs_none_does_not() -> None:
    found = figures("needs", ROWS)["per_class"]
    assert found["yes"]["recall"] >= 0.85 and found["yes"]["precision"] >= 0.9 and found["no"]["recall"] >= 0.8


@pytest.mark.parametrize(
    ("task", "key", "floor"),
    [("row", "accuracy", 0.68), ("urgency", "quadratic_kappa", 0.75), ("addressed", "accuracy", 0.83)],
)
def test_the_table_holds_on_another_hands_posts(task: str, key: str, floor: float) -> None:
    assert figures(task, ROWS)[key] >= floor


def test_who_asks_round_or_answers_another_does_not_speak_to_us() -> None:
    around = {"us": "Larkbank", "context": None, "text": "anyone got a business account they'd actually recommend?"}
    to_us = {"us": "Larkbank", "context": None, "text": "your hold music has been the same since 2016"}
    rows = [around | {"needs": "no"}, to_us | {"needs": "yes"}]
    assert figures("needs", rows)["accuracy"] == 1.0
