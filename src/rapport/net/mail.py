"""``carry``: one mail to the relay that whoever runs the server named (``RAPPORT_SMTP_URL``), once.

The steps are spoken one by one, because only so can be said what happened: until the relay has read the last line of
the words nothing has left, and after it nobody knows until it answers (RFC 5321, section 4.2.5 and 6.1). The relay is
the operator's own choice, so unlike a stranger's URL it may lie in a private network.
"""

from __future__ import annotations

import os
import re
import smtplib
import socket
import ssl
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from rapport.net import wire
from rapport.net.errors import NeverLeft, Rejected, Unknown

VARIABLE = "RAPPORT_SMTP_URL"
SECONDS = 20.0
"""How long the relay may take for each step."""
EXAMPLE = "smtp://user:password@mail.example.org:587"
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True)
class Relay:
    """Where mail is handed over. ``implicit``: TLS from the first byte (smtps), else STARTTLS where it is offered."""

    host: str
    port: int
    user: str = ""
    password: str = ""
    implicit: bool = False
    bearer: bool = False
    """The password is an OAuth 2 access token (XOAUTH2)."""
    stranger: bool = False
    """Named on a page, not by whoever runs the server: its address is judged, and the line is always encrypted."""

    @property
    def guarded(self) -> bool:
        """Must the line be encrypted? A password goes over a plain one only inside this machine."""
        return self.stranger or (bool(self.user) and self.host not in _LOCAL)


def read(url: str) -> Relay:
    """The relay an address names; raises ValueError with the end of a sentence that begins with the variable's name."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise ValueError(f"must look like {EXAMPLE}.") from error
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname or parts.path not in {"", "/"} or parts.query:
        raise ValueError(f"must look like {EXAMPLE} (smtps:// where the server speaks TLS from the first byte).")
    if bool(parts.username) != bool(parts.password):
        raise ValueError("names a user without a password, or a password without a user. Write user:password@host.")
    implicit = parts.scheme == "smtps"
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if not (user + password).isascii() or not (user + password).isprintable():
        raise ValueError("holds a user or a password with characters that SMTP cannot carry: plain ASCII only.")
    return Relay(parts.hostname, port or (465 if implicit else 587), user, password, implicit)


def relay() -> Relay | None:
    """The relay of this server; None where none is named. Validated at start, so a wrong one counts as none here."""
    url = os.environ.get(VARIABLE, "")
    with suppress(ValueError):
        return read(url) if url else None
    return None


def carry(to: Relay, sender: str, recipient: str, mail: bytes) -> None:
    """Hand one mail over (``mail`` with CRLF line ends, addresses in plain ASCII). Returns when the relay took it.

    Raises :class:`Rejected` (5xx: the same again is vain), :class:`NeverLeft` (try later), or :class:`Unknown`: the
    connection was lost after the words had been written, before the relay said whether it keeps them.
    """
    line: smtplib.SMTP | None = None
    try:
        try:
            line = _open(to)
            _greet(line, to)
            _judge(to, *line.mail(sender), "the sender's address")
            _judge(to, *line.rcpt(recipient), "the recipient's address")
            _judge(to, *line.docmd("DATA"), "the mail", wanted=3)
        except smtplib.SMTPResponseException as error:
            _judge(to, error.smtp_code, error.smtp_error, "our login")
        except (OSError, smtplib.SMTPException) as error:
            raise NeverLeft(f"The mail server {to.host} could not be reached ({_why(error)}).") from error
        _write(line, to, mail)
    finally:
        if line is not None:
            with suppress(OSError, smtplib.SMTPException):  # it has answered: a farewell that fails changes nothing
                line.quit()
            line.close()


def greet(to: Relay) -> None:
    """Sign in and say good-bye: is it there, and does it take us? Raises Rejected or NeverLeft."""
    line: smtplib.SMTP | None = None
    try:
        line = _open(to)
        _greet(line, to)
    except smtplib.SMTPResponseException as error:
        _judge(to, error.smtp_code, error.smtp_error, "our login")
    except (OSError, smtplib.SMTPException) as error:
        raise NeverLeft(f"The mail server {to.host} could not be reached ({_why(error)}).") from error
    finally:
        if line is not None:
            with suppress(OSError, smtplib.SMTPException):
                line.quit()
            line.close()


class _Dialled(smtplib.SMTP):
    """smtplib over a connection that our own door opened."""

    def __init__(self, to: Relay) -> None:
        self._to = to
        super().__init__(to.host, to.port, timeout=SECONDS)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return wire.dial(host, port, tls=self._to.implicit, seconds=timeout, patience=timeout)


def _open(to: Relay) -> smtplib.SMTP:
    if to.stranger:
        return _Dialled(to)
    if to.implicit:
        return smtplib.SMTP_SSL(to.host, to.port, timeout=SECONDS, context=ssl.create_default_context())
    return smtplib.SMTP(to.host, to.port, timeout=SECONDS)


def _greet(line: smtplib.SMTP, to: Relay) -> None:
    line.ehlo_or_helo_if_needed()
    if not to.implicit and line.has_extn("starttls"):
        line.starttls(context=ssl.create_default_context())
        line.ehlo()
    elif to.guarded and not to.implicit:
        raise Rejected(f"The mail server {to.host} offers no encryption, so our password was not sent to it.")
    if to.bearer:
        words = f"user={to.user}\x01auth=Bearer {to.password}\x01\x01"
        line.auth("XOAUTH2", lambda challenge=None: "" if challenge else words)
    elif to.user:
        line.login(to.user, to.password)


def _write(line: smtplib.SMTP | None, to: Relay, mail: bytes) -> None:
    """The words, and the one answer that decides (a line that is a dot alone would end them: RFC 5321, 4.5.2)."""
    if line is None:
        raise NeverLeft(f"The mail server {to.host} refused the connection.")
    try:
        line.send(re.sub(rb"(?m)^\.", b"..", mail.removesuffix(b"\r\n")) + b"\r\n.\r\n")
        code, said = line.getreply()
    except (OSError, smtplib.SMTPException) as error:
        raise Unknown(f"The mail server {to.host} broke off after the mail had been written to it.") from error
    _judge(to, code, said, "the mail")


def _judge(to: Relay, code: int, said: bytes | str, what: str, wanted: int = 2) -> None:
    """The relay's answer to one step, by its first digit."""
    if code // 100 == wanted:
        return
    words = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    quoted = " ".join("".join(c if c.isprintable() else " " for c in words).split())[:200].rstrip(".")
    sentence = f"The mail server {to.host} refused {what} ({code}): {quoted}."
    raise Rejected(sentence) if code // 100 == 5 else NeverLeft(sentence)


def _why(error: Exception) -> str:
    """What stood in the way, in a few words: never an address, never a password."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return "its certificate is not valid"
    if isinstance(error, TimeoutError):
        return "it does not answer in time"
    return "it closed the connection" if isinstance(error, smtplib.SMTPServerDisconnected) else type(error).__name__
