"""The stamp on a form that was handed out: when, to be told apart by what, and whether it was asked for again. Pure."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

SOONEST = timedelta(seconds=2)
LATEST = timedelta(hours=24)
_SHAPE = re.compile(r"([0-9]{1,11})\.([A-Za-z0-9_-]{16,32})\.([01])\.([0-9a-f]{64})")


@dataclass(frozen=True)
class Stamp:
    """``nonce`` names this copy of the form; ``hurried``: it was filled in too fast once, and asked for again."""

    at: datetime
    nonce: str
    hurried: bool = False

    def signed(self, secret: str) -> str:
        said = f"{int(self.at.timestamp())}.{self.nonce}.{int(self.hurried)}"
        return f"{said}.{_mac(secret, said)}"

    def too_fast(self, now: datetime) -> bool:
        """Whoever was asked again may press at once."""
        return not self.hurried and now - self.at < SOONEST

    def too_old(self, now: datetime) -> bool:
        return now - self.at > LATEST or self.at > now + timedelta(minutes=1)


def new(now: datetime, *, hurried: bool = False) -> Stamp:
    return Stamp(now, secrets.token_urlsafe(15), hurried)


def read(text: str, secret: str) -> Stamp | None:
    """The stamp, if it is one of ours."""
    found = _SHAPE.fullmatch(text) if secret else None
    if found is None or not hmac.compare_digest(_mac(secret, text.rpartition(".")[0]), found[4]):
        return None
    return Stamp(datetime.fromtimestamp(int(found[1]), UTC), found[2], found[3] == "1")


def _mac(secret: str, said: str) -> str:
    return hmac.new(secret.encode(), f"form:{said}".encode(), hashlib.sha256).hexdigest()
