"""The demo world's words: what the file promises to whoever opens the demo, checked without a database."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import timedelta
from importlib import resources
from itertools import pairwise
from typing import Any

import pytest

Message = dict[str, Any]
STAFF = {"bea", "cem", "dana"}
LIMIT = {"social": 300, "chat": 1_000, "mail": 10_000}
HANDLE = re.compile(r"@acme(help)?\b", re.IGNORECASE)
COMMITMENT = re.compile(r"\bI will (call|send|write|come|check)\b.*\b(tomorrow|today|on \w+day)\b", re.IGNORECASE)
WORDS_OF = {
    "en": {"the", "and", "with"},
    "de": {"kann", "und", "meine"},
    "fr": {"je", "chez", "pour"},
    "es": {"cuánto", "desde", "madre"},
    "pt": {"estou", "não", "obrigada"},
}


def ago(message: Message) -> timedelta:
    parts = {unit: int(size) for size, unit in re.findall(r"(\d+)([dhm])", message["ago"])}
    return timedelta(days=parts.get("d", 0), hours=parts.get("h", 0), minutes=parts.get("m", 0))


def ours(message: Message) -> bool:
    return "us" in message["from"]


@pytest.fixture(scope="module")
def world() -> list[Message]:
    text = resources.files("rapport.ingest").joinpath("demo_world.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture(scope="module")
def threads(world: list[Message]) -> dict[str, list[Message]]:
    found: dict[str, list[Message]] = {}
    for message in world:
        found.setdefault(message["thread"], []).append(message)
    return found


def waits_on_us(thread: list[Message]) -> bool:
    """As the states of a conversation have it: a yes opens, our visible reply closes, a no changes nothing."""
    open_ = False
    for message in thread:
        open_ = not ours(message) and (open_ or message["expect"]["needs"] == "yes")
    return open_


def test_every_line_says_who_where_when_and_what(world: list[Message]) -> None:
    known = {"id", "channel", "thread", "reply_to", "from", "ago", "text", "subject", "public", "to_us", "expect"}
    for message in world:
        assert set(message) <= known
        assert message["channel"] in LIMIT
        assert re.fullmatch(r"(\d+d ?)?(\d+h ?)?(\d+m)?", message["ago"]) and ago(message) > timedelta(0)
        assert isinstance(message["public"], bool) and isinstance(message["to_us"], bool)
        assert message["text"].strip() == message["text"] != ""
        if ours(message):
            assert message["from"]["us"] in STAFF and "expect" not in message
        else:
            assert message["from"]["address"] and message["from"]["name"]
            assert message["expect"]["needs"] in {"yes", "no"} and 1 <= message["expect"]["row"] <= 15


def test_there_are_some_sixty_messages_on_three_channels_over_nine_days(world: list[Message]) -> None:
    assert 58 <= len(world) <= 64
    assert {message["channel"] for message in world} == {"social", "mail", "chat"}
    assert timedelta(days=8) < ago(world[0]) <= timedelta(days=9)


def test_ids_are_unique_and_no_two_messages_say_the_same(world: list[Message]) -> None:
    assert len({message["id"] for message in world}) == len(world)
    assert len({message["text"].casefold() for message in world}) == len(world)


def test_messages_stand_in_order_of_time(world: list[Message], threads: dict[str, list[Message]]) -> None:
    ages = [ago(message) for message in world]
    assert ages == sorted(ages, reverse=True)
    for thread in threads.values():
        assert all(ago(one) > ago(next_) for one, next_ in pairwise(thread))


def test_a_reply_answers_an_earlier_message_of_its_own_thread(threads: dict[str, list[Message]]) -> None:
    for thread in threads.values():
        assert len({message["channel"] for message in thread}) == 1
        seen: set[str] = set()
        for message in thread:
            assert ("reply_to" in message) == bool(seen)
            assert message.get("reply_to") in seen or not seen
            seen.add(message["id"])


def test_every_message_fits_its_channel(world: list[Message]) -> None:
    for message in world:
        assert len(message["text"]) <= LIMIT[message["channel"]], message["id"]


def test_the_channel_says_whether_it_addresses_us(world: list[Message]) -> None:
    for message in world:
        if not ours(message):
            direct = message["channel"] != "social"
            assert message["to_us"] == (direct or bool(HANDLE.search(message["text"]))), message["id"]
        if message["channel"] != "social":
            assert not message["public"]


def test_exactly_six_conversations_wait_on_us_each_for_its_own_reason(threads: dict[str, list[Message]]) -> None:
    waiting = [thread for thread in threads.values() if waits_on_us(thread)]
    assert len(waiting) == 6
    assert all(thread[-1]["expect"]["needs"] == "yes" for thread in waiting)
    assert Counter(thread[-1]["expect"]["row"] for thread in waiting) == {2: 1, 3: 2, 4: 1, 8: 1, 11: 1}
    assert {thread[-1]["channel"] for thread in waiting} == set(LIMIT)


def test_what_waits_is_fresh_and_exactly_one_is_late(threads: dict[str, list[Message]]) -> None:
    target = {2: 1, 3: 24, 4: 4, 8: 72, 11: 4}
    ages = [(ago(t[-1]), t[-1]["expect"]["row"]) for t in threads.values() if waits_on_us(t)]
    assert all(timedelta(minutes=5) <= age <= timedelta(hours=26) for age, _ in ages)
    assert sum(age > timedelta(hours=target[row]) for age, row in ages) == 1
    assert sum(timedelta(0) < timedelta(hours=target[row]) - age < timedelta(hours=1) for age, row in ages) >= 2


def test_one_bereavement_one_praise_to_us_and_one_promise(world: list[Message]) -> None:
    rows = Counter(message["expect"]["row"] for message in world if not ours(message))
    assert rows[2] == 1 and rows[8] == 1
    promises = [message for message in world if ours(message) and COMMITMENT.search(message["text"])]
    assert len(promises) == 1
    assert len(set(rows)) >= 11, "the demo shows most of the decision table"


def test_the_world_speaks_several_languages_and_writes_in_both_directions(world: list[Message]) -> None:
    for language, words in WORDS_OF.items():
        said = [set(re.findall(r"\w+", message["text"].casefold())) for message in world]
        assert any(len(words & one) >= 2 for one in said), language
    assert any(re.search(r"[\u0590-\u06ff]", m["from"].get("name", "")) for m in world)
    assert any(re.search(r"[\U0001f300-\U0001faff]", m["from"].get("name", "")) for m in world)


def test_some_threads_are_long(threads: dict[str, list[Message]]) -> None:
    lengths = Counter(len(thread) for thread in threads.values())
    assert max(lengths) in range(6, 10) and lengths[1] >= 6
