"""``rapport imports``: the imports there are; pause one, let it go on, cancel it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from rapport.cli import importing as one
from rapport.cli import labour
from rapport.cli.ground import migrate, say, stand

if TYPE_CHECKING:
    from rapport.core.models import Work


@click.command()
@click.option("--pause", type=int, metavar="N", help="Let import N wait after the batch it is at.")
@click.option("--resume", type=int, metavar="N", help="Let import N go on where it was paused, or where it failed.")
@click.option("--cancel", type=int, metavar="N", help="Take out again what import N brought and nobody touched.")
@click.option("--yes", is_flag=True, help="Do not ask before cancelling.")
def imports(pause: int | None, resume: int | None, cancel: int | None, yes: bool) -> None:
    """List imports; pause, resume or cancel one.

    Without an option: each import with its number, its file, how far it is and what became of it.
    """
    stand()
    asked = [verb for verb in (pause, resume, cancel) if verb is not None]
    if len(asked) > 1:
        raise click.UsageError("Say one of --pause, --resume and --cancel.")
    from rapport.core.refusal import Refused
    from rapport.ingest import importing, progressing

    if not asked:
        migrate()
        _list()
        return
    number = asked[0]
    if cancel is not None and not yes:
        _sure(number)
    try:
        if pause is not None:
            importing.pause(_found(number), by=None)
            say(f"Import {number} waits after the batch it is at.")
            return
        verb, what = (importing.resume, "go on with it") if resume is not None else (importing.cancel, "take it out")

        def begin() -> int:
            verb(_found(number), by=None)
            return number

        one.end(labour.do(begin, progressing.KINDS, one.watch, what))
    except Refused as error:
        raise click.ClickException(str(error)) from error


def _sure(number: int) -> None:
    if not sys.stdin.isatty():
        raise click.ClickException("Nobody is there to ask. Add --yes to cancel it.")
    sentence = f"Take out again what import {number} brought (what somebody acted on stays)?"
    click.confirm(sentence, default=False, abort=True)


def _found(number: int) -> Work:
    from rapport.core.refusal import Refused
    from rapport.ingest import progressing

    row = progressing.all_of_them().filter(pk=number).first()
    if row is None:
        raise Refused(f"There is no import {number}. The command rapport imports lists them.")
    return row


def _list() -> None:
    from rapport.ingest import progressing

    ids = list(progressing.all_of_them().order_by("pk").values_list("pk", flat=True))
    for id in ids:
        if seen := progressing.of(id):
            end = f", {seen.removed:,} taken out" if seen.state in {"cancelling", "cancelled"} else ""
            why = f": {seen.error}" if seen.error else ""
            say(f"{id:>6}  {seen.state:<11} {seen.name}  {seen.read:,} read, {seen.unreadable:,} unreadable{end}{why}")
    if not ids:
        say("There are no imports yet.")
