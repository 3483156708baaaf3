"""Who owes what to whom, and when, in their own words."""

from __future__ import annotations

import json
import time
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.understanding.promises import find


@pytest.mark.parametrize(
    ("text", "ours", "span", "who", "due"),
    [
        ("Hi Ann, I'll call you tomorrow.", True, "I'll call you tomorrow", "us", "tomorrow"),
        ("We will refund you within 3 days!", True, "We will refund you within 3 days", "us", "within 3 days"),
        ("ok, I'll get back to you", False, "I'll get back to you", "them", ""),
        ("I will send it by friday, ok?", False, "I will send it by friday", "them", "by friday"),
        ("You promised a call back last week.", False, "You promised a call back last week", "us", "last week"),
        ("I was told you would ring today", False, "I was told you would ring today", "us", "today"),
        ("Thanks, will let you know.", False, "will let you know", "them", ""),
    ],
)
def test_a_promise_is_found(text: str, ours: bool, span: str, who: str, due: str) -> None:
    (promise,) = find(text, ours)
    assert (promise.text, promise.who, promise.due) == (span, who, due)
    assert text[promise.start : promise.end] == span


BUSY = datetime(2025, 10, 29, 10, tzinfo=UTC)  # a Wednesday


@pytest.mark.parametrize(
    ("text", "ours", "who", "due"),
    [
        ("We will refund you within 5 working days", True, "us", "2025-11-05"),
        ("I'll pay the rest on the 15th", False, "them", "2025-11-15"),
        ("You promised to refund me by last Friday", False, "us", "2025-10-24"),
        ("You told us you'd return it by 1 October", True, "them", "2025-10-01"),
        ("Wir schicken Ihnen bis Ende der Woche Ersatz", True, "us", "2025-10-31"),
        ("Je vous rappelle demain matin", True, "us", "2025-10-30"),
        ("Le enviaremos otro antes del viernes", True, "us", "2025-10-31"),
        ("La richiamo entro lunedì", True, "us", "2025-11-03"),
        ("Vou verificar e respondo até sexta-feira", True, "us", "2025-10-31"),
        ("I'll do it soon", True, "us", None),
    ],
)
def test_a_promise_is_due_on_a_day_counted_from_when_it_was_said(
    text: str, ours: bool, who: str, due: str | None
) -> None:
    (promise,) = find(text, ours, BUSY)
    assert promise.who == who
    assert promise.due_on == (date.fromisoformat(due) if due else None)


def test_tomorrow_is_tomorrow_where_the_writer_is() -> None:
    late = datetime(2025, 10, 29, 23, 30, tzinfo=UTC)
    (in_london,) = find("I'll call you tomorrow", True, late, ZoneInfo("Europe/London"))
    (in_tokyo,) = find("I'll call you tomorrow", True, late, ZoneInfo("Asia/Tokyo"))
    assert (in_london.due_on, in_tokyo.due_on) == (date(2025, 10, 30), date(2025, 10, 31))


def test_it_says_what_is_owed_and_by_whom_by_name() -> None:
    (promise,) = find("My colleague Jana will ring you on Monday", True, BUSY)
    assert (promise.name, promise.who, promise.due_on) == ("Jana", "us", date(2025, 11, 3))
    (promise,) = find("I'll send the photos tonight", False, BUSY)
    assert promise.what == "send the photos"


def scored(half: str) -> tuple[float, float, float]:
    """(precision, recall, share of dues right) on one half of our own messages, by overlapping spans."""
    hit = said = meant = right = 0
    for line in (Path(__file__).parent / "promises" / f"{half}.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        at = datetime.fromisoformat(row["said_at"])
        spans = list(find(row["text"], row["from"] == "us", at, at.tzinfo or UTC))
        said, meant = said + len(spans), meant + len(row["promises"])
        for told in row["promises"]:
            start = row["text"].index(told["span"])
            met = [one for one in spans if one.start < start + len(told["span"]) and start < one.end]
            if met:
                hit += 1
                right += (met[0].due_on.isoformat() if met[0].due_on else None) == told["due"]
    return hit / said, hit / meant, right / hit


@pytest.mark.parametrize("half", ["build", "score"])
def test_most_are_found_few_are_made_up_and_the_day_is_right(half: str) -> None:
    precision, recall, due = scored(half)
    assert (precision >= 0.85, recall >= 0.8, due >= 0.75) == (True, True, True)


@given(st.text(max_size=300), st.booleans())
def test_any_text_has_promises_that_stand_in_it(text: str, ours: bool) -> None:
    spans = find(text, ours, BUSY)
    assert all(text[one.start : one.end] == one.text for one in spans)
    assert all(first.end <= second.start for first, second in pairwise(spans))


@pytest.mark.parametrize(
    "text", ["will " * 20_000, "I'll send " * 10_000, "(" * 100_000, "1/" * 50_000, "a, and " * 15_000]
)
def test_a_hundred_kilobytes_take_no_time(text: str) -> None:
    began = time.perf_counter()
    find(text, True, BUSY)
    assert time.perf_counter() - began < 1.0


@pytest.mark.parametrize(
    "text",
    [
        "It will rain tomorrow",
        "I'll be honest, it is bad",
        "Will you call me?",
        "the will of the people",
        "",
        "If you write, I'll send it",
        "I could call you on Monday",
        "Deliveries usually take 3 days",
        "I won't pay",
        "Wenn Sie schreiben, schicken wir es morgen",
        "Wir können nicht erstatten",
        "Quand est-ce que ce sera réparé ?",
        "> I'll call you tomorrow",
        'your site says "we reply within 2 hours"',
    ],
)
def test_what_binds_nobody_is_no_promise(text: str) -> None:
    assert find(text, ours=False) == ()
