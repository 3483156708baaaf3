"""``rapport backup`` and ``rapport restore``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rapport.cli.ground import say, stand

if TYPE_CHECKING:
    from rapport.core.backup.restoring import Restored

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.argument("file", type=_FILE)
@click.option("--passphrase-file", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="Seal the backup with the passphrase in this file's first line.")  # fmt: skip
def backup(file: Path, passphrase_file: Path | None) -> None:
    """Back up everything but the secret key.

    To one new FILE, of one moment, while Rapport runs; it is taken back on trial before it gets its name.
    """
    stand()
    from rapport.core.backup.making import back_up
    from rapport.core.refusal import Refused

    try:
        made = back_up(file, _passphrase(passphrase_file))
    except Refused as error:
        raise click.ClickException(str(error)) from error
    say(f"{file}: {made.rows:,} rows in {made.tables} tables, {made.files} files beside them, {made.size:,} bytes.")
    say("Verified: taken back on trial, every table has its rows." + ("" if passphrase_file else " It is not sealed."))
    say(f"The secret key is not in it. Keep that apart; its mark is {made.key}.")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--data", type=click.Path(file_okay=False, path_type=Path), help="The data folder (default RAPPORT_DATA)."
)
@click.option("--passphrase-file", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="Where the passphrase of a sealed backup stands.")  # fmt: skip
@click.option("--replace", is_flag=True, help="Where the folder is not empty: keep what is there beside it.")
def restore(file: Path, data: Path | None, passphrase_file: Path | None, replace: bool) -> None:
    """Put a backup in the place of a data folder.

    Rapport must not run on it. What is there stays unless you say --replace; then it is kept beside.
    """
    from rapport.config import environment
    from rapport.config.folder import LOCK, hold
    from rapport.core.backup import restoring
    from rapport.core.refusal import Refused

    wanted = environment.read()
    folder = (data or wanted.data).absolute()
    fresh = not folder.exists()
    try:
        with hold(folder), restoring.opened(file, folder, _passphrase(passphrase_file)) as (room, manifest):
            if wanted.database_url:
                stand(folder)
                done = restoring.restore_postgresql(room, manifest, folder)
            else:
                if not replace:
                    restoring.refuse_filled(folder, LOCK)
                done = restoring.restore_sqlite(room, manifest, folder, replace=replace, lock=LOCK)
    except Refused as error:
        if fresh:
            _leave_nothing(folder, LOCK)
        raise click.ClickException(str(error)) from error
    _tell(done, folder, os.environ.get("RAPPORT_SECRET_KEY", ""))


def _leave_nothing(folder: Path, lock: str) -> None:
    (folder / lock).unlink(missing_ok=True)
    if folder.exists() and not any(folder.iterdir()):
        folder.rmdir()


def _tell(done: Restored, folder: Path, given: str) -> None:
    from rapport.core.backup.keys import fingerprint

    say(f"Restored {done.rows:,} rows of {done.made_at[:16].replace('T', ' ')} UTC to {folder}.")
    if done.before:
        say(f"What was there before is in {done.before}.")
    if done.key_fits or (given and fingerprint(given) == done.key):
        say("The secret key fits. Start it with: rapport up")
        return
    say(f"It needs the secret key with the mark {done.key}, which no backup holds.")
    say(f"Put that key into {folder / 'secret-key'} (readable by its owner only), or set RAPPORT_SECRET_KEY,")
    say("before you start. With another key everybody must log in again, and what sources need to connect cannot")
    say("be opened: connect them anew.")


def _passphrase(path: Path | None) -> bytes | None:
    from rapport.core.backup.sealing import read_passphrase

    return read_passphrase(path.read_bytes()[:4096]) if path else None
