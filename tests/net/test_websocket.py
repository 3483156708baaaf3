"""A WebSocket that is listened to: judged addresses, whole messages, and an end that is never mistaken for calm."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from websockets.sync.server import ServerConnection, serve

from rapport import net


@contextlib.contextmanager
def server(talk: Callable[[ServerConnection], None]) -> Iterator[str]:
    """A server that says what ``talk`` says."""
    with serve(talk, "127.0.0.1", 0, compression=None) as running:
        thread = threading.Thread(target=running.serve_forever, daemon=True)
        thread.start()
        yield f"ws://localhost:{running.socket.getsockname()[1]}/subscribe?a=1"
        running.shutdown()


def test_messages_come_whole_and_in_order_and_silence_is_none() -> None:
    def talk(line: ServerConnection) -> None:
        line.send("one")
        line.send(["t", "w", "o"])  # in three frames
        line.send(b"\x00three" * 20_000)
        with contextlib.suppress(Exception):
            line.recv(1.0)

    with server(talk) as url, net.websocket(url) as line:
        assert [line.receive(20.0) for _ in range(3)] == [b"one", b"two", b"\x00three" * 20_000]
        began = time.monotonic()
        assert line.receive(0.05) is None
        assert 0.04 < time.monotonic() - began < 1.0


def test_what_came_before_the_end_is_given_and_then_the_end_is_said() -> None:
    def talk(line: ServerConnection) -> None:
        line.send("last words")

    with server(talk) as url, net.websocket(url) as line:
        assert line.receive(20.0) == b"last words"
        with pytest.raises(net.Unknown, match="localhost closed the connection"):
            line.receive(20.0)


def test_a_line_that_is_cut_is_said_to_be() -> None:
    def talk(line: ServerConnection) -> None:
        line.send("x")
        line.socket.shutdown(socket.SHUT_RDWR)

    with server(talk) as url, net.websocket(url) as line:
        assert line.receive(20.0) == b"x"
        with pytest.raises(net.Unknown, match="localhost"):
            line.receive(20.0)


def test_a_message_larger_than_a_megabyte_ends_the_line() -> None:
    def talk(line: ServerConnection) -> None:
        with contextlib.suppress(Exception):
            line.send("x" * (1024 * 1024 + 1))
            line.recv(1.0)

    with server(talk) as url, net.websocket(url) as line, pytest.raises(net.Unknown):
        for _ in range(3):
            line.receive(20.0)


def test_a_ping_is_answered() -> None:
    answered = threading.Event()

    def talk(line: ServerConnection) -> None:
        if line.ping().wait(20.0):
            answered.set()
        line.send("done")

    with server(talk) as url, net.websocket(url) as line:
        assert line.receive(20.0) == b"done"
    assert answered.is_set()


def test_what_is_no_websocket_is_refused_in_a_sentence() -> None:
    plain = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        with plain, plain.accept()[0] as one:
            one.recv(1000)
            one.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi")

    threading.Thread(target=answer, daemon=True).start()
    url = f"ws://localhost:{plain.getsockname()[1]}/"
    with pytest.raises(net.Rejected, match="localhost does not speak WebSocket"), net.websocket(url, seconds=20.0):
        pass
    with pytest.raises(net.Refused, match="wss://"), net.websocket("https://localhost/"):
        pass


def test_a_server_that_only_listens_is_given_up_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as plain:
        url = f"ws://localhost:{plain.getsockname()[1]}/"
        with pytest.raises(net.NeverLeft, match="does not answer in time"), net.websocket(url, seconds=0.2):
            pass


def test_our_own_network_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RAPPORT_ALLOW_LOOPBACK")
    for host in ("localhost", "127.0.0.1", "10.0.0.1", "169.254.169.254", "[::1]"):
        with pytest.raises(net.Refused), net.websocket(f"ws://{host}:9/"):
            pass
