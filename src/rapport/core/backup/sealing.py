"""Sealing a backup with a passphrase: AES-256-GCM in pieces of 1 MB, the key from scrypt (RFC 7914, RFC 5116).

Each piece is bound to its place and to being the last or not, so that none can be changed, moved, or cut off unnoticed.
"""

from __future__ import annotations

import io
import os
import struct
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from rapport.core.refusal import Refused

MAGIC = b"RAPPORT-SEALED-1\n"
PIECE = 1024 * 1024
SHORTEST = 12
_SALT = 16
_COST = 2**15
_TAG = 16
WRONG = "The passphrase is another, or the file is not as it was written."
CUT = "The backup ends early: it was not written to its end, or cut off on its way."


def read_passphrase(words: bytes) -> bytes:
    """The first line of a passphrase file. Raises Refused when it is too short to protect anything."""
    line = words.splitlines()[0].strip() if words.strip() else b""
    if len(line) < SHORTEST:
        raise Refused(f"The passphrase, the first line of its file, must have at least {SHORTEST} characters.")
    return line


def _key(passphrase: bytes, salt: bytes) -> AESGCM:
    return AESGCM(Scrypt(salt=salt, length=32, n=_COST, r=8, p=1).derive(passphrase))


def _place(number: int, last: bool) -> bytes:
    return struct.pack(">Q?", number, last)


class Seal(io.RawIOBase):
    """A stream to write into; ``close`` writes the last piece and leaves ``stream`` open."""

    def __init__(self, stream: BinaryIO, passphrase: bytes) -> None:
        salt = os.urandom(_SALT)
        self._stream, self._cipher = stream, _key(passphrase, salt)
        self._waiting = bytearray()
        self._number = 0
        stream.write(MAGIC + salt)

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self._waiting += data
        while len(self._waiting) > PIECE:
            self._put(bytes(self._waiting[:PIECE]), last=False)
            del self._waiting[:PIECE]
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._put(bytes(self._waiting), last=True)
            super().close()

    def _put(self, piece: bytes, *, last: bool) -> None:
        place = _place(self._number, last)
        # the nonce is the piece's number: the key is this file's own, made from a fresh salt
        sealed = self._cipher.encrypt(struct.pack(">IQ", 0, self._number), piece, place)
        self._stream.write(struct.pack(">I?", len(sealed), last) + sealed)
        self._number += 1


class Unseal(io.RawIOBase):
    """A stream to read from, behind the magic. Raises Refused at the first piece that is not as it was written."""

    def __init__(self, stream: BinaryIO, passphrase: bytes) -> None:
        salt = stream.read(_SALT)
        if len(salt) < _SALT:
            raise Refused(CUT)
        self._stream, self._cipher = stream, _key(passphrase, salt)
        self._ready = b""
        self._number = 0
        self._ended = False

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        parts: list[bytes] = []
        while size != 0 and (self._ready or self._fill()):
            part = self._ready if size < 0 else self._ready[:size]
            self._ready = self._ready[len(part) :]
            parts.append(part)
            size = size if size < 0 else size - len(part)
        return b"".join(parts)

    def _fill(self) -> bool:
        if self._ended:
            return False
        head = self._stream.read(5)
        if len(head) < 5:
            raise Refused(CUT)
        length, last = struct.unpack(">I?", head)
        if length > PIECE + _TAG:
            raise Refused(WRONG)
        sealed = self._stream.read(length)
        if len(sealed) < length:
            raise Refused(CUT)
        try:
            piece = self._cipher.decrypt(struct.pack(">IQ", 0, self._number), sealed, _place(self._number, last))
        except InvalidTag as error:
            raise Refused(WRONG) from error
        self._ready, self._ended = piece, last
        self._number += 1
        return bool(piece) or self._fill()
