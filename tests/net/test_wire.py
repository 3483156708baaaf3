"""Connections that are not HTTP: judged like everything else that leaves."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator

import pytest
import trustme

from rapport import net


@pytest.fixture
def greeting() -> Iterator[int]:
    """A server that says hello and hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            try:
                while True:
                    line, _ = server.accept()
                    line.sendall(b"hello")
                    line.close()
            except OSError:
                return

        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)


def test_a_line_is_opened_and_told_of_first(greeting: int) -> None:
    told: list[tuple[str, str]] = []
    with net.watched(lambda method, url: told.append((method, url))):
        line = net.dial("127.0.0.1", greeting, tls=False)
    with line:
        assert line.recv(5) == b"hello"
    assert told == [("CONNECT", f"tcp://127.0.0.1:{greeting}")]


def test_the_loopback_and_private_networks_are_closed(greeting: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RAPPORT_ALLOW_LOOPBACK")
    for host in ("127.0.0.1", "10.0.0.1", "169.254.169.254", "::1"):
        with pytest.raises(net.Refused, match="private network"):
            net.dial(host, greeting, tls=False, seconds=1)
    monkeypatch.setenv("RAPPORT_PRIVATE_HOSTS", "mail.lan, 127.0.0.1")
    net.dial("127.0.0.1", greeting, tls=False).close()


@pytest.mark.parametrize(("host", "port"), [("", 1), ("a" * 300, 1), ("127.0.0.1", 0), ("127.0.0.1", 70000)])
def test_what_is_no_server_is_refused(host: str, port: int) -> None:
    with pytest.raises(net.Refused):
        net.dial(host, port, tls=False)


def test_nobody_there_is_said() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(net.NeverLeft, match="could not be reached"):
        net.dial("127.0.0.1", port, tls=False)


def test_a_certificate_is_verified() -> None:
    authority = trustme.CA()
    theirs = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(theirs)
    ours = ssl.create_default_context()
    authority.configure_trust(ours)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        def serve() -> None:
            for _ in range(2):
                try:
                    line, _ = server.accept()
                    with theirs.wrap_socket(line, server_side=True) as secret:
                        secret.sendall(b"hello")
                except OSError:
                    pass

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        with pytest.raises(net.NeverLeft, match="cannot be trusted"):
            net.dial("127.0.0.1", port, tls=True)
        with net.dial("127.0.0.1", port, tls=True, trust=ours) as line:
            assert line.recv(5) == b"hello"
        thread.join(5)
