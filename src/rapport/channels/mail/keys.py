"""Keys: what a DKIM record holds (RFC 6376, 3.6.1), and whether mails can be proved with it. Pure."""

from __future__ import annotations

import base64
import binascii

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

SHORTEST = 1024
"""Bits of an RSA key that receivers still believe (RFC 8301)."""


def tags(record: str) -> dict[str, str]:
    """``v=DMARC1; p=none`` as names and values; the first of a name that comes twice."""
    found: dict[str, str] = {}
    for part in record.split(";"):
        name, sign, value = part.partition("=")
        if sign:
            found.setdefault(name.strip().lower(), value.strip())
    return found


def standing(tags: dict[str, str]) -> str:
    """How a key stands: ``good``, ``short``, ``revoked`` or ``broken``."""
    words = "".join(tags["p"].split())
    if not words:
        return "revoked"
    try:
        raw = base64.b64decode(words, validate=True)
        if tags.get("k", "rsa").lower() == "ed25519":
            return "good" if len(raw) == 32 else "broken"
        key = load_der_public_key(raw)
    except (binascii.Error, ValueError, TypeError, UnsupportedAlgorithm):
        return "broken"
    if not isinstance(key, RSAPublicKey):
        return "broken"
    return "good" if key.key_size >= SHORTEST else "short"
