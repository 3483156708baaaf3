"""Counting as the networks count, and saying so when it does not fit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.channels import graphemes, lengths
from rapport.channels.base import ChannelError, Limit

CLUSTERS = [
    ("", 0),
    ("plain", 5),
    ("a\r\nb", 3),
    ("é", 1),
    ("e\u0301", 1),
    ("👍🏽", 1),
    ("👨‍👩‍👧‍👦", 1),
    ("🏳️‍🌈", 1),
    ("🇩🇪🇫🇷", 2),
    ("🇩🇪🇫", 2),
    ("🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", 1),
    ("1️⃣", 1),
    ("각", 1),
    ("\u1100\u1161\u11a8", 1),
    ("กำ", 1),
    ("नि", 1),
    ("z̵̢̛a̴l̶g̷o", 5),
    ("a\u200db", 2),
    ("👩\u200d", 1),
    ("\u0301", 1),
    ("日本語", 3),
    ("\n\u0301", 2),
    ("\u0600a", 1),
]


@pytest.mark.parametrize(("text", "count"), CLUSTERS)
def test_a_grapheme_is_what_a_reader_sees_as_one(text: str, count: int) -> None:
    assert lengths.length(text, "graphemes") == count


def test_each_unit_counts_its_own() -> None:
    family = "👨‍👩‍👧"
    assert lengths.length(family, "characters") == 5
    assert lengths.length(family, "utf16") == 8
    assert lengths.length(family, "bytes") == 18
    assert lengths.length("\ud83d", "bytes") == 3, "half a character is counted, not a crash"


@given(st.text(), st.text())
def test_clusters_never_outnumber_characters_and_joining_texts_makes_none(one: str, two: str) -> None:
    assert graphemes.count(one) <= len(one)
    assert graphemes.count(one + two) <= graphemes.count(one) + graphemes.count(two)


def test_too_long_is_said_and_nothing_is_cut() -> None:
    limit = Limit(3, "graphemes")
    lengths.must_fit("👍🏽👍🏽👍🏽", limit)
    with pytest.raises(ChannelError, match=r"has 4 characters; at most 3 fit\.$") as caught:
        lengths.must_fit("abcd", limit)
    assert caught.value.permanent
    assert lengths.left("abcd", limit) == -1


def test_nothing_is_not_sent() -> None:
    with pytest.raises(ChannelError, match="nothing to send"):
        lengths.must_fit(" \n", None)
