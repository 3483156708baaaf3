"""The secret key of an installation: made once in the data folder, readable by its owner only."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def secret_key(data: Path) -> str:
    """The key in ``data/secret-key``; made there with mode 0600 when there is none. Two starters agree on one key."""
    data.mkdir(mode=0o700, parents=True, exist_ok=True)  # what customers said is for nobody else on this machine
    path = data / "secret-key"
    if not path.exists():
        made = data / f".secret-key-{os.getpid()}"
        descriptor = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))
        try:
            os.link(made, path)  # fails if somebody else was first: then theirs is the key
        except FileExistsError:
            pass
        finally:
            made.unlink()
    return path.read_text().strip()
