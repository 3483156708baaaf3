"""Files that were uploaded and wait to be looked at: in the data folder, under names of our own."""

from __future__ import annotations

import re
import secrets
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

_NAME = re.compile(r"[A-Za-z0-9_-]{20,60}\Z")
KEPT = 24 * 3600
"""Seconds that an upload waits for its import to be started."""


def folder() -> Path:
    return Path(settings.DATA) / "uploads"


def keep(file: UploadedFile[Any]) -> str:
    """Store an upload; returns the token that names it. The sender's own file name never becomes a path."""
    place = folder()
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    _sweep(place)
    token = secrets.token_urlsafe(24)
    with (place / token).open("xb") as out:
        for chunk in file.chunks():
            out.write(chunk)
    return token


def path(token: str) -> Path | None:
    """Where the upload of this token lies, if it does (a stranger's input)."""
    there = folder() / token if _NAME.match(token) else None
    return there if there and there.is_file() else None


def _sweep(place: Path) -> None:
    """Forget what nobody started: after a week, which no running import takes."""
    for old in place.iterdir():
        if old.is_file() and time.time() - old.stat().st_mtime > 7 * KEPT:
            old.unlink(missing_ok=True)
