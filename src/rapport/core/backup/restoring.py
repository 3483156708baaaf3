"""Restoring: a backup is taken apart beside the data folder, looked at, and only then put in its place.

The caller holds the data folder, so that nobody runs on it. Nothing here needs Django but for PostgreSQL's rows.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rapport import __version__
from rapport.core import whole
from rapport.core.backup import archive, keys, sqlite
from rapport.core.backup.counting import refuse_other_counts
from rapport.core.refusal import Refused

PACKAGE = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Restored:
    """What was put in its place: rows, when it was made, the mark of the key it needs, whether that key lies there
    already, and where the folder from before is now."""

    rows: int
    made_at: str
    key: str
    key_fits: bool
    before: Path | None


def refuse_filled(folder: Path, lock: str) -> None:
    """A folder that holds anything but the lock is somebody's."""
    if folder.exists() and (there := sorted(path.name for path in folder.iterdir() if path.name != lock)):
        raise Refused(
            f"{folder} is not empty (it holds {', '.join(there[:3])}). Name another folder with --data, or add --replace: "
            "then what is there is kept beside it."
        )


@contextmanager
def opened(path: Path, folder: Path, passphrase: bytes | None) -> Iterator[tuple[Path, dict[str, Any]]]:
    """The backup taken apart in a folder beside ``folder``, and its manifest; removed at the end if it is still there."""
    with whole.room(folder.parent, f".{folder.name}.restore-") as apart:
        manifest = archive.unpack(path, apart, passphrase)
        refuse_newer(manifest)
        yield apart, manifest


def refuse_newer(manifest: dict[str, Any]) -> None:
    """A newer Rapport's tables are not known here."""
    known = {(path.parents[1].name, path.stem) for path in PACKAGE.glob("*/migrations/[0-9]*.py")}
    ours = {app for app, _ in known}
    unknown = [name for app, name in manifest["migrations"] if app in ours and (app, name) not in known]
    if unknown or _numbers(manifest["rapport"]) > _numbers(__version__):
        raise Refused(
            f"This backup was made by a newer Rapport ({manifest['rapport']}; this is {__version__}). Upgrade first, then "
            "restore."
        )


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdecimal())


def restore_sqlite(room: Path, manifest: dict[str, Any], folder: Path, *, replace: bool, lock: str) -> Restored:
    """Put the taken-apart backup in the folder's place."""
    if manifest["engine"] != "sqlite":
        raise Refused("This backup is of PostgreSQL: name an empty database with RAPPORT_DATABASE_URL, then restore.")
    found = sqlite.look(room / archive.DATABASE)
    refuse_other_counts(manifest["counts"], found)
    (room / archive.DATABASE).rename(room / "rapport.sqlite3")
    fits = _keep_key(folder, room, manifest["key"])
    before = _put(room, folder, replace=replace, lock=lock)
    return Restored(sum(found.values()), manifest["made_at"], manifest["key"], fits, before)


def restore_postgresql(room: Path, manifest: dict[str, Any], folder: Path) -> Restored:
    """Fill an empty database, and lay the files into the data folder."""
    from rapport.core.backup import postgresql

    if manifest["engine"] != "postgresql":
        raise Refused("This backup is of SQLite, and RAPPORT_DATABASE_URL names PostgreSQL. Unset it, then restore.")
    postgresql.refuse_filled()
    found = postgresql.load(room, manifest["columns"], manifest["migrations"])
    refuse_other_counts(manifest["counts"], found)
    for name in archive.FOLDERS:
        for path in (room / name).glob("*"):
            (folder / name).mkdir(mode=0o700, exist_ok=True)
            path.replace(folder / name / path.name)
    fits = keys.kept_in(folder) == manifest["key"]
    return Restored(sum(found.values()), manifest["made_at"], manifest["key"], fits, None)


def _keep_key(folder: Path, room: Path, wanted: str) -> bool:
    """The key of the folder that is replaced stays, where it is the one that the backup needs."""
    if keys.kept_in(folder) != wanted:
        return False
    shutil.copy2(folder / keys.KEY_FILE, room / keys.KEY_FILE)
    return True


def _put(room: Path, folder: Path, *, replace: bool, lock: str) -> Path | None:
    """The folder is the room from now on. What was there is beside it, or was nothing but the lock."""
    whole.sync_folder(room)
    for path in room.rglob("*"):
        descriptor = os.open(path, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)
    before = None
    if replace and any(path.name != lock for path in folder.iterdir()):
        stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
        before = folder.with_name(f"{folder.name}.before-{stamp}")
        folder.rename(before)
    else:
        (folder / lock).unlink(missing_ok=True)
        folder.rmdir()
    room.rename(folder)
    whole.sync_folder(folder.parent)
    return before
