"""The version of an envelope: what changes when its words change."""

from __future__ import annotations

from rapport.channels.base import Envelope
from rapport.core.hashing import key

DELETED = "deleted"


def version(envelope: Envelope) -> str:
    """The network's own version, else a hash of the content.

    A deletion is the last version, and has one name, so that a message which comes after it can ask for it.
    """
    if envelope.deleted:
        return DELETED
    return envelope.version or key(envelope.text, envelope.subject, "").hex()
