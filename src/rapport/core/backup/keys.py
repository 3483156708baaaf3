"""Which secret key: a backup carries a mark of it, never the key."""

from __future__ import annotations

import hashlib
from pathlib import Path

KEY_FILE = "secret-key"


def fingerprint(key: str) -> str:
    """Sixteen hexadecimal signs by which a key is recognised; scrypt, so that nobody guesses a weak key from them."""
    return hashlib.scrypt(key.encode(), salt=b"rapport.backup.key", n=2**14, r=8, p=1, dklen=8).hex()


def kept_in(folder: Path) -> str:
    """The mark of the key that lies in a data folder; empty where there is none."""
    path = folder / KEY_FILE
    return fingerprint(path.read_text().strip()) if path.exists() else ""
