"""The mail relay, spoken with for real: what left, what did not, and what nobody knows."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from rapport import net
from rapport.config import environment
from rapport.net import mail
from tests.net import relays

MAIL = (
    b"From: desk@acme.test\r\nTo: ann@lee.test\r\nSubject: Re: router\r\n\r\nIt comes tomorrow.\r\n.\r\n..and more\r\n"
)


def carry(url: str) -> None:
    net.carry(mail.read(url), "desk@acme.test", "ann@lee.test", MAIL)


def test_a_mail_arrives_byte_for_byte_with_its_dots() -> None:
    with relays.relay() as there:
        carry(there.url)
    assert there.taken == [("desk@acme.test", ["ann@lee.test"], MAIL)]


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
def test_a_password_opens_the_relay_and_a_wrong_one_is_said_without_being_shown() -> None:
    with relays.relay(password="open") as there:
        carry(there.url)
        with pytest.raises(net.Rejected, match=r"refused our login \(535\)") as caught:
            carry(there.url.replace(":open@", ":shut@"))
    assert len(there.taken) == 1 and "shut" not in caught.value.message


@pytest.mark.parametrize(
    ("step", "answer", "error"),
    [
        ("at_recipient", "550 5.1.1 No such user here", net.Rejected),
        ("at_recipient", "450 4.2.1 Try later", net.NeverLeft),
        ("at_data", "554 5.7.1 Not with these words", net.Rejected),
        ("at_data", "451 4.3.0 The disk is full", net.NeverLeft),
    ],
)
def test_what_the_relay_refuses_did_not_leave(step: str, answer: str, error: type[net.NetError]) -> None:
    with relays.relay() as there:
        setattr(there, step, answer)
        with pytest.raises(error, match=answer[:3]) as caught:
            carry(there.url)
    assert type(caught.value) is error and there.taken == []
    assert caught.value.message.startswith("The mail server 127.0.0.1 refused the")


def test_a_connection_lost_after_the_words_is_unknown() -> None:
    with relays.relay() as there:
        there.hang_up = True
        with pytest.raises(net.Unknown):
            carry(there.url)
    assert len(there.taken) == 1


def test_where_nobody_listens_nothing_left() -> None:
    with relays.relay() as there:
        url = there.url
    with pytest.raises(net.NeverLeft, match="could not be reached") as caught:
        carry(url)
    assert not isinstance(caught.value, net.Rejected)


def test_a_certificate_of_nobody_is_not_trusted(tmp_path: Path) -> None:
    with relays.relay(tls=_own_certificate(tmp_path)) as there, pytest.raises(net.NeverLeft, match="certificate"):
        carry(there.url)
    assert there.taken == []


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
def test_no_password_goes_over_a_plain_line_to_another_machine() -> None:
    with relays.relay("127.0.0.2", password="open") as there, pytest.raises(net.Rejected, match="no encryption"):
        carry(there.url)


@pytest.mark.parametrize(
    ("url", "read"),
    [
        ("smtp://mail.example.org", mail.Relay("mail.example.org", 587)),
        ("smtps://mail.example.org", mail.Relay("mail.example.org", 465, implicit=True)),
        ("smtp://desk%40x:p%3Aw@mail.example.org:25/", mail.Relay("mail.example.org", 25, "desk@x", "p:w")),
        ("smtp://[::1]:2525", mail.Relay("::1", 2525)),
    ],
)
def test_the_address_of_a_relay(url: str, read: mail.Relay) -> None:
    assert mail.read(url) == read


@pytest.mark.parametrize(
    "url",
    ["mail.example.org", "http://mail.example.org", "smtp://", "smtp://h:99999", "smtp://h/path", "smtp://u@h",
     "smtp://u:p%C3%A9@h", "smtp://u:p%0D%0A@h", "smtp://[", "smtp://h?x=1"],
)  # fmt: skip
def test_a_wrong_relay_stops_the_start_with_a_sentence_that_hides_it(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(environment.Unusable, match=r"^RAPPORT_SMTP_URL (must|names|holds)") as caught:
        environment.read({"RAPPORT_SMTP_URL": url})
    assert "p%" not in str(caught.value)
    monkeypatch.setenv("RAPPORT_SMTP_URL", url)
    assert net.relay() is None


def _own_certificate(folder: Path) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    today = datetime.now(UTC)
    until = today - timedelta(days=1), today + timedelta(days=1)
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), *until)
    signed = made.sign(key, hashes.SHA256())
    (folder / "both.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + signed.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "both.pem")
    return context
