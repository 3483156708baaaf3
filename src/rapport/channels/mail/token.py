"""The thread token: names one answer of ours, signed, so that what answers it finds its conversation again. Pure.

It stands in the Reply-To address (``support+rXXXX@…``) and in the References, because providers rewrite Message-IDs and
some programs lose the References. Whoever does not know the source's secret cannot make one.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable

_TOKEN = re.compile(r"r([a-z2-7]{26})([a-z2-7]{10})")
_KEY = re.compile(r"[0-9a-f]{32}")


def make(secret: str, key: str) -> str:
    """The token of an answer; empty where its key is none of ours (then there is nothing to find again)."""
    if not secret or not _KEY.fullmatch(key):
        return ""
    name = base64.b32encode(bytes.fromhex(key)).decode().rstrip("=").lower()
    return f"r{name}{_sign(secret, name)}"


def read(secret: str, words: str) -> str:
    """The key in a token that is rightly signed; else nothing."""
    found = _TOKEN.fullmatch(words.lower())
    if not secret or found is None or not hmac.compare_digest(_sign(secret, found.group(1)), found.group(2)):
        return ""
    return base64.b32decode(found.group(1).upper() + "======").hex()


def plus(address: str, token: str) -> str:
    """The address that carries the token, where it fits (RFC 5321: 64 characters before the @); else as it is."""
    local, _, domain = address.rpartition("@")
    whole = f"{local}+{token}"
    return f"{whole}@{domain}" if token and len(whole) <= 64 else address


def found(secret: str, addresses: Iterable[str], references: Iterable[str]) -> str:
    """The key that any of these carries; the addresses first."""
    for address in addresses:
        if key := read(secret, address.rpartition("@")[0].rpartition("+")[2]):
            return key
    for name in references:
        if key := read(secret, name.partition("@")[0]):
            return key
    return ""


def _sign(secret: str, name: str) -> str:
    digest = hmac.digest(secret.encode(), b"thread:" + name.encode(), hashlib.sha256)
    return base64.b32encode(digest).decode().lower()[:10]
