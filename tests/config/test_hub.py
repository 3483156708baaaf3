"""The live hub, heard over real sockets."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from rapport.core.live import Hub, position, publish
from rapport.core.tickets import ticket

KEY = "a key for tests only"
Start = Callable[..., Any]


class Ear:
    """One listening browser."""

    def __init__(self, site: Any, paper: str, last: str = "", query: str = "") -> None:
        self.sock = site.connect(3)
        head = f"GET /live?ticket={paper}{query} HTTP/1.1\r\nHost: here\r\n"
        self.sock.sendall((head + (f"Last-Event-ID: {last}\r\n" if last else "") + "\r\n").encode())
        self.heard = b""

    def until(self, what: bytes) -> bytes:
        """Everything heard so far, once ``what`` is in it."""
        while what not in self.heard:
            piece = self.sock.recv(65536)
            assert piece, f"closed after {self.heard!r}"
            self.heard += piece
        return self.heard

    def closes(self) -> bool:
        """Does the stream end (the last chunk, or the connection)?"""
        while not self.heard.endswith(b"0\r\n\r\n"):
            piece = self.sock.recv(65536)
            if not piece:
                return True
            self.heard += piece
        return True

    def events(self) -> list[tuple[str, int, dict[str, Any]]]:
        found = []
        for block in self.heard.decode().replace("\r\n", "\n").split("\n\n"):
            lines = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line)
            if "event" in lines:
                found.append((lines["event"], int(lines["id"]), json.loads(lines["data"])))
        return found


def good(workspace: int = 1, member: int = 1) -> str:
    return ticket(workspace, member, KEY, time.time())


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def test_two_listeners_hear_what_any_thread_publishes_and_no_stranger_does(start: Start) -> None:
    site = start(hub=Hub(lambda workspace, member: True, KEY))
    one, two, other = Ear(site, good(1, 1)), Ear(site, good(1, 2)), Ear(site, good(2, 3))
    for ear in (one, two, other):
        ear.until(b"event: hello")
    thread = threading.Thread(target=publish, args=(1, {"name": "arrived", "conversation": 5}))
    thread.start()
    thread.join()
    publish(2, "else")
    for ear in (one, two):
        ear.until(b"conversation")
        kind, number, data = ear.events()[-1]
        assert (kind, data) == ("hint", {"name": "arrived", "conversation": 5})
        assert number == ear.events()[0][1] + 1
    assert b"arrived" not in other.until(b"else")


def test_the_stream_says_what_it_is(start: Start) -> None:
    heard = Ear(start(hub=Hub(lambda workspace, member: True, KEY)), good()).until(b"hello")
    assert b"content-type: text/event-stream" in heard
    assert b"cache-control: no-store" in heard


def test_wrong_tickets_strangers_and_other_verbs_are_turned_away(start: Start) -> None:
    site = start(hub=Hub(lambda workspace, member: workspace == 1, KEY))

    def answer(paper: str, verb: str = "GET") -> int:
        said = f"{verb} /live?ticket={paper} HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n"
        return status(site.say(said.encode()))

    assert answer("") == 403
    assert answer("1.1.9999999999.forged") == 403
    assert answer(ticket(1, 1, KEY, time.time() - 61)) == 403
    assert answer(ticket(1, 1, "another key", time.time())) == 403
    assert answer(good(2)) == 404
    assert answer(good(), "POST") == 405


def test_a_question_that_fails_is_a_no(start: Start) -> None:
    def broken(workspace: int, member: int) -> bool:
        raise OSError("the database is away")

    site = start(hub=Hub(broken, KEY))
    said = f"GET /live?ticket={good()} HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n"
    assert status(site.say(said.encode())) == 404


@pytest.mark.parametrize("by_header", [True, False])
def test_who_comes_back_gets_what_was_missed(start: Start, by_header: bool) -> None:
    site = start(hub=Hub(lambda workspace, member: True, KEY))
    first = Ear(site, good())
    first.until(b"hello")
    here = first.events()[0][1]
    first.sock.close()
    publish(1, "one")
    publish(1, "two")
    back = Ear(site, good(), last=str(here)) if by_header else Ear(site, good(), query=f"&last={here}")
    back.until(b"two")
    assert [(kind, number - here) for kind, number, _ in back.events()] == [("hello", 0), ("hint", 1), ("hint", 2)]
    assert back.events()[0][2] == {"id": here + 2}


@pytest.mark.parametrize("last", ["4", "not-a-number", "99999999999999999"])
def test_who_was_away_too_long_is_told_to_ask_anew(start: Start, last: str) -> None:
    back = Ear(start(hub=Hub(lambda workspace, member: True, KEY)), good(), last=last)
    back.until(b"event: resync")


def test_more_than_is_remembered_is_a_resync_and_then_goes_on(start: Start) -> None:
    site = start(hub=Hub(lambda workspace, member: True, KEY, remembered=4))
    first = Ear(site, good())
    first.until(b"hello")
    here = first.events()[0][1]
    first.sock.close()
    for _ in range(5):
        publish(1, "much")
    back = Ear(site, good(), last=str(here))
    back.until(b"resync")
    publish(1, "after")
    back.until(b"after")
    assert [kind for kind, _, _ in back.events()] == ["hello", "resync", "hint"]


def test_a_page_that_notes_the_position_first_misses_nothing_on_its_way(start: Start) -> None:
    assert position(1) == 0
    site = start(hub=Hub(lambda workspace, member: True, KEY))
    noted = position(1)
    publish(1, "meanwhile")
    time.sleep(0.05)
    assert position(1) == noted + 1
    Ear(site, good(), query=f"&last={noted}").until(b"meanwhile")


def test_signs_of_life_come_by_themselves(start: Start) -> None:
    ear = Ear(start(hub=Hub(lambda workspace, member: True, KEY, keepalive=0.05)), good())
    ear.until(b": still here")


def test_who_is_no_longer_a_member_is_sent_away(start: Start) -> None:
    allowed = {1, 2}
    site = start(hub=Hub(lambda workspace, member: member in allowed, KEY, recheck=0.2))
    stays, goes = Ear(site, good(1, 1)), Ear(site, good(1, 2))
    stays.until(b"hello")
    goes.until(b"hello")
    allowed.remove(2)
    assert goes.closes()
    publish(1, "secret")
    stays.until(b"secret")
    assert b"secret" not in goes.heard


@pytest.mark.slow
def test_a_listener_that_takes_nothing_is_bounded_and_cut_off(start: Start) -> None:
    hub = Hub(lambda workspace, member: True, KEY, stall=3, remembered=8)
    site = start(hub=hub)
    deaf, well = Ear(site, good(1, 1)), Ear(site, good(1, 2))
    well.until(b"hello")
    deaf.until(b"hello")
    threading.Thread(target=site.read, args=(well.sock,), daemon=True).start()
    due = time.monotonic() + 20
    while len(hub.rooms[1].clients) == 2 and time.monotonic() < due:
        publish(1, {"name": "heavy", "codes": "x" * 100_000})
        time.sleep(0.005)
    assert [client.member_id for client in hub.rooms[1].clients] == [2]
    assert len(hub.rooms[1].recent) <= 8


def test_one_member_has_a_bounded_number_of_streams(start: Start) -> None:
    site = start(hub=Hub(lambda workspace, member: True, KEY, per_member=2))
    ears = [Ear(site, good()) for _ in range(2)]
    for ear in ears:
        ear.until(b"hello")
    said = f"GET /live?ticket={good()} HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n"
    assert status(site.say(said.encode())) == 429


def test_who_closes_the_window_is_forgotten(start: Start) -> None:
    hub = Hub(lambda workspace, member: True, KEY)
    ear = Ear(start(hub=hub), good())
    ear.until(b"hello")
    ear.sock.close()
    due = time.monotonic() + 3
    while hub.rooms[1].clients and time.monotonic() < due:
        time.sleep(0.01)
    assert not hub.rooms[1].clients


def test_a_server_that_stops_ends_its_streams_at_once(start: Start) -> None:
    site = start(hub=Hub(lambda workspace, member: True, KEY))
    ears = [Ear(site, good(1, n)) for n in range(20)]
    for ear in ears:
        ear.until(b"hello")
    began = time.monotonic()
    site.stop()
    assert time.monotonic() - began < 2
    assert all(ear.closes() for ear in ears)
