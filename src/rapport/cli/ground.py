"""The ground every command stands on: Django set up, the database there and migrated."""

from __future__ import annotations

import os
from pathlib import Path

import click


def stand(data: Path | None = None) -> Path:
    """Set Django up (for this data folder, if one is given) and return the data folder."""
    if data is not None:
        os.environ["RAPPORT_DATA"] = str(data)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rapport.config.settings")
    import django
    from django.conf import settings

    try:
        folder: Path = settings.DATA  # reads the settings, and with them the key in this folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        why = f"{error.filename}: {error.strerror}"
        raise click.ClickException(f"The data folder cannot be used. {why}. RAPPORT_DATA names another.") from error
    for place in (folder, folder / "rapport.sqlite3"):  # the second may belong to whoever ran it here before
        if place.exists() and not os.access(place, os.W_OK):
            raise click.ClickException(f"{place} cannot be written to. Whose is it? RAPPORT_DATA names another folder.")
    django.setup()
    return folder


def migrate() -> None:
    """Apply what is missing. Raises ClickException when the database cannot be reached, or its file is none."""
    from django.core.management import call_command
    from django.db import DatabaseError, OperationalError

    try:
        call_command("migrate", verbosity=0, interactive=False)
    except DatabaseError as error:
        if type(error) not in {OperationalError, DatabaseError}:  # a migration of ours that fails is to be seen whole
            raise
        raise click.ClickException(f"The database cannot be reached: {str(error).strip().splitlines()[0]}") from error


def say(text: str = "") -> None:
    """A line for the person at the terminal, at once (output may be piped)."""
    click.echo(text)
