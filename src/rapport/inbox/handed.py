"""Handed: new credentials are on disk in the moment in which the network gives them, until the database has them.

A refresh token that may be used once is lost with a process that dies between the network's answer and the end of its
transaction, for which it may have to wait. One sealed file for each source, in ``renewed/`` of the data folder.
"""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Mapping
from pathlib import Path

from django.conf import settings

from rapport.core import secret
from rapport.core.hashing import key

_OF = "handed for"
log = logging.getLogger(__name__)


def note(source_id: int, held: Mapping[str, str], made: Mapping[str, str]) -> None:
    """The network gave ``made`` in exchange for ``held``. A disk that does not take it stops nobody."""
    path = _path(source_id)
    fresh = path.with_suffix(".new")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as file:
            file.write(secret.seal({**made, _OF: _mark(held)}))
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError as error:
        log.warning("New credentials of source %s wait in memory alone: %s", source_id, error)


def found(source_id: int, held: Mapping[str, str]) -> dict[str, str] | None:
    """What the network gave in exchange for ``held`` to somebody who died before it was stored; None: nothing."""
    try:
        made = secret.unseal(_path(source_id).read_text(encoding="ascii"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, secret.WrongKey) as error:
        log.warning("What source %s was handed cannot be read: %s", source_id, error)
        return None
    return made if made.pop(_OF, "") == _mark(held) else None


def forget(source_id: int) -> None:
    """The database has it, or it is of no use any more."""
    with contextlib.suppress(OSError):
        _path(source_id).unlink()


def _mark(held: Mapping[str, str]) -> str:
    return key(*(part for pair in sorted(held.items()) for part in pair)).hex()


def _path(source_id: int) -> Path:
    return Path(settings.DATA) / "renewed" / str(source_id)
