"""``knock``: one Web Push message to the push service of somebody's browser (RFC 8030), which cannot read it.

The words are encrypted for that browser alone (RFC 8291, aes128gcm of RFC 8188), and we say who we are by a signed token
(RFC 8292, VAPID). It leaves by the one door like every request, so an address inside our network is refused.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import struct
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from rapport.net import door
from rapport.net.errors import NeverLeft, Rejected

LIVES = 12 * 3600
"""Seconds that a push service keeps a message for a browser that is away, and that our token is good for."""
MOST = 3000
"""Bytes of words at most: with padding and headers well under the 4096 that every push service takes."""
_CURVE = ec.SECP256R1()


class Gone(Exception):
    """This browser takes no more messages from us: forget its address."""


@dataclass(frozen=True)
class Browser:
    """Where a browser is reached: its push service's address, its public key (65 bytes), a shared secret (16 bytes)."""

    endpoint: str
    key: bytes
    secret: bytes

    @classmethod
    def read(cls, endpoint: str, key: str, secret: str) -> Browser:
        """From what a browser says of itself (base64url). Raises ValueError for what no browser says."""
        parts = urlsplit(endpoint)
        if (
            parts.scheme not in {"https", "http"}
            or not parts.hostname
            or len(endpoint) > 1000
            or not endpoint.isascii()
        ):
            raise ValueError("This is no push service's address.")
        try:
            raw, shared = decode(key), decode(secret)
        except (ValueError, binascii.Error) as error:
            raise ValueError("These are no keys of a browser.") from error
        if len(shared) != 16:
            raise ValueError("These are no keys of a browser.")
        ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, raw)  # ValueError: no point of the curve
        return cls(endpoint, raw, shared)


def make_key() -> str:
    """A new private key of our own, as base64url of its 32 bytes."""
    return encode(ec.generate_private_key(_CURVE).private_numbers().private_value.to_bytes(32, "big"))


def public_key(private: str) -> str:
    """What browsers are told of us (``applicationServerKey``)."""
    return encode(_point(_private(private).public_key()))


def knock(browser: Browser, words: bytes, private: str, contact: str, *, topic: str = "") -> None:
    """Deliver. ``contact`` is a mailto: or https: address of whoever runs this server; of several messages with one
    ``topic`` (32 characters at most) a browser that was away gets the last.

    Raises :class:`Gone`, :class:`Rejected` (the same again is vain) or the door's NeverLeft, Refused and Unknown.
    """
    headers = {
        "TTL": str(LIVES),
        "Urgency": "normal",
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "Authorization": f"vapid t={token(browser.endpoint, private, contact, time.time())}, k={public_key(private)}",
    }
    if topic:
        headers["Topic"] = topic
    answer = door.request("POST", browser.endpoint, headers=headers, body=encrypt(words, browser), max_bytes=64_000)
    if answer.status in {404, 410}:
        raise Gone
    if answer.status == 429 or answer.status >= 500:
        raise NeverLeft(f"The push service is busy ({answer.status}).")
    if not answer.ok:
        raise Rejected(f"The push service refused the message ({answer.status}).")


def encrypt(words: bytes, browser: Browser, *, salt: bytes = b"", own: str = "") -> bytes:
    """RFC 8291, section 3: one record for this browser. ``salt`` and ``own`` (a private key) only for the RFC's example."""
    if len(words) > MOST:
        raise ValueError("A push message holds 3000 bytes.")
    salt = salt or os.urandom(16)
    mine = _private(own) if own else ec.generate_private_key(_CURVE)
    sender = _point(mine.public_key())
    shared = mine.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, browser.key))
    secret = _derive(browser.secret, shared, b"WebPush: info\0" + browser.key + sender, 32)
    key = _derive(salt, secret, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derive(salt, secret, b"Content-Encoding: nonce\0", 12)
    sealed = AESGCM(key).encrypt(nonce, words + b"\x02", None)
    return salt + struct.pack("!IB", 4096, len(sender)) + sender + sealed


def token(endpoint: str, private: str, contact: str, now: float) -> str:
    """RFC 8292: a JWT (ES256) that says to this push service who we are."""
    parts = urlsplit(endpoint)
    claims = {"aud": f"{parts.scheme}://{parts.netloc}", "exp": int(now) + LIVES, "sub": contact}
    said = ".".join(encode(json.dumps(part).encode()) for part in ({"typ": "JWT", "alg": "ES256"}, claims))
    r, s = utils.decode_dss_signature(_private(private).sign(said.encode(), ec.ECDSA(hashes.SHA256())))
    return f"{said}.{encode(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"


def encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    return base64.b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4), altchars=b"-_", validate=True)


def _derive(salt: bytes, secret: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(secret)


def _private(text: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(decode(text), "big"), _CURVE)


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
