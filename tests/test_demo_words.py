"""The demo world's words: what the stories promise to whoever opens the demo, checked without a database."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import combinations, pairwise
from pathlib import Path

import msgspec
import pytest

from rapport.channels.base import Envelope
from rapport.channels.demo import channel, story
from rapport.channels.demo.story import Said, Story, Talk
from rapport.channels.lengths import must_fit
from rapport.understanding import read
from rapport.understanding.reading import Post, Us

NOWS = [datetime(2026, 3, 10, hour, minute, tzinfo=UTC) for hour, minute in ((0, 5), (9, 0), (15, 30), (23, 55))]
MOST = 400
LARGEST = 40_000
"""Bytes of one story file, so that a person can read it in an editor."""


def talks() -> Iterator[tuple[Story, Talk]]:
    for one in story.world():
        for talk in one.talk:
            yield one, talk


def everything() -> list[tuple[Story, Talk, int, Said]]:
    return [(one, talk, at, said) for one, talk in talks() for at, said in enumerate(talk.said)]


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def envelopes(now: datetime) -> list[Envelope]:
    return [
        item.envelope
        for one in story.world()
        for network in story.NETWORKS
        for item in story.history(one, network, now)
    ]


def test_there_are_at_most_four_hundred_messages() -> None:
    assert len(everything()) <= MOST


def test_no_two_messages_say_the_same() -> None:
    assert len({" ".join(words(said.text)) for *_, said in everything()}) == len(everything())


def test_no_two_messages_are_variants_of_each_other() -> None:
    """Shingles of three words: two texts written for their people share few of them."""
    threes = []
    for _, talk, at, said in everything():
        found = words(said.text)
        threes.append((story.name_of(talk, at), {tuple(found[i : i + 3]) for i in range(len(found) - 2)}))
    for (one, first), (other, second) in combinations([pair for pair in threes if len(pair[1]) >= 4], 2):
        assert len(first & second) <= 0.3 * min(len(first), len(second)), (one, other, first & second)


def test_names_of_talks_and_messages_are_unique() -> None:
    assert not [id for id, count in Counter(talk.id for _, talk in talks()).items() if count > 1]


def test_an_address_belongs_to_one_person() -> None:
    owners: dict[tuple[str, str], set[str]] = {}
    for one in story.world():
        for who, someone in one.who.items():
            assert who not in story.OURS, f"{who} in {one.title} is a colleague's short name"
            for network in story.NETWORKS:
                if address := getattr(someone, network):
                    owners.setdefault((network, address), set()).add(someone.name)
    assert {address: who for address, who in owners.items() if len(who) > 1} == {}


def test_every_story_can_be_read_by_a_person() -> None:
    files = sorted((Path(story.__file__).parent / "world").glob("*.toml"))
    assert len(files) == len(story.world()) >= 9
    for file in files:
        assert file.stat().st_size <= LARGEST, file.name
        assert "\r" not in file.read_text("utf-8")


def test_everybody_in_a_story_says_or_buys_something() -> None:
    for one in story.world():
        speaks = {said.who for talk in one.talk for said in talk.said} | {order.who for order in one.order}
        assert set(one.who) <= speaks, one.title


def test_every_message_fits_its_network() -> None:
    limits = {each.kind.removeprefix("demo_"): each.limit for each in channel.DEMO_CHANNELS}
    assert set(limits) == set(story.NETWORKS)
    for _, talk, _, said in everything():
        assert said.text.strip(), talk.id
        must_fit(said.text.strip(), limits[talk.on])


@pytest.mark.parametrize("now", NOWS, ids=str)
def test_a_thread_goes_forward_in_time_at_whatever_hour_the_demo_is_opened(now: datetime) -> None:
    for one, talk in talks():
        times = [story.moment(said.at, one.clock_of(talk), now) for said in talk.said if said.is_history]
        assert all(first < second for first, second in pairwise(times)), talk.id
        assert all(moment < now for moment in times), talk.id
        later = [said.while_watching for said in talk.said if said.while_watching is not None]
        assert later == sorted(later), talk.id
        kinds = [0 if said.is_history else 1 if said.while_watching is not None else 2 for said in talk.said]
        assert kinds == sorted(kinds), f"{talk.id}: history first, then what arrives, then what follows an answer"


@pytest.mark.parametrize("now", NOWS, ids=str)
def test_notes_and_orders_lie_in_the_past(now: datetime) -> None:
    for one in story.world():
        for network in story.NETWORKS:
            assert all(remark.at < now for remark in story.remarks(one, network, now))
            for order in story.orders(one, network, now):
                assert order.placed_at is not None and order.placed_at < (order.delivered_at or now) <= now


def test_a_talk_goes_by_the_clock_of_who_began_it() -> None:
    one = story.read("""
title = "Two who write at ten in the morning"
[who.ann]
name = "Ann"
social = "@ann"
[who.kenji]
name = "Kenji"
zone = "Asia/Tokyo"
social = "@kenji"
[[talk]]
id = "east"
on = "social"
said = [["3d 10:00", "kenji", "Good morning"], ["3d 10:05", "ann", "Good night to you"]]
[[talk]]
id = "west"
on = "social"
said = [["3d 10:00", "ann", "Is it evening there?"]]
""")
    times = [item.envelope.said_at for item in story.history(one, "social", NOWS[1])]
    assert times == [datetime(2026, 3, 7, 1, 0, tzinfo=UTC), datetime(2026, 3, 7, 1, 5, tzinfo=UTC),
                     datetime(2026, 3, 7, 10, 0, tzinfo=UTC)]  # fmt: skip


@pytest.mark.parametrize("wrong", ["yesterday", "3d 25", "", "-3d", "5 m", "3x"])
def test_a_time_that_is_none_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="no span of time"):
        story.moment(wrong, NOWS[0].tzinfo, NOWS[0])  # type: ignore[arg-type]


def test_a_file_with_a_slip_says_where() -> None:
    with pytest.raises(msgspec.ValidationError, match="sadi"):
        story.read('title = "A slip"\n[[talk]]\nid = "x"\non = "chat"\nsadi = []\nsaid = []')


def test_what_they_say_is_never_marked_as_ours_and_the_other_way_round() -> None:
    for envelope in envelopes(NOWS[1]):
        assert envelope.ours == (envelope.author.address in story.OURS.values()), envelope.external_id


def languages() -> Counter[str]:
    posts = [Post(text=said.text) for *_, said in everything() if said.who not in story.OURS]
    return Counter(reading.language for reading in read(posts, Us()))


def test_the_world_speaks_several_languages_and_writes_in_both_directions() -> None:
    said = languages()
    assert {"en", "de", "fr", "es", "pt"} <= {language for language, count in said.items() if count}
    names = [someone.name for one in story.world() for someone in one.who.values()]
    assert any(re.search(r"[\u0590-\u06ff]", name) for name in names)
    assert any(re.search(r"[\U0001f300-\U0001faff]", name) for name in names)


def test_what_happens_today_is_there_for_whoever_opens_the_desk() -> None:
    recent = [e for e in envelopes(NOWS[1]) if e.said_at and NOWS[1] - e.said_at < timedelta(hours=24)]
    assert len(recent) >= 5
