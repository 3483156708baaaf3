"""``rapport import``: a history from a file, whether or not Rapport is running."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rapport.cli import exporting
from rapport.cli.ground import migrate, say, stand

if TYPE_CHECKING:
    from rapport.accounts.models import Workspace
    from rapport.channels.files import Guess
    from rapport.ingest.importing import Progress


@click.command(name="import")
@click.argument("file", type=click.Path(exists=True, path_type=Path))
@click.option("--us", multiple=True, help="Our handle (@acme) or name; may be given several times.")
@click.option("--rival", multiple=True, help="A rival's handle or name; may be given several times.")
@click.option("--map", "mapping", help="Which column is what: text=body,author=user,said_at=date")
@click.option("--workspace", help="The workspace's short name (default: the only one, made if there is none).")
@click.option("--yes", is_flag=True, help="Do not ask.")
def import_(
    file: Path, us: tuple[str, ...], rival: tuple[str, ...], mapping: str | None, workspace: str | None, yes: bool
) -> None:
    """Import a history from a file.

    JSON Lines, CSV, mbox, .eml, vCard; the exports of Mastodon, Bluesky, X, Google reviews, Zendesk and Chatwoot;
    packed with gzip, as ZIP or tar, or in a folder. Importing the same file again changes nothing. An export
    of Rapport becomes a new workspace.
    """
    stand()
    from rapport.core.refusal import Refused
    from rapport.ingest import importing

    if exporting.is_export(file):
        given = {"--us": bool(us), "--rival": bool(rival), "--map": bool(mapping), "--workspace": bool(workspace)}
        exporting.take_back(file, given, yes)
        return
    try:
        found = importing.look(file, file.name)
        chosen = importing.checked(mapping, found) if mapping else found.mapping
        _show(found, chosen)
        if not yes:
            if not sys.stdin.isatty():
                raise click.ClickException("Nobody is there to ask. Add --yes if the mapping above is right.")
            if not click.confirm("Import it so?", default=True):
                raise click.ClickException("Nothing was imported. To say it yourself: --map text=body,author=user")
        _run(file, chosen, us, rival, workspace)
    except Refused as error:
        raise click.ClickException(str(error)) from error


def _show(found: Guess, mapping: dict[str, str]) -> None:
    say(
        f"The file looks like {found.form}, with {found.kind}."
        if found.columns
        else f"The file looks like {found.form}."
    )
    for field, column in mapping.items():
        say(f"  {field:<10} ← {column}")
    if idle := [column for column in found.columns if column not in mapping.values()]:
        say(f"  not used     {', '.join(idle)}")
    if found.columns and not {"author", "name"} & mapping.keys():
        say("No column says who wrote it: everybody would become one person called “unknown”. Say it: --map author=…")
    if found.columns and "said_at" not in mapping:
        say("No column says when: everything counts as said now, and its clocks start. Say it: --map said_at=…")
    for number, row in enumerate(found.sample, 1):
        say(f"  row {number}:")
        for field, column in mapping.items():
            if value := row.get(column, ""):
                say(f"    {field:<10} {value[:100]}")


def _run(file: Path, mapping: dict[str, str], us: tuple[str, ...], rivals: tuple[str, ...], slug: str | None) -> None:
    from django.conf import settings

    from rapport.config.folder import Busy, hold
    from rapport.ingest import importing, worker

    def begin() -> int:
        return importing.start(_workspace(slug, us), file, file.name, mapping, by=None, us=us, rivals=rivals)

    try:
        with hold(settings.DATA):
            migrate()
            worker.take_over()
            job = begin()
            _work_here(job, file)
    except Busy as busy:
        # Another process is the one writer: it runs the job, we watch. Its own migrations have already been applied.
        at = (busy.who or {}).get("url", "")
        say(f"Rapport is running{f' at {at}' if at else ''}; it will do the import.")
        job = begin()
        _watch(job, file, lambda: time.sleep(0.3))
    _end(importing.progress(job))


def _workspace(slug: str | None, us: tuple[str, ...]) -> Workspace:
    from rapport.accounts import founding
    from rapport.accounts.models import Workspace
    from rapport.core.refusal import Refused

    there = Workspace.objects.order_by("id")
    if slug:
        chosen = there.filter(slug=slug).first()
        if chosen is None:
            names = ", ".join(there.values_list("slug", flat=True)) or "none"
            raise Refused(f"There is no workspace {slug}. Workspaces here: {names}.")
        return chosen
    own = there.filter(demo=False)
    if own.count() > 1:
        raise Refused(f"Say which workspace: --workspace {' or '.join(own.values_list('slug', flat=True))}.")
    if found := own.first():
        say(f"Into the workspace {found.name} ({found.slug}).")
        return found
    name = us[0].lstrip("@").replace("_", " ").title() if us else "Our company"
    made = founding.found(name, owner_name=founding.FIRST_OWNER).workspace
    say(f"Made the workspace {made.name} ({made.slug}).")
    return made


def _work_here(job: int, file: Path) -> None:
    """Nobody else runs: do the job in a thread of this process and show how far it is."""
    import threading

    from rapport.core import work

    stop = threading.Event()
    failed: list[Exception] = []

    def labour() -> None:
        try:
            while not stop.is_set():
                if not work.run_due(1, only=("import",)):
                    time.sleep(0.05)
        except Exception as error:  # noqa: BLE001 - a full disk, say: whoever watches is told, instead of waiting for ever
            failed.append(error)

    def rest() -> None:
        if failed:
            raise failed[0]
        time.sleep(0.1)

    thread = threading.Thread(target=labour, daemon=True)
    thread.start()
    try:
        _watch(job, file, rest)
    finally:
        stop.set()
        thread.join(30)


def _watch(job: int, file: Path, rest: Any) -> None:
    from rapport.ingest import importing

    size = max(1, importing.size(file))
    with click.progressbar(length=size, label="Importing", show_pos=False, file=sys.stderr) as bar:
        at = 0
        while True:
            seen = importing.progress(job)
            if seen is None:
                raise click.ClickException("The import is gone: somebody removed it.")
            bar.label = f"{seen.read:,} read, {seen.rate:,.0f}/s"
            bar.update(max(0, seen.bytes - at))
            at = max(at, seen.bytes)
            if seen.done:
                return
            rest()


def _end(seen: Progress | None) -> None:
    if seen is None:
        raise click.ClickException("The import is gone: somebody removed it.")
    where = f" ({seen.unreadable_file})" if seen.unreadable else ""
    say(f"{seen.read:,} read, {seen.needs:,} need an answer, {seen.unreadable:,} unreadable{where}")
    if seen.error:
        raise click.ClickException(seen.error)
