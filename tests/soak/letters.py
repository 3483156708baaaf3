"""Mail: a mailbox on Dovecot, answered through aiosmtpd, both signed in to with OAuth tokens that die."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from email import message_from_bytes, policy
from pathlib import Path
from typing import TYPE_CHECKING

from tests.peers.dovecot import MailServer
from tests.soak.ledger import OURS
from tests.soak.places import Place, Trouble

if TYPE_CHECKING:
    from tests.soak.house import House


class Mail(Place):
    """Each customer has a mailbox there, too, where our answers are looked for. What we send is kept in *Sent*."""

    name = kind = "mail"

    def __init__(self, server: MailServer) -> None:
        self.server = server
        server.handler.keeps = True
        self.read: dict[Path, list[str]] = {}

    def settings(self) -> Mapping[str, str]:
        return self.server.settings | {
            "signs_in": "oauth", "password": "", "token_url": f"{self.server.provider.url}/token", "client_id": "soak",
            "refresh_token": self.server.provider.good,
        }  # fmt: skip

    def begin(self, house: House) -> None:
        self.server.handler.troubles.clear()

    def say(self, mark: str) -> float:
        began = time.time()
        words = (
            f"From: Ann <ann{mark.rpartition('-')[2]}@example.org>\r\nTo: support@acme.test\r\n"
            f"Message-ID: <{mark}@example.org>\r\nSubject: Parcel\r\n\r\nWhere is my parcel? ({mark})\r\n"
        )
        self.server.deliver("support", words.encode())
        return began

    def heard(self) -> Counter[str]:
        for file in (self.server.folder / "mail").glob("ann*/new/*"):
            if file not in self.read:
                mail = message_from_bytes(file.read_bytes(), policy=policy.SMTP)
                body = mail.get_body(("plain",))
                self.read[file] = OURS.findall(body.get_content() if body else "")
        return Counter(mark for marks in self.read.values() for mark in marks)

    def troubles(self) -> dict[str, Trouble]:
        after = self.server.handler.troubles
        return {
            "kicked": self.server.kick,
            "kicked twice": lambda: (self.server.kick(), time.sleep(0.3), self.server.kick()),
            "token died": self.server.provider.expire,
            "restarted": lambda: (self.server.end(), time.sleep(1.0), self.server.begin()),
            "451": lambda: after.append("451 4.3.0 busy"),
            "421": lambda: after.append("421 4.3.2 going down"),
            "late": lambda: after.append("late"),
            "cut before the answer": lambda: after.append("cut before"),
            "cut after the dot": lambda: after.append("cut after"),
            "cut after the dot, not kept": self._cut_unkept,
        }

    def pending(self) -> int:
        return len(self.server.handler.troubles)

    def _cut_unkept(self) -> None:
        """This one is in nobody's folder of sent mail: it can be known by nobody, and must be shown so."""
        self.server.handler.troubles.append("cut after, not kept")

    def calm(self) -> None:
        self.server.handler.troubles.clear()
