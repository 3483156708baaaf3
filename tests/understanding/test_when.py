"""By when, as people say it: a moment where one was named, nothing where none was."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.understanding import when

SAID = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)  # a Tuesday


@pytest.mark.parametrize(("words", "expected"), [
    ("by tomorrow", "2026-03-11 23:59"), ("today", "2026-03-10 23:59"), ("by Friday", "2026-03-13 23:59"),
    ("on Tuesday", "2026-03-17 23:59"), ("within two hours", "2026-03-10 11:00"), ("in 3 days", "2026-03-13 09:00"),
    ("by 5pm", "2026-03-10 17:00"), ("8 am", "2026-03-11 08:00"), ("next week", "2026-03-22 23:59"),
])  # fmt: skip
def test_a_named_time_is_a_moment(words: str, expected: str) -> None:
    found = when.moment(words, SAID, UTC)
    assert found is not None and f"{found:%Y-%m-%d %H:%M}" == expected


@pytest.mark.parametrize("words", ["soon", "shortly", "asap", ""])
def test_no_time_is_made_up(words: str) -> None:
    assert when.moment(words, SAID, UTC) is None


@given(st.text(max_size=60))
def test_whatever_is_said_is_a_moment_after_it_or_none(words: str) -> None:
    found = when.moment(words, SAID, UTC)
    assert found is None or found >= SAID
