"""Tickets: a signed slip that lets one browser listen for a minute, to one audience."""

from __future__ import annotations

import base64
import hashlib
import hmac

DESK, VISITORS = "live", "visitors"
"""Who may listen: the members of a workspace, and the visitors of a chat."""
TICKET_LIVES = 60


class WrongTicket(Exception):
    """This ticket is not ours, or its minute is over. Fetch a fresh one."""


def ticket(workspace_id: int, member_id: int, key: str, now: float, audience: str = DESK) -> str:
    """A ticket for one member to hear one workspace, good for a minute. ``now`` in seconds since 1970."""
    words = f"{workspace_id}.{member_id}.{int(now) + TICKET_LIVES}"
    return f"{words}.{_signature(words, key, audience)}"


def read_ticket(text: str, key: str, now: float, audience: str = DESK) -> tuple[int, int]:
    """(workspace_id, member_id) of a good ticket. Raises WrongTicket."""
    words, _, signature = text.rpartition(".")
    if not words or not hmac.compare_digest(signature.encode(), _signature(words, key, audience).encode()):
        raise WrongTicket(WrongTicket.__doc__)
    workspace_id, member_id, until = (int(word) for word in words.split("."))
    if now >= until:
        raise WrongTicket(WrongTicket.__doc__)
    return workspace_id, member_id


def _signature(words: str, key: str, audience: str) -> str:
    secret = hashlib.sha256(f"rapport.{audience}:{key}".encode()).digest()
    digest = hmac.digest(secret, words.encode("utf-8", "replace"), "sha256")
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
