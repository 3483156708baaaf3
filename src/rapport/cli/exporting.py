"""``rapport export``: the memory as an open file; and what ``rapport import`` does with such a file."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from gzip import GzipFile
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

import click

from rapport.cli.carrying import carry_out, settle_database
from rapport.cli.ground import say, stand

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rapport.ingest.memory.scope import Scope

STREAMS = ("needs", "waiting", "answered", "quiet", "all")


@click.command()
@click.argument("workspace")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="The file to write; - for standard output."
)
@click.option("--person", help="Only this person: an id or an address.")
@click.option("--stream", type=click.Choice(STREAMS), help="Only the conversations of one stream.")
@click.option("--csv", "as_csv", is_flag=True, help="The messages as CSV for a spreadsheet.")
def export(workspace: str, out: Path | None, person: str | None, stream: str | None, as_csv: bool) -> None:
    """Write a workspace, a person or a stream to a file.

    WORKSPACE is its short name. JSON Lines, packed with gzip; `rapport import` takes the file back into a new, equal
    workspace. Works while Rapport runs.
    """
    if person and stream:
        raise click.UsageError("Give --person or --stream, not both.")
    stand()
    settle_database()
    from rapport.core.refusal import Refused
    from rapport.ingest.memory import exporting, spreadsheet

    try:
        scope = _scope(workspace, person, stream or "")
        target = out or Path(
            f"{scope.workspace.slug}{f'-{stream}' if stream else ''}.{'csv' if as_csv else 'jsonl.gz'}"
        )
        with _opened(target) as file:
            counts = {"message": spreadsheet.write(scope, file)} if as_csv else exporting.export(scope, file)
    except Refused as error:
        raise click.ClickException(str(error)) from error
    _report(target, scope, counts)


def _scope(slug: str, person: str | None, stream: str) -> Scope:
    from rapport.accounts.models import Workspace
    from rapport.core.refusal import Refused
    from rapport.ingest.memory.scope import Scope
    from rapport.people.finding import find

    workspace = Workspace.objects.filter(slug=slug).first()
    if workspace is None:
        names = ", ".join(Workspace.objects.order_by("id").values_list("slug", flat=True)) or "none"
        raise Refused(f"There is no workspace {slug}. Workspaces here: {names}.")
    return Scope(workspace, find(workspace, person) if person else None, stream)


@contextmanager
def _opened(target: Path) -> Iterator[BinaryIO]:
    from rapport.core.whole import whole_file

    if str(target) == "-":
        if sys.stdout.isatty():
            raise click.UsageError("Standard output is a terminal. Name a file: --out FILE.jsonl.gz")
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    with whole_file(target) as file:
        if target.suffix != ".gz":
            yield file
            return
        with GzipFile(filename="", fileobj=file, mode="wb", compresslevel=6, mtime=0) as packed:
            yield cast(BinaryIO, packed)


def _report(target: Path, scope: Scope, counts: dict[str, int]) -> None:
    from rapport.inbox.models import Arrival

    listed = ", ".join(f"{number:,} {_plural(kind, number)}" for kind, number in counts.items()) or "nothing"
    click.echo(f"{target}: {listed}.", err=True)
    waiting = Arrival.objects.filter(workspace=scope.workspace, done_at=None).count()
    if waiting:
        click.echo(f"{waiting:,} arrivals wait for the line or were set aside; they are not in it.", err=True)


def _plural(kind: str, number: int) -> str:
    if number == 1:
        return kind
    return {"person": "people", "identity": "identities"}.get(kind, f"{kind}s")


def is_export(file: Path) -> bool:
    from rapport.ingest.memory import lines

    return lines.is_export(file)


def take_back(file: Path, given: dict[str, bool], yes: bool) -> None:
    """What ``rapport import`` does with an export: a new workspace, never into one that is there."""
    from rapport.core.refusal import Refused
    from rapport.ingest.memory import lines, returning

    if wrong := [option for option, there in given.items() if there]:
        raise click.ClickException(
            f"This is an export of Rapport: it is taken back into a new workspace, so {' and '.join(wrong)} cannot be "
            "chosen. An export is never mixed into a workspace that is there."
        )
    try:
        said = lines.header(file)
        name = str((said.get("workspace") or {}).get("name", "?"))[:120]
        say(f"This is a Rapport export of {name}, written {str(said.get('exported_at'))[:10]}.")
        say("It becomes a new workspace; nothing that is there changes.")
        if not yes:
            if not sys.stdin.isatty():
                raise click.ClickException("Nobody is there to ask. Add --yes to take it back.")
            click.confirm("Take it back?", default=True, abort=True)
        done = carry_out("return", lambda: returning.start(file), "Taking back")
    except Refused as error:
        raise click.ClickException(str(error)) from error
    listed = ", ".join(f"{number:,} {_plural(kind, number)}" for kind, number in done["counts"].items())
    say(f"Took back the workspace {done['workspace']}: {listed}.")
    say(f"Nobody can log in there yet: rapport link {done['workspace']} prints a link for its owner.")
