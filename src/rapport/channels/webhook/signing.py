"""Signatures over raw bytes, the same in both directions. Pure."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from rapport.channels.base import ChannelError, Settings

TIMESTAMP = "x-rapport-timestamp"
SIGNATURE = "x-rapport-signature"
WINDOW = timedelta(minutes=5)


def sign(secret: str, timestamp: str | int, body: bytes) -> str:
    """``v1=`` and the hexadecimal HMAC-SHA256 of ``timestamp + "." + body`` under ``secret`` (all UTF-8)."""
    signed = f"{timestamp}.".encode() + body
    return f"v1={hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()}"


def headers(secret: str, now: datetime, body: bytes) -> dict[str, str]:
    """The two headers that prove a request is ours."""
    timestamp = str(int(now.timestamp()))
    return {TIMESTAMP: timestamp, SIGNATURE: sign(secret, timestamp, body)}


def verify(settings: Settings, given: Mapping[str, str], body: bytes, now: datetime) -> None:
    """Raises :class:`ChannelError` (401) unless the request is signed with our secret, within five minutes of now.

    A request replayed within the window changes nothing: every message is taken once, by its id.
    """
    secret = settings.get("secret", "")
    if not secret:
        raise _refused("This webhook has no secret yet; connect it again.")
    timestamp, signature = given.get(TIMESTAMP, ""), given.get(SIGNATURE, "")
    if not timestamp or not signature:
        raise _refused(f"The headers {TIMESTAMP} and {SIGNATURE} are both needed.")
    if not (timestamp.isascii() and timestamp.isdecimal() and len(timestamp) <= 11):
        raise _refused(f"{TIMESTAMP} must be the time in whole seconds since 1970.")
    # Compared as bytes: compare_digest refuses text that is not ASCII, and a stranger may send any.
    expected = sign(secret, timestamp, body).encode()
    if not hmac.compare_digest(expected, signature.strip().encode("utf-8", "replace")):
        raise _refused(
            f'The signature is wrong. It is "v1=" and the hex HMAC-SHA256 of {TIMESTAMP}, a dot and the raw body.'
        )
    age = now - datetime(1970, 1, 1, tzinfo=UTC) - timedelta(seconds=int(timestamp))
    if abs(age) > WINDOW:
        word = "old" if age > timedelta() else "ahead of our clock"
        raise _refused(
            f"The request is {int(abs(age).total_seconds())} seconds {word}; at most 300 are taken. It is "
            f"{now.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC here."
        )


def _refused(sentence: str) -> ChannelError:
    return ChannelError(sentence, permanent=True, status=401)
