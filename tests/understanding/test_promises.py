"""Who owes what to whom, and when, in their own words."""

from __future__ import annotations

import pytest

from rapport.understanding.promises import find


@pytest.mark.parametrize(
    ("text", "ours", "span", "who", "due"),
    [
        ("Hi Ann, I'll call you tomorrow.", True, "I'll call you tomorrow", "us", "tomorrow"),
        ("We will refund you within 3 days!", True, "We will refund you within 3 days", "us", "within 3 days"),
        ("ok, I'll get back to you", False, "I'll get back to you", "them", ""),
        ("I will send it by friday, ok?", False, "I will send it by friday, ok", "them", "by friday"),
        ("You promised a call back last week.", False, "You promised a call back last week", "us", "week"),
        ("I was told you would ring today", False, "I was told you would ring today", "us", "today"),
        ("Thanks, will let you know.", False, "will let you know", "them", ""),
    ],
)
def test_a_promise_is_found(text: str, ours: bool, span: str, who: str, due: str) -> None:
    (promise,) = find(text, ours)
    assert (promise.text, promise.who, promise.due) == (span, who, due)
    assert text[promise.start : promise.end] == span


@pytest.mark.parametrize(
    "text", ["It will rain tomorrow", "I'll be honest, it is bad", "Will you call me?", "the will of the people", ""]
)
def test_what_binds_nobody_is_no_promise(text: str) -> None:
    assert find(text, ours=False) == ()
