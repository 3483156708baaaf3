"""Visitor: who is logged in on the host's website, as that website signed it. A JSON Web Token (RFC 7519), HS256 only.

Claims: ``sub`` (who they are there) and ``exp`` are needed, ``name`` and ``email`` may be there. Whatever is wrong with a
token, the visitor is a stranger, and the host is told why in the browser's console. Pure.
"""

from __future__ import annotations

import binascii
import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime

import msgspec

from rapport.channels.addressing import mail_address
from rapport.channels.text import one_line

LONGEST = 4_000
PREFIX = "id:"
"""Begins the address of a signed visitor: no stranger's does."""


class WrongVisitor(Exception):
    """A token that says nothing: the message says why, for whoever builds the website (English, as consoles are)."""


@dataclass(frozen=True)
class Visitor:
    """Who somebody is on the host's website."""

    id: str
    name: str = ""
    email: str = ""

    @property
    def address(self) -> str:
        return PREFIX + self.id


class _Header(msgspec.Struct):
    alg: str


class _Claims(msgspec.Struct):
    sub: str | int
    exp: float
    name: str | None = None
    email: str | None = None


def sign(secret: str, id: str, expires: datetime, *, name: str = "", email: str = "") -> str:
    """What a host's own server does, here for the tests and the page that shows how."""
    claims = {"sub": id, "name": name, "email": email, "exp": int(expires.timestamp())}
    said = ".".join(_packed(msgspec.json.encode(part)) for part in ({"alg": "HS256", "typ": "JWT"}, claims))
    return f"{said}.{_packed(_mac(secret, said))}"


def read(token: str, secret: str, now: datetime) -> Visitor:
    """Who the token says it is. Raises WrongVisitor."""
    parts = token.split(".")
    if not secret or len(token) > LONGEST or len(parts) != 3 or not token.isascii():
        raise WrongVisitor("The visitor's token is no signed token.")
    said = f"{parts[0]}.{parts[1]}"
    try:
        header = msgspec.json.decode(_unpacked(parts[0]), type=_Header)
        signature = _unpacked(parts[2])
    except (msgspec.MsgspecError, binascii.Error, ValueError) as error:
        raise WrongVisitor("The visitor's token is no signed token.") from error
    if header.alg != "HS256" or not hmac.compare_digest(_mac(secret, said), signature):
        raise WrongVisitor("The visitor's token was not signed (HS256) with this chat's secret.")
    try:
        claims = msgspec.json.decode(_unpacked(parts[1]), type=_Claims)
    except (msgspec.MsgspecError, binascii.Error, ValueError) as error:
        raise WrongVisitor("The visitor's token needs “sub” and “exp”; “name” and “email” are words.") from error
    if claims.exp <= now.timestamp():
        raise WrongVisitor("The visitor's token has expired. Sign a fresh one for each page.")
    id = one_line(str(claims.sub), 200)
    if not id:
        raise WrongVisitor("The visitor's token says nobody: “sub” is empty.")
    return Visitor(id, one_line(claims.name or "", 200), mail_address(claims.email or "") or "")


def _mac(secret: str, said: str) -> bytes:
    return hmac.digest(secret.encode(), said.encode(), hashlib.sha256)


def _packed(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def _unpacked(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
