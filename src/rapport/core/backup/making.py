"""Making a backup while everything goes on; it gets its name only after it was taken back on trial."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.db import connection

from rapport import __version__
from rapport.core.backup import archive, postgresql, sqlite
from rapport.core.backup.counting import refuse_other_counts
from rapport.core.backup.keys import fingerprint
from rapport.core.whole import part_of, room, whole_file

_ROOM = ".rapport-backup-"


@dataclass(frozen=True)
class Made:
    """What stands in the backup: rows by table, files beside the database, bytes of the whole, and its key's mark."""

    rows: int
    tables: int
    files: int
    size: int
    key: str


def back_up(target: Path, passphrase: bytes | None) -> Made:
    """Copy, pack, and verify by taking the packed file apart again. Raises Refused; then there is no file."""
    with whole_file(target) as stream:
        with room(target.absolute().parent, _ROOM) as copied:
            words = _write(stream, copied, passphrase)
        stream.flush()
        os.fsync(stream.fileno())
        size = stream.tell()
        with room(target.absolute().parent, _ROOM) as trial:
            _verify(part_of(target), trial, passphrase, words)
    files = sum(name.split("/")[0] in archive.FOLDERS for name in words["members"])
    return Made(sum(words["counts"].values()), len(words["counts"]), files, size, words["key"])


def _write(stream: BinaryIO, beside: Path, passphrase: bytes | None) -> dict[str, Any]:
    packed = archive.Writing(stream, passphrase)
    words: dict[str, Any] = {"rapport": __version__, "made_at": datetime.now(UTC).isoformat(timespec="seconds")}
    if connection.vendor == "sqlite":
        counts = sqlite.copy(Path(str(connection.settings_dict["NAME"])), beside / archive.DATABASE)
        words |= {"engine": "sqlite", "counts": counts, "migrations": sqlite.migrations(beside / archive.DATABASE)}
        packed.add(archive.DATABASE, beside / archive.DATABASE)
    else:
        applied = postgresql.migrations()
        counts, columns = postgresql.copy(beside)
        words |= {"engine": "postgresql", "counts": counts, "columns": columns, "migrations": applied}
        for table in columns:
            packed.add(f"{archive.TABLES}/{table}", beside / archive.TABLES / table)
    for folder in archive.FOLDERS:
        for path in sorted((Path(settings.DATA) / folder).glob("*")):
            if path.is_file() and not path.name.startswith("."):
                packed.add(f"{folder}/{path.name}", path)
    words["key"] = fingerprint(settings.SECRET_KEY)
    packed.end(**words)
    return words | {"members": packed.members}


def _verify(path: Path, trial: Path, passphrase: bytes | None, words: dict[str, Any]) -> None:
    """Take it apart as a restore would, let the database look at every page or row, and compare the counts."""
    manifest = archive.unpack(path, trial, passphrase)
    if words["engine"] == "sqlite":
        found = sqlite.look(trial / archive.DATABASE)
    else:
        found = postgresql.check(trial, manifest["columns"])
    refuse_other_counts(manifest["counts"], found)
