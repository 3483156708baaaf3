"""Our words as posts and a stranger's posts as words: bytes and characters, links, tags, threads, names of records."""

from __future__ import annotations

import re
import string
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import libipld
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rapport.channels import graphemes
from rapport.channels.base import ChannelError
from rapport.channels.bluesky import compose, facets, splitting, tid
from rapport.channels.bluesky.compose import Ref, Reply
from rapport.channels.bluesky.facets import Feature

ANN = "did:plc:annannannannannannannann"
quick = settings(deadline=None, max_examples=150)
TEXTS = st.text(
    alphabet=st.characters(exclude_categories=["Cs"]) | st.sampled_from("ä👋🏽👨‍👩‍👧#@. \n日한"), max_size=400
)


def spans(text: str, dids: dict[str, str]) -> list[tuple[str, str, str]]:
    """What a server that counts bytes cuts out of our text for each facet."""
    raw = text.encode()
    found = []
    for facet in facets.facets(text, facets.found(text, dids)):
        start, end = facet["index"]["byteStart"], facet["index"]["byteEnd"]
        feature = facet["features"][0]
        value = feature.get("uri") or feature.get("did") or feature.get("tag")
        found.append((raw[start:end].decode(), feature["$type"].partition("#")[2], value))
    return found


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Grüße 👋🏽 @ann.test!", [("@ann.test", "mention", ANN)]),
        ("Siehe https://example.org/ä?x=1.", [("https://example.org/ä?x=1", "link", "https://example.org/ä?x=1")]),
        ("(see https://en.wikipedia.org/wiki/A_(b))", [("https://en.wikipedia.org/wiki/A_(b)", "link", None)]),
        ("(https://example.org/a).", [("https://example.org/a", "link", None)]),
        ("#Straße, #1 und #2024 #🎉!", [("#Straße", "tag", "Straße"), ("#🎉", "tag", "🎉")]),
        ("write to bea@ann.test or @nobody.test", []),
        ("https://a.example/#part @ann.test", [("https://a.example/#part", "link", None), ("@ann.test", "mention", ANN)]),
        ("＃日本 https://", [("＃日本", "tag", "日本")]),
        ("@ann.test's and @ann.test.", [("@ann.test", "mention", ANN), ("@ann.test", "mention", ANN)]),
        ("&#8217; a/#b #" + "x" * 65, []),
    ],
)  # fmt: skip
def test_facets_stand_where_the_words_stand_in_bytes(text: str, wanted: list[Any]) -> None:
    found = spans(text, {"ann.test": ANN})
    assert [(shown, kind) for shown, kind, _ in found] == [(shown, kind) for shown, kind, _ in wanted]
    assert all(value is None or value == mine for (_, _, value), (_, _, mine) in zip(wanted, found, strict=True))


@quick
@given(TEXTS)
def test_whatever_we_write_every_facet_is_cut_out_whole_and_none_lies_over_another(text: str) -> None:
    last = 0
    for facet in facets.facets(text, facets.found(text, {"ann.test": ANN})):
        start, end = facet["index"]["byteStart"], facet["index"]["byteEnd"]
        assert last <= start < end <= len(text.encode())
        assert text.encode()[start:end].decode()
        last = end


def claim(start: Any, end: Any, kind: str = "link", value: Any = "https://example.org/whole") -> dict[str, Any]:
    name = {"link": "uri", "mention": "did", "tag": "tag"}[kind]
    return {
        "index": {"byteStart": start, "byteEnd": end},
        "features": [{"$type": f"{facets.TYPE}#{kind}", name: value}],
    }


def test_a_strangers_facets_are_believed_only_where_they_fit() -> None:
    text = "Grüße @ann.test"
    good = claim(8, 17, "mention", ANN)
    wrong = [
        claim(3, 2), claim(-1, 3), claim(0, 3), claim(3, 4), claim("8", 17), claim(40, 50), claim(8, True), claim(None, 3),
        {"index": 3}, {"features": []}, 7, claim(0, 2, "link", "javascript:alert(1)"), claim(0, 2, "mention", "ann"),
    ]  # fmt: skip
    record = {"facets": [*wrong, good, claim(9, 12, "tag", "over")]}
    assert facets.claimed(text, record) == [Feature(6, 15, "mention", ANN)]
    assert facets.claimed(text, {"facets": "none"}) == []


def test_an_end_beyond_the_text_is_drawn_back_to_it() -> None:
    assert facets.claimed("see here", {"facets": [claim(4, 99)]}) == [
        Feature(4, 8, "link", "https://example.org/whole")
    ]


@quick
@given(TEXTS, st.lists(st.builds(claim, st.integers(-5, 900), st.integers(-5, 900)), max_size=5))
def test_any_claim_leaves_the_words_whole(text: str, claims: list[dict[str, Any]]) -> None:
    features = facets.claimed(text, {"facets": claims})
    out = facets.written_out(text, features)
    assert all(0 <= one.start < one.end <= len(text) for one in features)
    shown = "".join(text[one.start : one.end] for one in features)
    assert len(out) >= len(text) - len(shown)


@pytest.mark.parametrize(
    ("text", "start", "end", "wanted"),
    [
        ("see example.org/wh... now", 4, 21, "see https://example.org/whole now"),
        ("see https://example.org/whole now", 4, 29, "see https://example.org/whole now"),
        ("see this now", 4, 8, "see this (https://example.org/whole) now"),
    ],
)
def test_a_link_is_written_out_where_less_is_shown(text: str, start: int, end: int, wanted: str) -> None:
    assert facets.written_out(text, facets.claimed(text, {"facets": [claim(start, end)]})) == wanted


def test_one_post_is_300_characters_as_a_reader_counts_and_3000_bytes() -> None:
    assert splitting.fits("👍🏽" * 300)  # 2,400 bytes
    assert not splitting.fits("👍🏽" * 301)
    assert not splitting.fits("👨‍👩‍👧‍👦" * 300)  # 7,500 bytes
    with pytest.raises(ChannelError, match="301 characters; at most 300") as caught:
        compose.must_fit("x" * 301, in_parts=False)
    assert caught.value.permanent
    with pytest.raises(ChannelError, match="7,500 bytes; at most 3,000"):
        compose.must_fit("👨‍👩‍👧‍👦" * 300, in_parts=False)


def test_a_long_text_becomes_several_posts_only_where_its_author_agrees() -> None:
    text = " ".join(f"Sentence number {n} says something." for n in range(20))
    with pytest.raises(ChannelError):
        compose.must_fit(text, in_parts=False)
    parts = compose.must_fit(text, in_parts=True)
    assert len(parts) == 3
    assert all(part.endswith(".") for part in parts)
    assert " ".join(parts) == text


def test_paragraphs_stay_together_and_what_is_endless_is_refused() -> None:
    first, second = "A short greeting. " * 11, "Then the explanation. " * 12
    assert splitting.parts(f"{first}\n\n{second}") == [first.strip(), second.strip()]
    with pytest.raises(ChannelError, match="thread of 10 posts"):
        splitting.parts("word " * 2000)
    assert splitting.parts("word " * 100) == [("word " * 60).strip(), ("word " * 40).strip()]


@quick
@given(
    st.lists(st.text(alphabet=string.ascii_letters + "ä👨‍👩‍👧。!", min_size=1, max_size=60), min_size=1, max_size=90)
)
def test_no_word_is_lost_and_every_part_fits(words: list[str]) -> None:
    text = " ".join(words)
    try:
        parts = splitting.parts(text)
    except ChannelError:
        assert graphemes.count(text) > 1500
        return
    assert all(splitting.fits(part) and part.strip() for part in parts)
    assert [word for part in parts for word in part.split()] == text.split()


@quick
@given(st.text(alphabet="👨‍👩‍👧a\u0301🇩🇪", min_size=1, max_size=1500))
def test_a_word_without_end_is_cut_between_characters(text: str) -> None:
    try:
        parts = splitting.parts(text)
    except ChannelError:
        return
    assert "".join(parts) == text.strip()
    assert all(splitting.fits(part) for part in parts)


def test_the_same_key_gives_the_same_name_and_another_another() -> None:
    names = {tid.tid(f"key {n}") for n in range(5_000)}
    assert len(names) == 5_000
    assert all(tid.SHAPE.fullmatch(name) for name in names)
    assert tid.tid("key 1") == tid.tid("key 1") != tid.tid("key 1", 1)
    assert tid.tid("key 1", 2) == tid.further(tid.tid("key 1"), 2)


@quick
@given(st.text())
def test_any_key_gives_a_time_that_lies_behind_us(key: str) -> None:
    value = 0
    for letter in tid.tid(key):
        value = value << 5 | tid.ALPHABET.index(letter)
    assert value >> 63 == 0
    assert (
        datetime(2010, 1, 1, tzinfo=UTC)
        <= datetime.fromtimestamp((value >> 10) / 1e6, UTC)
        < datetime(2022, 1, 1, tzinfo=UTC)
    )


def test_a_thread_hangs_together_before_it_leaves() -> None:
    above = Reply(Ref("at://did:plc:r/app.bsky.feed.post/1", "r"), Ref("at://did:plc:p/app.bsky.feed.post/2", "p"))
    writes = compose.thread(
        ["one", "two", "three"], "k", "did:plc:us", "2026-03-10T09:00:00.000Z", dids={}, languages=["de"], reply=above,
        embed={"$type": "app.bsky.embed.images", "images": []},
    )  # fmt: skip
    assert writes[0].record["reply"] == above.plain()
    assert "embed" in writes[0].record
    assert "embed" not in writes[1].record
    for before, after in pairwise(writes):
        uri = f"at://did:plc:us/app.bsky.feed.post/{before.rkey}"
        assert after.record["reply"]["root"] == above.root.plain()
        assert after.record["reply"]["parent"] == {"uri": uri, "cid": compose.cid(before.record)}
    alone = compose.thread(["one", "two"], "k", "did:plc:us", "2026-03-10T09:00:00.000Z", dids={})
    assert alone[1].record["reply"]["root"] == alone[1].record["reply"]["parent"]


def test_the_name_of_a_record_is_the_hash_of_its_words_and_a_picture_in_it_a_link() -> None:
    picture = "bafkreibme22gw2h7y2h7tg2fhqotaqjucnbc24deqo72b6mkl2egezxhvy"
    record = {"text": "x", "embed": {"images": [{"image": {"$type": "blob", "ref": {"$link": picture}, "size": 3}}]}}
    assert re.fullmatch(r"bafyrei[a-z2-7]{52}", compose.cid(record))
    decoded = libipld.decode_dag_cbor(libipld.encode_dag_cbor(compose._links(record)))
    assert libipld.encode_cid(decoded["embed"]["images"][0]["image"]["ref"]) == picture
