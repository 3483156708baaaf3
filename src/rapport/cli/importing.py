"""``rapport import``: a history from a file, whether or not Rapport is running."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rapport.cli import exporting, labour
from rapport.cli.ground import migrate, say, stand

if TYPE_CHECKING:
    from rapport.accounts.models import Workspace
    from rapport.channels.files import Guess
    from rapport.ingest.progressing import Progress


@click.command(name="import")
@click.argument("file", type=click.Path(exists=True, path_type=Path))
@click.option("--us", multiple=True, help="Our handle (@acme) or name; may be given several times.")
@click.option("--rival", multiple=True, help="A rival's handle or name; may be given several times.")
@click.option("--map", "mapping", help="Which column is what: text=body,author=user,said_at=date")
@click.option("--mapping", "saved", help="Use the mapping that was saved under this name.")
@click.option("--save-mapping", "save", help="Keep the mapping under this name, for files of the same columns.")
@click.option("--workspace", help="The workspace's short name (default: the only one, made if there is none).")
@click.option("--yes", is_flag=True, help="Do not ask.")
def import_(
    file: Path,
    us: tuple[str, ...],
    rival: tuple[str, ...],
    mapping: str | None,
    saved: str | None,
    save: str | None,
    workspace: str | None,
    yes: bool,
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
        found = importing.look(file, file.name, mapped=bool(mapping or saved))
        chosen = _chosen(found, mapping, saved, workspace)
        if not yes:
            _ask()
        _run(file, chosen, us, rival, workspace, (save, found))
    except Refused as error:
        raise click.ClickException(str(error)) from error


def _chosen(found: Guess, mapping: str | None, saved: str | None, workspace: str | None) -> dict[str, str]:
    """Which column is what, as it was said, saved or guessed; shown before anything happens. Raises Refused."""
    from rapport.core.refusal import Refused
    from rapport.ingest import importing

    if mapping and saved:
        raise Refused("Say either --map or --mapping, not both.")
    written = mapping or (_saved(saved, workspace) if saved else None)
    chosen = importing.checked(written, found) if written else found.mapping
    _show(found, chosen)
    if not written:
        _offer(found, workspace)
    return chosen


def _ask() -> None:
    if not sys.stdin.isatty():
        raise click.ClickException("Nobody is there to ask. Add --yes if the mapping above is right.")
    if not click.confirm("Import it so?", default=True):
        raise click.ClickException("Nothing was imported. To say it yourself: --map text=body,author=user")


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


def _saved(name: str, slug: str | None) -> str:
    """The mapping of this name, as it was written."""
    from rapport.core.refusal import Refused
    from rapport.ingest.models import SavedMapping

    migrate()
    rows = SavedMapping.objects.filter(workspace__in=_there(slug))
    if found := rows.filter(name=name).first():
        return found.written
    names = ", ".join(rows.order_by("name").values_list("name", flat=True)) or "none"
    raise Refused(f"There is no mapping {name}. Saved are: {names}.")


def _offer(found: Guess, slug: str | None) -> None:
    """Name the mappings that were saved for files of these columns."""
    from rapport.ingest.models import SavedMapping

    migrate()
    for workspace in _there(slug):
        for row in SavedMapping.fitting(workspace, found.columns) if found.columns else ():
            say(f"Saved for files of these columns: --mapping '{row.name}' ({row.written})")


def _there(slug: str | None) -> list[Workspace]:
    from rapport.accounts.models import Workspace

    return list(Workspace.objects.filter(slug=slug) if slug else Workspace.objects.order_by("pk"))


def _run(
    file: Path,
    mapping: dict[str, str],
    us: tuple[str, ...],
    rivals: tuple[str, ...],
    slug: str | None,
    save: tuple[str | None, Guess],
) -> None:
    from rapport.ingest import importing
    from rapport.ingest.models import SavedMapping

    def begin() -> int:
        workspace, (name, found) = _workspace(slug, us), save
        if name:
            SavedMapping.keep(workspace, name, found.columns, mapping)
        return importing.start(workspace, file, file.name, mapping, by=None, us=us, rivals=rivals)

    end(labour.do(begin, "import", watch, "do the import"))


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


def watch(job: int, rest: labour.Rest) -> None:
    """Show the bar until the import is over, or paused."""

    def look() -> labour.Seen:
        seen = _seen(job)
        words = {"cancelling": f"{seen.removed:,} taken out", "pausing": "Pausing"}
        usual = seen.waits or f"{seen.read:,} read, {seen.rate:,.0f}/s"
        return labour.Seen(
            seen.bytes,
            seen.total,
            words.get(seen.state, usual),
            seen.at_rest,
        )

    labour.bar("Importing", look, rest)


def end(job: int) -> None:
    """The last line: what came of it."""
    seen = _seen(job)
    if seen.state == "cancelled":
        kept = f", {seen.kept:,} kept because somebody acted on them" if seen.kept else ""
        say(f"Cancelled: {seen.removed:,} messages taken out again{kept}.")
        return
    if seen.state == "paused":
        say(f"Paused after {seen.read:,} rows. It goes on with: rapport imports --resume {job}")
        return
    where = f" ({seen.unreadable_file})" if seen.unreadable else ""
    say(f"{seen.read:,} read, {seen.needs:,} need an answer, {seen.unreadable:,} unreadable{where}")
    if seen.error:
        raise click.ClickException(seen.error)


def _seen(job: int) -> Progress:
    from rapport.ingest import progressing

    seen = progressing.of(job)
    if seen is None:
        raise click.ClickException("The import is gone: somebody removed it.")
    return seen
