"""The virus scanner that whoever runs the server chose (``RAPPORT_CLAMD``): clamd's INSTREAM, by TCP or a local socket.

Its address is chosen by the owner of this machine and no stranger's, so it may be private. One file, one connection.
"""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from rapport.net.errors import NeverLeft

VARIABLE = "RAPPORT_CLAMD"
LENIENT = "RAPPORT_UNSCANNED"
CHUNK = 256 * 1024
CONNECT, PATIENCE = 5.0, 60.0
"""Seconds to reach it, and for each step of one file."""
CLEAN = "clean"


@dataclass(frozen=True)
class Clamd:
    """Where it listens: a path, or a host and a port."""

    path: str = ""
    host: str = ""
    port: int = 3310

    def __str__(self) -> str:
        return self.path or f"{self.host}:{self.port}"


def read(written: str) -> Clamd:
    """``tcp://127.0.0.1:3310`` or ``unix:/run/clamav/clamd.ctl``. Raises ValueError with the end of a sentence."""
    if written.startswith("unix:"):
        path = "/" + written.removeprefix("unix:").lstrip("/")
        if len(path) < 2 or len(path) > 100:
            raise ValueError("must name a socket, as unix:/run/clamav/clamd.ctl.")
        return Clamd(path=path)
    parts = urlsplit(written)
    if parts.scheme != "tcp" or not parts.hostname or parts.path not in {"", "/"}:
        raise ValueError("must look like tcp://127.0.0.1:3310 or unix:/run/clamav/clamd.ctl.")
    return Clamd(host=parts.hostname, port=parts.port or 3310)


def clamd() -> Clamd | None:
    """The scanner there is, if one was named."""
    written = os.environ.get(VARIABLE, "")
    return read(written) if written else None


def lenient() -> bool:
    """May files be given out that nobody has looked through? Only where the owner said so."""
    return os.environ.get(LENIENT, "") == "give"


def scan(to: Clamd, content: bytes) -> str:
    """What the scanner says: ``clean``, ``infected: NAME``, or ``unscannable: why``. Raises NeverLeft where it is away."""
    try:
        with _line(to) as line:
            said = _asked(line, content)
    except OSError as error:
        raise NeverLeft(f"The virus scanner at {to} could not be reached.") from error
    words = " ".join(said.decode("utf-8", "replace").strip("\x00\r\n ").removeprefix("stream:").split())
    if words == "OK":
        return CLEAN
    if words.endswith(" FOUND"):
        return f"infected: {words.removesuffix(' FOUND')}"[:200]
    if "size limit" in words:
        return "unscannable: larger than the scanner takes"
    raise NeverLeft(f"The virus scanner at {to} did not answer as one.")


def _line(to: Clamd) -> socket.socket:
    if not to.path:
        line = socket.create_connection((to.host, to.port), timeout=CONNECT)
    else:
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(CONNECT)
        try:
            line.connect(to.path)
        except OSError:
            line.close()
            raise
    line.settimeout(PATIENCE)
    return line


def _asked(line: socket.socket, content: bytes) -> bytes:
    """The answer to one file. A scanner that has had enough answers before it has read all: its answer counts."""
    try:
        line.sendall(b"zINSTREAM\x00")
        for at in range(0, len(content), CHUNK):
            piece = content[at : at + CHUNK]
            line.sendall(len(piece).to_bytes(4, "big") + piece)
        line.sendall((0).to_bytes(4, "big"))
    except (BrokenPipeError, ConnectionResetError):
        pass
    said = b""
    while b"\x00" not in said and len(said) < 4_096:
        if not (piece := line.recv(4_096)):
            break
        said += piece
    return said
