"""Backups: of one moment while others write, verified, sealed, and put in place only where nothing is lost."""

from __future__ import annotations

import gzip
import io
import json
import os
import sqlite3
import tarfile
import threading
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, connections

from rapport.core.backup import archive, keys, making, postgresql, restoring, sealing, sqlite
from rapport.core.backup.making import back_up
from rapport.core.refusal import Refused
from rapport.inbox.models import Message
from tests.conftest import Cast, make_cast
from tests.memory.living import live

PASS = b"nine herons wade at dawn"
LOCK = "rapport.lock"


@pytest.fixture
def living(committed: str) -> Cast:
    cast = make_cast()
    live(cast)
    return cast


def put_back(file: Path, folder: Path, passphrase: bytes | None = None, *, replace: bool = False) -> restoring.Restored:
    folder.mkdir(exist_ok=True)
    with restoring.opened(file, folder, passphrase) as (room, manifest):
        if not replace:
            restoring.refuse_filled(folder, LOCK)
        return restoring.restore_sqlite(room, manifest, folder, replace=replace, lock=LOCK)


def rows_in(folder: Path) -> int:
    with sqlite3.connect(folder / "rapport.sqlite3") as found:
        return int(found.execute("SELECT count(*) FROM inbox_message").fetchone()[0])


@pytest.mark.parametrize("passphrase", [None, PASS], ids=["open", "sealed"])
@pytest.mark.usefixtures("living")
def test_a_backup_goes_out_and_comes_back(tmp_path: Path, passphrase: bytes | None) -> None:
    file, folder = tmp_path / "acme.backup", tmp_path / "data"
    made = back_up(file, passphrase)
    assert made.rows > 20 and made.size == file.stat().st_size and oct(file.stat().st_mode)[-3:] == "600"
    assert [path.name for path in tmp_path.iterdir()] == ["acme.backup"]
    assert (b"kettle" in gzip.decompress(file.read_bytes())) if passphrase is None else archive.is_sealed(file)
    if connection.vendor == "sqlite":
        done = put_back(file, folder, passphrase)
        assert rows_in(folder) == Message.objects.count()
        assert done.rows == made.rows and not done.key_fits and done.key == keys.fingerprint(settings.SECRET_KEY)
    else:
        _postgresql_comes_back(file, passphrase, tmp_path)


def _postgresql_comes_back(file: Path, passphrase: bytes | None, folder: Path) -> None:
    from django.core.management import call_command

    before = postgresql_rows()
    with (
        pytest.raises(Refused, match="holds workspaces already"),
        restoring.opened(file, folder, passphrase) as (room, m),
    ):
        restoring.restore_postgresql(room, m, folder)
    call_command("flush", verbosity=0, interactive=False)
    with restoring.opened(file, folder, passphrase) as (room, manifest):
        restoring.restore_postgresql(room, manifest, folder)
    assert postgresql_rows() == before
    assert list(Message.objects.all().search("happened"))
    again = make_cast_elsewhere()
    assert again > max(before["accounts_workspace"])


def make_cast_elsewhere() -> int:
    from rapport.accounts import founding

    return int(founding.found("New", owner_name="Nia").workspace.pk)


def postgresql_rows() -> dict[str, list[Any]]:
    found = {}
    with connection.cursor() as cursor:
        for table in postgresql.tables():
            cursor.execute(f'SELECT * FROM "{table}" ORDER BY 1')
            found[table] = [row[0] if table == "accounts_workspace" else row for row in cursor.fetchall()]
    return found


@pytest.mark.usefixtures("living")
def test_it_is_of_one_moment_while_others_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = sqlite if connection.vendor == "sqlite" else postgresql
    honest = place.counts if place is sqlite else postgresql.tables  # type: ignore[attr-defined]

    def slowly(*arguments: Any) -> Any:
        found = honest(*arguments)
        thread = threading.Thread(target=meanwhile)
        thread.start()
        thread.join(20)
        return found

    def meanwhile() -> None:
        from rapport.accounts import founding

        founding.found("Meanwhile", owner_name="Mo")
        connections["default"].close()

    with monkeypatch.context() as patch:
        patch.setattr(place, "counts" if place is sqlite else "tables", slowly)
        patch.setattr(making, "_verify", lambda *_: None)
        back_up(tmp_path / "a.backup", None)
    apart = tmp_path / "apart"
    apart.mkdir()
    manifest = archive.unpack(tmp_path / "a.backup", apart, None)
    found = sqlite.look(apart / archive.DATABASE) if place is sqlite else postgresql.check(apart, manifest["columns"])
    assert found == manifest["counts"]


@pytest.mark.usefixtures("living")
def test_the_secret_key_is_never_in_it(tmp_path: Path) -> None:
    (Path(settings.DATA) / "secret-key").write_text("the key that lies in the folder, a long one")
    back_up(tmp_path / "a.backup", None)
    raw = gzip.decompress((tmp_path / "a.backup").read_bytes())
    assert b"the key that lies in the folder" not in raw and settings.SECRET_KEY.encode() not in raw
    assert keys.fingerprint(settings.SECRET_KEY).encode() in raw


@pytest.mark.usefixtures("living")
def test_rows_that_could_not_be_read_are_carried(tmp_path: Path) -> None:
    if connection.vendor != "sqlite":
        return
    aside = Path(settings.DATA) / "unreadable" / "token-1.jsonl"
    aside.parent.mkdir(exist_ok=True)
    aside.write_text('{"position": "line 1"}\n')
    back_up(tmp_path / "a.backup", None)
    put_back(tmp_path / "a.backup", tmp_path / "data")
    assert (tmp_path / "data" / "unreadable" / "token-1.jsonl").read_text() == '{"position": "line 1"}\n'
    aside.unlink()


def small(path: Path, passphrase: bytes | None = None, **words: Any) -> Path:
    """A tiny backup of SQLite, written by hand."""
    database = path.with_suffix(".db")
    with sqlite3.connect(database) as made:
        made.execute("CREATE TABLE IF NOT EXISTS inbox_message (id INTEGER PRIMARY KEY, text TEXT)")
        made.execute("INSERT INTO inbox_message (text) VALUES ('hello')")
    made.close()
    with path.open("wb") as stream:
        packed = archive.Writing(stream, passphrase)
        packed.add(archive.DATABASE, database)
        packed.end(**({"rapport": "0.1.0", "made_at": "2026-03-10T09:00:00", "engine": "sqlite", "key": "k",
                       "counts": {"inbox_message": 1}, "migrations": []} | words))  # fmt: skip
    database.unlink()
    return path


@pytest.mark.slow
@pytest.mark.parametrize("passphrase", [None, PASS], ids=["open", "sealed"])
def test_a_file_cut_anywhere_is_no_backup(tmp_path: Path, passphrase: bytes | None) -> None:
    raw = small(tmp_path / "a.backup", passphrase).read_bytes()
    for length in [0, 1, 10, 17, 20, 34, 40, len(raw) // 2, len(raw) - 20, len(raw) - 9, len(raw) - 1]:
        (tmp_path / "cut.backup").write_bytes(raw[:length])
        with pytest.raises(Refused):
            put_back(tmp_path / "cut.backup", tmp_path / "data", passphrase)
        assert not list((tmp_path / "data").iterdir())


@pytest.mark.parametrize("passphrase", [None, PASS], ids=["open", "sealed"])
@pytest.mark.slow
def test_a_changed_byte_is_noticed(tmp_path: Path, passphrase: bytes | None) -> None:
    raw = bytearray(small(tmp_path / "a.backup", passphrase).read_bytes())
    for place in range(20 if passphrase else 10, len(raw), max(1, len(raw) // 40)):
        changed = bytearray(raw)
        changed[place] ^= 0xFF
        (tmp_path / "b.backup").write_bytes(changed)
        with pytest.raises(Refused):
            put_back(tmp_path / "b.backup", tmp_path / "data", passphrase)


def test_another_passphrase_and_none_are_refused(tmp_path: Path) -> None:
    small(tmp_path / "a.backup", PASS)
    with pytest.raises(Refused, match="another"):
        put_back(tmp_path / "a.backup", tmp_path / "data", b"some other passphrase")
    with pytest.raises(Refused, match="sealed"):
        put_back(tmp_path / "a.backup", tmp_path / "data")
    with pytest.raises(Refused, match="at least 12"):
        sealing.read_passphrase(b"short\n")
    assert sealing.read_passphrase(PASS + b"\r\nsecond line") == PASS


def test_pieces_cannot_change_places(tmp_path: Path) -> None:
    out = io.BytesIO()
    seal = sealing.Seal(out, PASS)
    seal.write(os.urandom(sealing.PIECE * 2 + 5))
    seal.close()
    raw = out.getvalue()
    head = len(sealing.MAGIC) + 16
    piece = 5 + sealing.PIECE + 16
    first, second, rest = raw[head : head + piece], raw[head + piece : head + 2 * piece], raw[head + 2 * piece :]
    for wrong in (second + first + rest, first + rest, first + second, first + first + second + rest):
        stream = io.BytesIO(raw[len(sealing.MAGIC) : head] + wrong)
        with pytest.raises(Refused):
            sealing.Unseal(stream, PASS).read()
    good = io.BytesIO(raw[len(sealing.MAGIC) :])
    assert len(sealing.Unseal(good, PASS).read()) == sealing.PIECE * 2 + 5


@pytest.mark.parametrize("name", ["../evil", "/etc/evil", "uploads/../../evil", "uploads/.hidden", "secret-key", "a/b"])
def test_a_name_that_leads_out_is_refused(tmp_path: Path, name: str) -> None:
    with tarfile.open(tmp_path / "a.backup", "w:gz") as tar:
        entry = tarfile.TarInfo(name)
        entry.size = 4
        tar.addfile(entry, io.BytesIO(b"evil"))
    with pytest.raises(Refused, match="does not belong"):
        put_back(tmp_path / "a.backup", tmp_path / "data")
    assert not list(tmp_path.rglob("evil"))


ODD = (b"", b"hello", b"\x1f\x8b", gzip.compress(b"hello", mtime=0), b"SQLite format 3\x00" * 50)


@pytest.mark.parametrize("content", ODD, ids=("empty", "text", "cut", "gzip", "database"))
def test_what_is_no_backup_is_said_so(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.backup").write_bytes(content)
    with pytest.raises(Refused):
        put_back(tmp_path / "a.backup", tmp_path / "data")


def test_a_newer_one_another_engine_and_wrong_counts_are_refused(tmp_path: Path) -> None:
    for words, said in (
        ({"rapport": "99.0.0"}, "newer Rapport"),
        ({"migrations": [["inbox", "9999_not_yet"]]}, "newer Rapport"),
        ({"engine": "postgresql"}, "PostgreSQL"),
        ({"counts": {"inbox_message": 2}}, "instead of 2"),
    ):
        with pytest.raises(Refused, match=said):
            put_back(small(tmp_path / "a.backup", **words), tmp_path / "data")
    assert not list((tmp_path / "data").iterdir())


def test_a_folder_with_anything_in_it_is_kept(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "rapport.sqlite3").write_text("mine")
    (folder / LOCK).touch()
    file = small(tmp_path / "a.backup", key=keys.fingerprint("a key"))
    with pytest.raises(Refused, match="not empty"):
        put_back(file, folder)
    (folder / "secret-key").write_text("a key")
    done = put_back(file, folder, replace=True)
    assert done.before and (done.before / "rapport.sqlite3").read_text() == "mine"
    assert rows_in(folder) == 1 and done.key_fits and (folder / "secret-key").read_text() == "a key"


def test_another_key_is_not_taken_along(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "secret-key").write_text("another key")
    done = put_back(small(tmp_path / "a.backup"), folder, replace=True)
    assert not done.key_fits and not (folder / "secret-key").exists()
    assert done.before and (done.before / "secret-key").read_text() == "another key"


@pytest.mark.usefixtures("living")
def test_an_existing_file_is_never_written_over(tmp_path: Path) -> None:
    (tmp_path / "a.backup").write_text("precious")
    with pytest.raises(Refused, match="exists already"):
        back_up(tmp_path / "a.backup", None)
    assert (tmp_path / "a.backup").read_text() == "precious"
    with pytest.raises(Refused, match="cannot be written"):
        back_up(tmp_path / "no" / "such" / "folder" / "a.backup", None)


@pytest.mark.usefixtures("living")
def test_one_that_fails_its_trial_gets_no_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "look", lambda path: {"inbox_message": 0})
    monkeypatch.setattr(postgresql, "check", lambda folder, columns: {"inbox_message": 0})
    with pytest.raises(Refused, match="no whole backup"):
        back_up(tmp_path / "a.backup", None)
    assert not list(tmp_path.iterdir())


@pytest.mark.usefixtures("living")
def test_what_a_killed_backup_left_is_swept_by_the_next(tmp_path: Path) -> None:
    dead = 2**22 + 1  # above every process number
    (tmp_path / f".a.backup.{dead}.part").write_text("half")
    (tmp_path / f".rapport-backup-{dead}").mkdir()
    (tmp_path / f".rapport-backup-{dead}" / "database.sqlite3").write_text("half")
    back_up(tmp_path / "a.backup", None)
    assert [path.name for path in tmp_path.iterdir()] == ["a.backup"]


@pytest.mark.usefixtures("living")
def test_the_manifest_says_what_is_in_it(tmp_path: Path) -> None:
    back_up(tmp_path / "a.backup", None)
    with tarfile.open(tmp_path / "a.backup") as tar:
        names = tar.getnames()
        said = json.load(tar.extractfile("manifest.json"))  # type: ignore[arg-type]
    assert names[-1] == "manifest.json" and set(said["members"]) == set(names) - {"manifest.json"}
    assert said["counts"]["inbox_message"] == Message.objects.count() and said["engine"] == connection.vendor
