"""The file of a backup: a gzipped tar, readable by anybody's tar unless it is sealed. Its last member is the manifest.

The manifest names every member with its size and digest: without it, or with another, a file is no backup.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import tarfile
import zlib
from gzip import BadGzipFile, GzipFile
from pathlib import Path
from typing import Any, BinaryIO, cast

from rapport.core.backup.sealing import CUT, MAGIC, WRONG, Seal, Unseal
from rapport.core.refusal import Refused

FORMAT = 1
MANIFEST = "manifest.json"
DATABASE = "database.sqlite3"
TABLES = "tables"
FOLDERS = ("unreadable", "uploads")
"""What else of the data folder is carried. The secret key never is."""
_NAME = re.compile(rf"(?:{MANIFEST}|{DATABASE}|(?:{TABLES}|{'|'.join(FOLDERS)})/(?!\.)[\w. -]{{1,200}})", re.ASCII)
_CHUNK = 1024 * 1024
LONGEST_MANIFEST = 16 * 1024 * 1024


class Writing:
    """A backup being written: ``add`` members, then ``end`` with the manifest's other words."""

    def __init__(self, stream: BinaryIO, passphrase: bytes | None) -> None:
        self._seal = Seal(stream, passphrase) if passphrase else None
        sink = cast(BinaryIO, self._seal or stream)
        self._packed = GzipFile(filename="", fileobj=sink, mode="wb", compresslevel=3, mtime=0)
        self._tar = tarfile.open(fileobj=self._packed, mode="w|", format=tarfile.PAX_FORMAT)  # noqa: SIM115
        self.members: dict[str, dict[str, Any]] = {}

    def add(self, name: str, path: Path) -> None:
        """One file, as long as it is at this moment."""
        with path.open("rb") as file:
            entry = self._entry(name, path.stat().st_size)
            counted = _Digest(file)
            self._tar.addfile(entry, cast(BinaryIO, counted))
        self.members[name] = {"size": entry.size, "sha256": counted.digest.hexdigest()}

    def end(self, **words: Any) -> None:
        raw = json.dumps({"format": FORMAT} | words | {"members": self.members}, indent=1).encode()
        self._tar.addfile(self._entry(MANIFEST, len(raw)), io.BytesIO(raw))
        self._tar.close()
        self._packed.close()
        if self._seal:
            self._seal.close()

    @staticmethod
    def _entry(name: str, size: int) -> tarfile.TarInfo:
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode = size, 0o600
        return entry


class _Digest:
    """A file that is digested while it is read."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self.digest.update(data)
        return data


def is_sealed(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(len(MAGIC)) == MAGIC


def unpack(path: Path, folder: Path, passphrase: bytes | None) -> dict[str, Any]:
    """Write every member into ``folder`` and return the manifest. Raises Refused for whatever is no whole backup."""
    found: dict[str, dict[str, Any]] = {}
    raw = b""
    try:
        with path.open("rb") as stream, GzipFile(fileobj=_source(stream, passphrase)) as packed:
            with tarfile.open(fileobj=packed, mode="r|") as tar:
                for entry in tar:
                    if not entry.isreg() or not _NAME.fullmatch(entry.name) or entry.name in found:
                        raise Refused(f"The backup holds {entry.name[:80]!r}, which does not belong there.")
                    if entry.name == MANIFEST:
                        raw = _content(tar, entry).read(LONGEST_MANIFEST)
                    else:
                        found[entry.name] = _write(_content(tar, entry), folder / entry.name)
            while packed.read(_CHUNK):  # to the end: only there stands what proves that all of it is as it was written
                pass
    except (tarfile.TarError, EOFError, zlib.error, BadGzipFile) as error:
        if isinstance(error, EOFError) or "unexpected end" in str(error):
            raise Refused(CUT) from error
        raise Refused(f"{path.name} is no backup of Rapport, or it was damaged.") from error
    return _manifest(raw, found)


def _source(stream: BinaryIO, passphrase: bytes | None) -> BinaryIO:
    if stream.read(len(MAGIC)) != MAGIC:
        stream.seek(0)
        return stream
    if passphrase is None:
        raise Refused("This backup is sealed: say where its passphrase stands with --passphrase-file.")
    return cast(BinaryIO, Unseal(stream, passphrase))


def _content(tar: tarfile.TarFile, entry: tarfile.TarInfo) -> BinaryIO:
    return cast(BinaryIO, tar.extractfile(entry))


def _write(content: BinaryIO, target: Path) -> dict[str, Any]:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    digest, size = hashlib.sha256(), 0
    with target.open("xb") as out:
        target.chmod(0o600)
        while data := content.read(_CHUNK):
            digest.update(data)
            size += out.write(data)
        out.flush()
    return {"size": size, "sha256": digest.hexdigest()}


def _manifest(raw: bytes, found: dict[str, dict[str, Any]]) -> dict[str, Any]:
    if not raw:
        raise Refused(CUT)
    try:
        said = json.loads(raw)
        members, form = said["members"], said["format"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise Refused("The manifest of the backup cannot be read.") from error
    if form != FORMAT:
        raise Refused(
            f"The backup has form {form!r:.20}, this Rapport reads form {FORMAT}: use the Rapport that wrote it."
        )
    if members != found:
        different = sorted(name for name in {*members, *found} if members.get(name) != found.get(name))
        raise Refused(f"The backup is not as it was written: {different[0][:80]} differs from what the manifest says.")
    manifest: dict[str, Any] = said
    return manifest


__all__ = ["DATABASE", "FOLDERS", "MANIFEST", "TABLES", "WRONG", "Writing", "is_sealed", "unpack"]
