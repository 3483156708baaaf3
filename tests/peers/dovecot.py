"""A real mail server of the tests' own: Dovecot for IMAP (TLS and STARTTLS), aiosmtpd for SMTP that delivers into it.

Debian's ``dovecot-imapd`` must be there; whoever starts it without is told so (:class:`Absent`).
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import getpass
import hashlib
import json
import mailbox
import os
import pwd
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import SMTP as POLICY
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

PASSWORD = "secret-of-the-tests"
HOST = "127.0.0.1"


class Absent(Exception):
    """There is no Dovecot on this machine (Debian: apt-get install dovecot-imapd)."""


@dataclass
class MailServer:
    """One host with mailboxes. ``env`` is what a client needs to trust it."""

    folder: Path
    imaps: int
    imap: int
    smtp: int
    ca: Path
    handler: Handler = field(repr=False)
    process: Any = field(default=None, repr=False)
    provider: Provider = field(default_factory=lambda: Provider(), repr=False)

    @property
    def settings(self) -> dict[str, str]:
        return {
            "address": "support@acme.test", "imap_host": HOST, "imap_port": str(self.imaps), "user": "support",
            "password": PASSWORD, "smtp_host": HOST, "smtp_port": str(self.smtp), "folders": "INBOX",
            "thread_secret": "a secret of the threads", "signs_in": "password", "imap_line": "tls", "smtp_line": "starttls",
        }  # fmt: skip

    def maildir(self, user: str, name: str = "") -> mailbox.Maildir:
        return mailbox.Maildir(str(self.folder / "mail" / user / (f".{name}" if name else "")), create=True)

    def deliver(self, user: str, raw: bytes, name: str = "") -> None:
        """Put a mail into somebody's mailbox, byte for byte, as a delivery agent does."""
        home = self.folder / "mail" / user / (f".{name}" if name else "")
        for part in ("tmp", "new", "cur"):
            (home / part).mkdir(parents=True, exist_ok=True)
        mark = f"{time.time_ns()}.{hashlib.sha256(raw).hexdigest()[:12]}.tests"
        (home / "tmp" / mark).write_bytes(raw)
        own(self.folder / "mail" / user, home, *(home / part for part in ("tmp", "new", "cur")), home / "tmp" / mark)
        (home / "tmp" / mark).rename(home / "new" / mark)

    def inbox(self, user: str) -> list[Any]:
        """The mails somebody has, oldest first, as their own program reads them."""
        home = self.folder / "mail" / user
        files = sorted([*home.glob("new/*"), *home.glob("cur/*")], key=lambda file: file.name)
        return [message_from_bytes(file.read_bytes(), policy=POLICY) for file in files]

    def kick(self, *, hard: bool = False) -> bool:
        """Every open IMAP connection breaks, at once. Was there one? (After a hard kill Dovecot rests for seconds.)"""
        how = ["pkill", "-KILL" if hard else "-TERM", "-P", str(self.process.pid), "-x", "imap"]
        return subprocess.run(how, check=False).returncode == 0

    def begin(self) -> None:
        """Dovecot starts, on the folder and the ports of this server."""
        program = shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin:/usr/local/sbin")
        if program is None:
            raise Absent(Absent.__doc__)
        # Its own descriptors must not be ours: a captured pipe would be held open for as long as the daemon lives.
        quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self.process = subprocess.Popen([program, "-F", "-c", str(self.folder / "dovecot.conf")], **quiet)
        _await(self.imaps)

    def end(self) -> None:
        """It is gone, with everything that was open."""
        self.process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(5)
        self.process.kill()
        self.process.wait(5)


def own(*paths: Path) -> None:
    """Give these to the account that Dovecot reads mail as."""
    if os.geteuid() == 0:
        account = pwd.getpwnam("nobody")
        for one in paths:
            os.chown(one, account.pw_uid, account.pw_gid)


class Provider:
    """Who gives out access tokens, and says of one whose it is. ``good`` is the refresh token that may be used next."""

    def __init__(self) -> None:
        self.good, self.access, self.asked = "refresh-0", "", 0
        provider = self

        class Door(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length") or 0)).decode()
                self._say(provider.answer(self.path, parse_qs(body)))

            def do_GET(self) -> None:
                self._say(provider.answer(self.path, parse_qs(urlsplit(self.path).query)))

            def _say(self, said: tuple[int, dict[str, Any]]) -> None:
                raw = json.dumps(said[1]).encode()
                self.send_response(said[0])
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            def log_message(self, *args: Any) -> None:
                pass

        self.http = ThreadingHTTPServer((HOST, 0), Door)
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.http.server_port}"

    def answer(self, path: str, fields: dict[str, list[str]]) -> tuple[int, dict[str, Any]]:
        """A refresh token is good once; an access token until ``expire``."""
        if path.startswith("/token"):
            self.asked += 1
            if fields.get("refresh_token") != [self.good]:
                return 400, {"error": "invalid_grant"}
            self.good, self.access = f"refresh-{self.asked}", f"access-{self.asked}"
            return 200, {"access_token": self.access, "refresh_token": self.good, "expires_in": 3600}
        said = (fields.get("token") or fields.get("access_token") or [path.rpartition("/")[2]])[0]
        fine = bool(self.access) and said.endswith(self.access)
        return (200, {"active": True, "email": "support", "sub": "support"}) if fine else (200, {"active": False})

    def expire(self) -> None:
        self.access = ""


class Handler:
    """Takes what is sent and puts it into the mailbox of whoever it is for. ``troubles`` happen first, in order: an answer
    that is given instead, ``cut before`` or ``cut after`` (the line dies after the final dot, and the mail is not taken,
    or is; ``cut after, not kept``: nor put among the sent ones), ``late`` (it is taken two seconds later)."""

    def __init__(self) -> None:
        self.server: MailServer | None = None
        self.troubles: list[str] = []
        self.taken: list[Any] = []
        self.keeps = False
        """Whatever somebody sends is put among their sent mails, too, as many providers do."""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        trouble = self.troubles.pop(0) if self.troubles else ""
        if trouble == "cut before":
            server.transport.abort()
            return "421 gone"
        if trouble == "late":
            await asyncio.sleep(2)
        elif trouble and not trouble.startswith("cut after"):
            return trouble
        self._take(envelope, keep=self.keeps and trouble != "cut after, not kept")
        if trouble.startswith("cut after"):
            server.transport.abort()
        return "250 taken"

    def _take(self, envelope: Any, *, keep: bool) -> None:
        self.taken.append(envelope)
        assert self.server is not None
        for recipient in envelope.rcpt_tos:
            self.server.deliver(recipient.partition("@")[0].partition("+")[0], envelope.content)
        if keep:
            self.server.deliver(envelope.mail_from.partition("@")[0], envelope.content, "Sent")

    async def auth_XOAUTH2(self, server: Any, words: list[str]) -> AuthResult:  # noqa: N802
        """https://developers.google.com/workspace/gmail/imap/xoauth2-protocol: a refusal is a challenge, answered empty."""
        assert self.server is not None
        said = base64.b64decode(words[1]).decode() if len(words) > 1 else ""
        access = self.server.provider.access
        if access and said == f"user={said[5:].partition(chr(1))[0]}\x01auth=Bearer {access}\x01\x01":
            return AuthResult(success=True, auth_data=said)
        await server.challenge_auth('{"status":"401","schemes":"bearer"}')
        return AuthResult(success=False, handled=False)

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if address.startswith("nobody@"):
            return "550 5.1.1 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"


@contextlib.contextmanager
def running() -> Iterator[MailServer]:
    """A mail server on free ports of this machine; ended and removed at the end. Raises Absent."""
    folder = Path(tempfile.mkdtemp(prefix="rapport-mail-", dir="/tmp"))
    folder.chmod(0o755)
    authority = trustme.CA()
    certificate = authority.issue_cert(HOST, "localhost")
    ca, chain, key = folder / "ca.pem", folder / "cert.pem", folder / "key.pem"
    authority.cert_pem.write_to_path(str(ca))
    chain.write_bytes(b"".join(blob.bytes() for blob in certificate.cert_chain_pems))
    certificate.private_key_pem.write_to_path(str(key))
    imaps, imap, smtp = _ports(3)
    (folder / "mail").mkdir()
    own(folder / "mail")
    config = folder / "dovecot.conf"
    config.write_text(_config(folder, imaps, imap))
    handler, provider = Handler(), Provider()
    (folder / "oauth2.conf").write_text(
        f"introspection_mode = post\nintrospection_url = {provider.url}/introspect\n"
        "username_attribute = email\nactive_attribute = active\nactive_value = true\n"
    )
    server = MailServer(folder, imaps, imap, smtp, ca, handler, provider=provider)
    handler.server = server
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    try:
        server.begin()
    except Absent:
        provider.http.shutdown()
        shutil.rmtree(folder, ignore_errors=True)
        raise
    relay = Controller(
        handler, hostname=HOST, port=smtp, tls_context=context, require_starttls=True, auth_required=True,
        authenticator=_authenticate, auth_require_tls=True, data_size_limit=40_000_000,
    )  # fmt: skip
    try:
        relay.start()
        yield server
    finally:
        relay.stop(no_assert=True)
        provider.http.shutdown()
        server.end()
        shutil.rmtree(folder, ignore_errors=True)


def _authenticate(*given: Any) -> AuthResult:
    data = given[-1]  # server, session, envelope and mechanism come before it
    fine = isinstance(data, LoginPassword) and data.password == PASSWORD.encode()
    return AuthResult(success=fine, handled=True) if fine else AuthResult(success=False, handled=False)


def _config(folder: Path, imaps: int, imap: int) -> str:
    me = "nobody" if os.geteuid() == 0 else getpass.getuser()
    group = "nogroup" if os.geteuid() == 0 else me
    return f"""
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
default_internal_user = {me}
default_internal_group = {group}
default_login_user = {me}
protocols = imap
listen = {HOST}
ssl = required
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
mail_location = maildir:{folder}/mail/%u
mail_uid = {me}
mail_gid = {group}
first_valid_uid = 1
first_valid_gid = 1
mail_max_userip_connections = 100
maildir_very_dirty_syncs = no
mailbox_list_index = no
service imap-login {{
  chroot =
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
  inet_listener imap {{
    port = {imap}
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
namespace inbox {{
  inbox = yes
  separator = /
  mailbox Sent {{
    auto = create
    special_use = \\Sent
  }}
  mailbox Orders {{
    auto = create
  }}
}}
auth_mechanisms = plain login xoauth2
passdb {{
  driver = oauth2
  mechanisms = xoauth2
  args = {folder}/oauth2.conf
}}
passdb {{
  driver = static
  args = password={PASSWORD}
}}
userdb {{
  driver = static
  args = uid={me} gid={group} home={folder}/mail/%u
}}
"""


def _ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        lines = [stack.enter_context(socket.create_server((HOST, 0))) for _ in range(count)]
        return [line.getsockname()[1] for line in lines]


def _await(port: int) -> None:
    deadline = time.monotonic() + 10
    while True:
        try:
            socket.create_connection((HOST, port), timeout=1).close()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
