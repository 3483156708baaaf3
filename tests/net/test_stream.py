"""A long GET: it goes on, it notices silence and breaks, it stops when asked, and it goes to public addresses only."""

from __future__ import annotations

import socket
import threading
import time

import pytest

from rapport import net
from tests.net.peer import answers, peer

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"


def test_pieces_come_as_they_are_said_and_it_ends_when_the_other_side_ends() -> None:
    def says(connection: socket.socket, request: bytes) -> None:
        connection.sendall(HEAD + b"one\n")
        time.sleep(0.05)
        connection.sendall(b"two\n")

    with peer(says) as server, listening(server.url) as heard:
        assert (heard.status, heard.headers["content-type"]) == (200, "text/event-stream")
        assert b"".join(heard.chunks) == b"one\ntwo\n"
    assert b"Authorization: Bearer t" in server.seen[0]


def listening(url: str, stop: threading.Event | None = None, **more: float):  # type: ignore[no-untyped-def]
    headers = {"Authorization": "Bearer t"}
    return net.stream(url, headers=headers, stop=stop or threading.Event(), allow_loopback=True, **more)


def waits(connection: socket.socket, request: bytes) -> None:
    connection.sendall(HEAD + b"hello\n")
    connection.recv(1)


def test_silence_counts_as_a_dead_connection() -> None:
    with peer(waits) as server, listening(server.url, silence=0.2) as heard:
        assert next(heard.chunks) == b"hello\n"
        with pytest.raises(net.Unknown, match="it took too long"):
            next(heard.chunks)


def test_it_stops_within_a_second_when_asked() -> None:
    stop = threading.Event()
    with peer(waits) as server, listening(server.url, stop) as heard:
        assert next(heard.chunks) == b"hello\n"
        threading.Timer(0.1, stop.set).start()
        began = time.monotonic()
        assert list(heard.chunks) == []
        assert time.monotonic() - began < 5.0


def test_a_break_in_mid_piece_is_said() -> None:
    def breaks(connection: socket.socket, request: bytes) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhe")

    with peer(breaks) as server, listening(server.url) as heard, pytest.raises(net.Unknown):
        list(heard.chunks)


def test_any_status_is_an_answer_and_no_redirect_is_followed() -> None:
    with peer(answers(302, b"", location="http://127.0.0.1:9/")) as server, listening(server.url) as heard:
        assert heard.status == 302
    assert len(server.seen) == 1


def test_what_cannot_be_reached_never_left() -> None:
    with pytest.raises(net.NeverLeft), listening("http://127.0.0.1:1/"):
        pass


def test_private_addresses_stay_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RAPPORT_ALLOW_LOOPBACK", raising=False)
    with pytest.raises(net.Refused), net.stream("http://127.0.0.1/", stop=threading.Event()):
        pass
