"""The door against real servers on the loopback that drip, flood, hang up and lead astray."""

from __future__ import annotations

import gzip
import socket
import ssl
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from rapport import net
from rapport.net import addresses, door
from tests.net.peer import Behaviour, answers, hangs_up, peer, read_request

SHORT = net.Patience(connect=1, read=0.4, total=1.0)


class Naps(list[float]):
    """Stands for sleep: notes how long, and does not."""

    def __call__(self, seconds: float) -> None:
        self.append(seconds)


def ask(method: str, url: str, **more: Any) -> net.Answer:
    return net.request(method, url, **({"allow_loopback": True, "patience": SHORT, "sleep": Naps()} | more))


def test_an_answer_comes_back_whole_whatever_its_status() -> None:
    with peer(answers(404, b'{"error": "gone"}', content_type="application/json")) as server:
        answer = ask("GET", f"{server.url}/a?b=c#d")
    assert (answer.status, answer.ok, answer.text) == (404, False, '{"error": "gone"}')
    assert answer.headers["content-type"] == "application/json"
    assert server.seen[0].startswith(b"GET /a?b=c HTTP/1.1\r\n")


def test_the_loopback_is_closed_unless_the_environment_opens_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with peer(answers()) as server:
        monkeypatch.delenv("RAPPORT_ALLOW_LOOPBACK", raising=False)
        with pytest.raises(net.Refused, match="private network or this machine"):
            net.request("GET", server.url)
        monkeypatch.setenv("RAPPORT_ALLOW_LOOPBACK", "1")
        assert net.request("GET", server.url).ok
        assert len(server.seen) == 1


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org/",
        "file:///etc/passwd",
        "http://",
        "//x",
        "http://user:pw@example.org/",
        "http://[",
        "",
        "http://x:99999/",
    ],
)
def test_only_plain_web_addresses_are_asked(url: str) -> None:
    with pytest.raises(net.NeverLeft):
        ask("GET", url)


def test_a_header_cannot_smuggle_another() -> None:
    with peer(answers()) as server:
        for value in ("a\r\nX-Evil: 1", "a\nb", "☃"):
            with pytest.raises(net.Refused, match="header"):
                ask("GET", server.url, headers={"x-name": value})
    assert all(b"Evil" not in request for request in server.seen)


def test_a_redirect_into_a_private_network_is_refused() -> None:
    with (
        peer(answers(302, location="http://169.254.169.254/latest/meta-data/")) as server,
        pytest.raises(net.Refused, match=r"169\.254\.169\.254"),
    ):
        ask("GET", server.url)


@pytest.mark.parametrize("location", ["file:///etc/passwd", "http://[", "http://a:b@127.0.0.1/"])
def test_a_redirect_to_something_else_is_refused(location: str) -> None:
    with peer(answers(302, location=location)) as server, pytest.raises(net.NeverLeft):
        ask("GET", server.url)


def test_redirects_end() -> None:
    with peer(answers(302, location="/again")) as server:
        with pytest.raises(net.Refused, match="without end"):
            ask("GET", server.url, redirects=3)
        assert len(server.seen) == 4


def test_credentials_stay_with_the_origin_they_were_meant_for() -> None:
    secret = {"Authorization": "Bearer s3cret", "X-Api-Key": "s3cret", "Accept": "text/html", "Cookie": "s3cret"}
    with peer(answers(body=b"there")) as other, peer(answers(301, location=f"{other.url}/there")) as server:
        assert ask("GET", server.url, headers=secret).text == "there"
    assert b"s3cret" in server.seen[0]
    assert b"s3cret" not in other.seen[0]
    assert b"text/html" in other.seen[0]


def test_they_follow_within_the_same_origin() -> None:
    with peer(answers(302, location="/b"), answers(body=b"b")) as server:
        assert ask("GET", f"{server.url}/a", headers={"authorization": "Bearer s3cret"}).text == "b"
    assert b"s3cret" in server.seen[1]


def test_a_post_is_never_sent_elsewhere() -> None:
    with peer(answers(307, location="/b")) as server:
        assert ask("POST", f"{server.url}/a", body=b"x").status == 307
    assert len(server.seen) == 1


def test_a_huge_body_is_not_swallowed() -> None:
    def floods(connection: socket.socket, request: bytes) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            connection.sendall(b"x" * 65536)

    with peer(floods) as server, pytest.raises(net.TooLarge, match=r"more than 1\.0 MB") as caught:
        ask("GET", server.url, max_bytes=1_000_000)
    assert caught.value.status == 200


def test_a_packed_body_is_unpacked_but_a_bomb_is_not() -> None:
    def packed(size: int) -> Behaviour:
        return answers(body=gzip.compress(b"a" * size), content_encoding="gzip")

    with peer(packed(1000)) as server:
        assert ask("GET", server.url).body == b"a" * 1000
    with peer(packed(50_000_000)) as server, pytest.raises(net.TooLarge):
        ask("GET", server.url, max_bytes=100_000)


@pytest.mark.parametrize("encoding", ["br", "gzip"])
def test_a_packing_we_cannot_read_is_said(encoding: str) -> None:
    with (
        peer(answers(body=b"not packed", content_encoding=encoding)) as server,
        pytest.raises(net.Unknown, match="unread"),
    ):
        ask("GET", server.url, retries=0)


def drips(start: bytes) -> Behaviour:
    def behaviour(connection: socket.socket, request: bytes) -> None:
        connection.sendall(start)
        while True:
            time.sleep(0.1)
            connection.sendall(b"x")

    return behaviour


@pytest.mark.slow
@pytest.mark.parametrize("start", [b"HTTP/1.1 200 OK\r\nX-Slow: ", b"HTTP/1.1 200 OK\r\n\r\n"])
def test_a_server_that_drips_cannot_hold_us(start: bytes) -> None:
    with peer(drips(start)) as server:
        began = time.monotonic()
        with pytest.raises(net.Unknown, match="too long"):
            ask("POST", server.url, body=b"x")
        assert time.monotonic() - began < 3


def test_a_connection_closed_after_the_request_leaves_us_in_doubt() -> None:
    with peer(hangs_up) as server, pytest.raises(net.Unknown, match="whether it was taken cannot be said"):
        ask("POST", server.url, body=b"x")
    assert len(server.seen) == 1, "a POST without a key is sent once"


def test_where_nobody_listens_nothing_left() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(net.NeverLeft, match="could not be reached") as caught:
        ask("POST", f"http://127.0.0.1:{port}/secret?token=1", body=b"x")
    assert not isinstance(caught.value, net.Refused)
    assert "secret" not in caught.value.message


def test_without_a_tls_handshake_nothing_left() -> None:
    with peer(answers()) as server, pytest.raises(net.NeverLeft):
        ask("POST", server.url.replace("http:", "https:"), body=b"x")


def test_a_get_is_repeated_and_a_post_only_with_a_key() -> None:
    naps = Naps()
    with peer(answers(503), hangs_up, answers(body=b"third")) as server:
        assert ask("GET", server.url, sleep=naps).text == "third"
        assert len(naps) == 2
        assert 0.25 <= naps[0] <= 0.75
    with peer(hangs_up, answers(body=b"second")) as server:
        assert ask("POST", server.url, headers={"Idempotency-Key": "k"}, body=b"x").text == "second"
    with peer(answers(503)) as server:
        assert ask("POST", server.url, body=b"x").status == 503
        assert len(server.seen) == 1


def test_the_other_sides_wish_is_honoured() -> None:
    naps = Naps()
    with peer(answers(429, retry_after="3"), answers(body=b"now")) as server:
        assert ask("GET", server.url, sleep=naps).text == "now"
        assert naps == [3.0]
    with peer(answers(429, retry_after="120")) as server:
        answer = ask("GET", server.url)
        assert answer.retry_after(datetime.now(UTC)) == timedelta(seconds=120)
        assert len(server.seen) == 1, "too long to wait here: the caller comes back later"


@pytest.mark.parametrize("later", [net.NeverLeft, net.Refused])
def test_a_doubt_is_not_forgotten_when_the_next_attempt_finds_the_door_shut(
    later: type[net.NetError], monkeypatch: pytest.MonkeyPatch
) -> None:
    with peer(hangs_up) as server:
        real = addresses.resolve
        calls: list[int] = []

        def once(host: str, port: int, *, allow_loopback: bool) -> list[str]:
            calls.append(port)
            if len(calls) > 1:
                raise later("The door is shut.")
            return real(host, port, allow_loopback=allow_loopback)

        monkeypatch.setattr(addresses, "resolve", once)
        with pytest.raises(net.Unknown):
            ask("POST", server.url, headers={"idempotency-key": "k"}, body=b"x", retries=1)
    assert len(calls) == 2


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0),
        ("17", 17),
        ("99999999999999999999", None),
        ("Tue, 10 Mar 2026 09:01:00 GMT", 60),
        ("soon", None),
        ("-5", None),
    ],
)
def test_retry_after_is_read_as_seconds_or_as_a_date(value: str, seconds: int | None) -> None:
    found = net.Answer(429, {"retry-after": value}, b"", "").retry_after(datetime(2026, 3, 10, 9, 0, tzinfo=UTC))
    assert found == (None if seconds is None else timedelta(seconds=seconds))


def test_the_record_tells_each_attempt_without_secrets() -> None:
    told: list[tuple[str, str, int | None]] = []
    with peer(answers(302, location="/next?token=s3cret"), hangs_up) as server, pytest.raises(net.Unknown):
        ask(
            "GET",
            f"{server.url}/hook/0123456789abcdef0123456789abcdef?key=s3cret",
            retries=0,
            record=lambda method, url, status, _: told.append((method, url, status)),
        )
    assert told == [
        ("GET", f"{server.url}/hook/0123…?…", 302),
        ("GET", f"{server.url}/next?…", None),
    ]


def test_the_address_connected_to_is_the_one_that_was_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that changes its mind after the check (rebinding) is not asked twice."""
    asked: list[str] = []
    real = socket.getaddrinfo

    def rebinding(host: Any, *rest: Any, **more: Any) -> Any:
        asked.append(str(host))
        return real("127.0.0.1" if host == "rebinding.example" else host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    with peer(answers(body=b"ok")) as server:
        answer = ask("GET", f"http://rebinding.example:{server.port}/")
    assert answer.text == "ok"
    assert asked.count("rebinding.example") == 1
    assert b"\r\nHost: rebinding.example:" in server.seen[0]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a certificate for localhost, in one file, trusted by nobody."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(datetime.now(UTC) - timedelta(days=1))
    builder = builder.not_valid_after(datetime.now(UTC) + timedelta(days=1))
    made = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), False).sign(key, SHA256())
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path = tmp_path_factory.mktemp("tls") / "localhost.pem"
    path.write_bytes(private + made.public_bytes(Encoding.PEM))
    return path


def over_tls(certificate: Path, behaviour: Behaviour) -> Behaviour:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    def serve(connection: socket.socket, request: bytes) -> None:
        with suppress(ssl.SSLError), context.wrap_socket(connection, server_side=True) as secure:
            behaviour(secure, read_request(secure))

    return serve


def test_a_certificate_that_nobody_trusts_ends_it_before_anything_leaves(certificate: Path) -> None:
    with (
        peer(over_tls(certificate, answers()), reads=False) as server,
        pytest.raises(net.NeverLeft, match="certificate cannot be trusted"),
    ):
        ask("POST", f"https://localhost:{server.port}/", body=b"x")


def test_a_certificate_is_checked_against_the_name_not_the_address(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "trust", lambda: ssl.create_default_context(cafile=str(certificate)))
    with peer(over_tls(certificate, answers(body=b"safe")), reads=False) as server:
        assert ask("POST", f"https://localhost:{server.port}/", body=b"x").text == "safe"
        with pytest.raises(net.NeverLeft, match="certificate"):
            ask("POST", f"https://127.0.0.1:{server.port}/", body=b"x")
