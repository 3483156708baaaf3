"""The version of an envelope: what changes when its words change."""

from __future__ import annotations

import re

from rapport.channels.base import Envelope
from rapport.core.hashing import key

DELETED = "deleted"
_SERVERS = re.compile(r"(?<!\w)@([\w.-]+)@[\w.:-]*\w")
_BEFORE = re.compile(r"(?:@[\w.-]+\s+)+")


def version(envelope: Envelope) -> str:
    """The network's own version, else a hash of the content.

    A deletion is the last version, and has one name, so that a message which comes after it can ask for it.
    """
    if envelope.deleted:
        return DELETED
    return envelope.version or key(envelope.text, envelope.subject, "").hex()


def alike(one: str, other: str) -> bool:
    """The same words, but for the handles that a network puts before an answer, their servers, and blanks?"""
    return _bare(one) == _bare(other)


def _bare(text: str) -> str:
    words = " ".join(_SERVERS.sub(r"@\1", text).split())
    return _BEFORE.sub("", f"{words} ", count=1).strip() if words.startswith("@") else words
