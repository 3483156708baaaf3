"""Words keep their place: every span of a cut post is the text that stands there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.understanding.tokens import READ_AT_MOST, cut


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("@acme thx!! my flt is 2hrs late", ["<at>", "thanks", "!", "my", "flight", "is", "<n>", "hours", "late"]),
        ("It doesnt work :(", ["it", "doesn't", "work", ":("]),
        ("It doesn’t work", ["it", "doesn't", "work"]),
        ("#WorstServiceEver", ["worst", "service", "ever"]),
        ("see https://example.org/a?b=1 please", ["see", "<url>", "please"]),
        ("Fish &amp; chips", ["fish", "and", "chips"]),
        ("sooooo slow", ["so", "slow"]),
        ("I love it 😍😍", ["i", "love", "it", "😍", "😍"]),
        (".@acme hello", [".", "<at>", "hello"]),
        ("write to ann@example.org", ["write", "to", "ann", "@", "example", ".", "org"]),
    ],
)
def test_words_are_cut_in_their_usual_spelling(text: str, words: list[str]) -> None:
    assert [word for word in cut(text).words if word != "@"] == [word for word in words if word != "@"]


def test_a_handle_is_no_part_of_an_address() -> None:
    assert cut("write to ann@example.org").handles == []
    assert [handle for handle, _, _ in cut("hi @ann.bsky.social, and @Bea!").handles] == ["ann.bsky.social", "bea"]


def test_only_the_beginning_of_a_very_long_post_is_read() -> None:
    tokens = cut("word " * 100_000)
    assert tokens.cut
    assert tokens.ends[-1] <= READ_AT_MOST


@given(st.text(max_size=300))
def test_spans_lie_in_order_within_the_text(text: str) -> None:
    tokens = cut(text)
    assert len(tokens.words) == len(tokens.starts) == len(tokens.ends)
    assert all(0 <= start < end <= len(text) for start, end in zip(tokens.starts, tokens.ends, strict=True))
    assert tokens.starts == sorted(tokens.starts)


def test_what_is_no_smiley_within_a_word_is_one_by_itself_and_stands_where_it_stands() -> None:
    tokens = cut("a=) =) 3hrs")
    assert list(zip(tokens.words, tokens.starts, tokens.ends, strict=True)) == [
        ("a", 0, 1), ("=)", 4, 6), ("<n>", 7, 11), ("hours", 7, 11),
    ]  # fmt: skip
