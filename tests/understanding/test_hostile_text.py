"""Whatever a stranger writes, a reading comes back, soon, with spans inside the text."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rapport.understanding import Post, Turn, Us, read

ANY = st.text(st.characters(), max_size=400) | st.text("@#:)(/.!? \n\0\ud800\u202eaA1😀", max_size=200)


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(ANY, ANY, st.booleans())
@example("Ð", "", False)
@example("a", "", True)
def test_any_text_is_read(text: str, earlier: str, ours: bool) -> None:
    post = Post(text=text, before=(Turn(ours=ours, author="x", text=earlier),), ours=ours)
    (reading,) = read([post], Us(handles=("acme",), names=("Acme",), terms=("a",)))
    assert -1 <= reading.valence_score <= 1
    assert all(0 <= score <= 1 for score in (*reading.intents.values(), *reading.emotions.values()))
    for reason in reading.reasons:
        assert reason.start == -1 or text[reason.start : reason.end] == reason.evidence
    for promise in reading.promises:
        assert text[promise.start : promise.end] == promise.text


@pytest.mark.parametrize(
    "text",
    [
        "a" * 1_000_000,
        "@" * 1_000_000,
        "will " * 200_000,
        "i will " * 150_000,
        "you promised " * 80_000,
        "é̸̡̛" * 100_000,
        "#Aa" * 300_000,
        "\0" * 100_000,
        "\ud800" * 1_000,
        ":" * 100_000 + ")",
        "you said you'd " * 70_000,
        "was told " * 100_000,
    ],
    ids=lambda text: text[:12].encode("ascii", "backslashreplace").decode(),
)
def test_a_megabyte_is_read_in_no_time_and_says_so(text: str) -> None:
    read([Post(text="warm")], Us())
    began = time.perf_counter()
    (reading,) = read([Post(text=text)], Us())
    assert time.perf_counter() - began < 1.0
    assert len(text) <= 4_000 or "read.cut" in [reason.code for reason in reading.reasons]
