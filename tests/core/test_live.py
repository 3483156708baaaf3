"""The pure parts of live hints: tickets, what a hint may be, what a room remembers."""

from __future__ import annotations

from collections import deque

import pytest

from rapport.core.live import last_seen, publish
from rapport.core.room import Room, encode, event
from rapport.core.tickets import VISITORS, WrongTicket, read_ticket, ticket

NOW = 1_790_000_000.0


def test_a_ticket_is_good_for_a_minute_and_for_its_own_key() -> None:
    paper = ticket(7, 12, "key", NOW)
    assert read_ticket(paper, "key", NOW + 59) == (7, 12)
    with pytest.raises(WrongTicket):
        read_ticket(paper, "key", NOW + 60)
    with pytest.raises(WrongTicket):
        read_ticket(paper, "another key", NOW)


def test_a_visitors_ticket_opens_nothing_at_the_desk_and_the_other_way_round() -> None:
    with pytest.raises(WrongTicket):
        read_ticket(ticket(7, 1, "key", NOW, VISITORS), "key", NOW)
    with pytest.raises(WrongTicket):
        read_ticket(ticket(7, 1, "key", NOW), "key", NOW, VISITORS)
    assert read_ticket(ticket(7, 1, "key", NOW, VISITORS), "key", NOW, VISITORS) == (7, 1)


def test_a_ticket_cannot_be_changed_to_another_workspace() -> None:
    paper = ticket(7, 12, "key", NOW)
    with pytest.raises(WrongTicket):
        read_ticket("8" + paper[1:], "key", NOW)


@pytest.mark.parametrize("paper", ["", ".", "7.12.99", "....", "7.12.1790000060.", "é.é", "\ud800." * 4, "7" * 9999])
def test_nonsense_is_a_wrong_ticket(paper: str) -> None:
    with pytest.raises(WrongTicket):
        read_ticket(paper, "key", NOW)


def test_a_hint_is_one_line_of_json_with_a_name() -> None:
    assert encode("conversation.turned") == '{"name": "conversation.turned"}'
    assert encode({"name": "arrived", "conversation": 5}) == '{"name": "arrived", "conversation": 5}'
    assert "\n" not in encode({"name": "arrived", "odd": "a\nb"})


@pytest.mark.parametrize("hint", ["", "Two Words", "a\nb", {}, {"name": ""}, {"name": "x", "id": 3}, "x" * 65])
def test_a_hint_without_a_proper_name_is_refused(hint: dict[str, object] | str) -> None:
    with pytest.raises(ValueError, match="A hint needs a name"):
        encode(hint)


def test_publishing_where_no_server_runs_does_nothing() -> None:
    publish(1, "conversation.turned")


def test_an_event_has_a_kind_an_id_and_data() -> None:
    assert event("hint", 4, '{"name": "x"}') == b'event: hint\nid: 4\ndata: {"name": "x"}\n\n'
    assert event("resync", 4) == b'event: resync\nid: 4\ndata: {"id": 4}\n\n'


@pytest.mark.parametrize(
    ("seen", "missed"),
    [(10, []), (9, [b"ten"]), (7, [b"8", b"9", b"ten"]), (6, None), (0, None), (11, None)],
    ids=["all seen", "one", "all kept", "too old", "unknown", "of another life"],
)
def test_a_room_knows_what_was_missed(seen: int, missed: list[bytes] | None) -> None:
    room = Room(deque([b"8", b"9", b"ten"], maxlen=3), last=10)
    assert room.since(seen) == missed


@pytest.mark.parametrize(
    ("header", "query", "seen"),
    [(b"5", None, 5), (None, "6", 6), (b"5", "6", 5), (None, None, None), (b"x", None, 0), (b"9" * 40, None, 0)],
)
def test_where_a_browser_was_is_read_from_header_or_address(
    header: bytes | None, query: str | None, seen: int | None
) -> None:
    scope = {"headers": [(b"last-event-id", header)] if header is not None else []}
    assert last_seen(scope, {"last": [query]} if query else {}) == seen
