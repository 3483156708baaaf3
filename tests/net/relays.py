"""A mail server for tests: a real aiosmtpd on the loopback that takes mail, or fails at the step it is told to."""

from __future__ import annotations

import contextlib
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult


@dataclass
class Relay:
    """What it took (sender, recipients, raw bytes), and how it answers."""

    url: str = ""
    taken: list[tuple[str, list[str], bytes]] = field(default_factory=list)
    at_recipient: str = ""
    at_data: str = ""
    hang_up: bool = False
    """It reads the whole mail, keeps it, and closes the connection without a word."""

    async def handle_RCPT(self, server: Any, _session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802 - aiosmtpd's name
        if self.at_recipient:
            return self.at_recipient
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        if self.at_data:
            return self.at_data
        self.taken.append((envelope.mail_from, envelope.rcpt_tos, envelope.original_content))
        if self.hang_up:
            server.transport.abort()
        return "250 taken"


@contextlib.contextmanager
def relay(host: str = "127.0.0.1", *, password: str = "", tls: ssl.SSLContext | None = None) -> Iterator[Relay]:
    """``password``: it asks for user *desk* and this password, over a plain line too. ``tls``: it offers STARTTLS."""
    state = Relay()

    def knows(_server: Any, _session: Any, _envelope: Any, _mechanism: str, given: Any) -> AuthResult:
        return AuthResult(success=(given.login, given.password) == (b"desk", password.encode()), handled=False)

    auth = {"authenticator": knows, "auth_required": True, "auth_require_tls": False} if password else {}
    with socket.create_server((host, 0)) as free:  # aiosmtpd wants to be told a port
        port = free.getsockname()[1]
    controller = Controller(state, hostname=host, port=port, tls_context=tls, **auth)
    controller.start()
    try:
        state.url = f"smtp://{f'desk:{password}@' if password else ''}{host}:{port}"
        yield state
    finally:
        controller.stop()
