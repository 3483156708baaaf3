"""The mailbox over IMAP: one encrypted, judged connection; what goes wrong becomes a sentence."""

from __future__ import annotations

import imaplib
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from imap_tools.errors import ImapToolsError
from imap_tools.mailbox import BaseMailBox

from rapport import net
from rapport.channels.base import ChannelError, Settings
from rapport.channels.mail import signing_in
from rapport.channels.mail.asking import Box
from rapport.channels.text import one_line
from rapport.net.sentence import Sentence

GREETING, PATIENCE = 15.0, 60.0
"""Seconds that the server may take for each step until we are signed in, and afterwards."""
BROKEN = (imaplib.IMAP4.error, ImapToolsError, OSError, EOFError, ValueError, IndexError, KeyError, TypeError)
"""What imaplib and imap-tools raise on servers that break off or say nonsense."""


class _Client(imaplib.IMAP4):
    """imaplib over a connection that our own door opened."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line
        super().__init__("", 0)

    def open(self, host: str = "", port: int = 0, timeout: float | None = None) -> None:
        self.host, self.port, self.sock = host, port, self._line
        self.file = self.sock.makefile("rb")


class Mailbox(BaseMailBox):
    """imap-tools' mailbox over our own connection."""

    def __init__(self, client: imaplib.IMAP4) -> None:
        self._own = client
        super().__init__()

    def _get_mailbox_client(self) -> imaplib.IMAP4:
        return self._own


@dataclass(frozen=True)
class Folder:
    """One folder as it stands: its name, the validity of its numbers, and the number that the next mail gets."""

    name: str
    validity: int
    next: int
    sent: bool = False


@contextmanager
def opened(box: Box, settings: Settings) -> Iterator[Mailbox]:
    """The mailbox, signed in to; closed at the end. Everything that IMAP may raise inside becomes ChannelError."""
    try:
        mailbox = Mailbox(_connected(box))
        try:
            _sign_in(mailbox, box, settings)
            mailbox.client.sock.settimeout(PATIENCE)
            yield mailbox
        finally:
            with suppress(*BROKEN):
                mailbox.client.sock.settimeout(3)
                mailbox.client.logout()
            with suppress(*BROKEN):
                mailbox.client.shutdown()
    except net.Refused as error:
        raise ChannelError(error.message, permanent=True) from error
    except net.NetError as error:
        raise ChannelError(error.message) from error
    except imaplib.IMAP4.abort as error:
        raise ChannelError(
            Sentence("%(host)s closed the connection%(why)s.", host=box.host, why=_why(error))
        ) from error
    except BROKEN as error:
        words = Sentence("%(host)s did not do as a mail server should%(why)s.", host=box.host, why=_why(error))
        raise ChannelError(words) from error


def _connected(box: Box) -> imaplib.IMAP4:
    """TLS from the first byte, or STARTTLS before anything else is said; never in the clear."""
    line = net.dial(box.host, box.port, tls=box.imap_tls, patience=GREETING)
    if box.imap_tls:
        return _Client(line)
    client = _Client(line)
    if "STARTTLS" not in client.capabilities:
        client.shutdown()
        raise ChannelError(
            Sentence("The mail server %(host)s offers no encryption, so our password was not sent.", host=box.host),
            permanent=True,
        )
    try:
        client.starttls(_trust(box.host))
    except ssl.SSLCertVerificationError as error:
        raise net.NeverLeft(f"The certificate of {box.host} cannot be trusted: {error.verify_message}.") from error
    return client


class _Named(ssl.SSLContext):
    """A context that verifies for the host we meant (imaplib would take the empty one of our own connection)."""

    host = ""

    def wrap_socket(self, sock: Any, *rest: Any, **more: Any) -> Any:
        return super().wrap_socket(sock, *rest, **(more | {"server_hostname": self.host}))


def _trust(host: str) -> ssl.SSLContext:
    context = _Named(ssl.PROTOCOL_TLS_CLIENT)
    context.load_default_certs()
    context.host = host
    return context


def _sign_in(mailbox: Mailbox, box: Box, settings: Settings) -> None:
    refused = ChannelError(
        Sentence("The mail server %(host)s does not take our user name and password.", host=box.host), reauthorise=True
    )
    if not box.oauth:
        try:
            mailbox.client.login(box.user, box.password)
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error as error:
            raise (_later(error) or refused) from error
        return
    for again in (False, True):
        token = signing_in.access_token(settings, refused=again)
        words = f"user={box.user}\x01auth=Bearer {token}\x01\x01".encode()
        try:
            mailbox.client.authenticate("XOAUTH2", lambda said, words=words: words if not said else b"")  # type: ignore[misc]
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error as error:
            if again:
                raise (_later(error) or refused) from error
        else:
            return


def _later(error: Exception) -> ChannelError | None:
    """Some refusals are about the moment (RFC 5530), not about us."""
    words = str(error).upper()
    if any(code in words for code in ("UNAVAILABLE", "INUSE", "LIMIT", "TOO MANY")):
        return ChannelError("The mail server says that it is busy.")
    return None


def folders(mailbox: Mailbox, wanted: tuple[str, ...]) -> list[Folder]:
    """The folders that are wanted and there, and that of sent mail, as they stand."""
    listed = {one.name: one for one in mailbox.folder.list()}
    sent = next((name for name, one in listed.items() if "\\Sent" in one.flags), "")
    names = [name for name in wanted if name.upper() == "INBOX" or name in listed]
    found = []
    for name in [*names, *([sent] if sent and sent not in names else [])]:
        status = mailbox.folder.status(name, ["UIDVALIDITY", "UIDNEXT"])
        found.append(Folder(name, status["UIDVALIDITY"], status["UIDNEXT"], sent=name == sent))
    return found


def sizes(mailbox: Mailbox, uids: list[int]) -> dict[int, int]:
    """uid → bytes, for those that are still there."""
    found: dict[int, int] = {}
    for line in _fetched(mailbox, uids, "(UID RFC822.SIZE)"):
        words = line if isinstance(line, bytes) else line[0]
        numbers = _numbers(words)
        if "UID" in numbers:
            found[numbers["UID"]] = numbers.get("RFC822.SIZE", 0)
    return found


def before(mailbox: Mailbox, folder: Folder, moment: datetime) -> int:
    """The number of the last mail that arrived before a moment (of the newest fifty only: it is about minutes)."""
    if folder.sent or folder.next <= 1:
        return folder.next - 1
    mailbox.folder.set(folder.name, readonly=True)
    numbers = list(range(max(1, folder.next - 50), folder.next))
    late = []
    for line in _fetched(mailbox, numbers, "(UID INTERNALDATE)"):
        words = line if isinstance(line, bytes) else line[0]
        came = imaplib.Internaldate2tuple(words)
        if came is not None and time.mktime(came) >= moment.timestamp():
            late.append(_numbers(words).get("UID", folder.next))
    return min(late, default=folder.next) - 1


def since(mailbox: Mailbox, folder: Folder, day: datetime) -> list[str]:
    """The numbers of the mails that arrived on a day or later."""
    if folder.next <= 1:
        return []
    mailbox.folder.set(folder.name, readonly=True)
    return list(mailbox.uids(f"SINCE {day:%d-%b-%Y}"))


def mail(mailbox: Mailbox, uid: int, most: int) -> bytes:
    """The mail's bytes, ``most`` at most, without marking it as read; nothing where it is gone."""
    for line in _fetched(mailbox, [uid], f"(UID BODY.PEEK[]<0.{most}>)"):
        if isinstance(line, tuple):
            return bytes(line[1])
    return b""


def _fetched(mailbox: Mailbox, uids: list[int], what: str) -> list[Any]:
    if not uids:
        return []
    state, data = mailbox.client.uid("FETCH", ",".join(map(str, uids)), what)
    if state != "OK":
        raise imaplib.IMAP4.error(f"FETCH: {data!r}")
    return [line for line in data if line]


def _numbers(line: bytes) -> dict[str, int]:
    words = line.replace(b"(", b" ").replace(b")", b" ").split()
    pairs = pairwise(words)
    return {name.decode("ascii", "replace").upper(): int(value) for name, value in pairs if value.isdigit()}


def _why(error: Exception) -> str:
    words = one_line(str(error), 120).strip(" .")
    return f": {words}" if words else ""
