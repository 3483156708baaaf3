"""``rapport backfill``: bring along what was said before a source was connected, whether or not Rapport is running."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from rapport.cli import importing, labour
from rapport.cli.ground import migrate, stand

if TYPE_CHECKING:
    from rapport.inbox.models import Source


@click.command()
@click.argument("source")
@click.option("--days", type=click.IntRange(1, 20_000), default=30, show_default=True, help="How far back.")
@click.option("--all", "everything", is_flag=True, help="Everything that the network gives.")
@click.option("--workspace", help="The workspace's short name, where two have a source of this name.")
def backfill(source: str, days: int, everything: bool, workspace: str | None) -> None:
    """Bring along what was said before SOURCE was connected.

    SOURCE is its name (Bluesky, Mastodon and e-mail can do this). It starts no clock and rings nowhere: what is at
    most a week old and unanswered stands on the desk, what is older is there to be read. Pause, resume or cancel it
    with `rapport imports`; started again it brings nothing twice.
    """
    stand()
    from rapport.core.refusal import Refused
    from rapport.ingest import bringing

    def begin() -> int:
        return bringing.start(_found(source, workspace), "all" if everything else str(days), by=None)

    try:
        importing.end(labour.do(begin, bringing.KIND, importing.watch, "bring them along"))
    except Refused as error:
        raise click.ClickException(str(error)) from error


def _found(name: str, workspace: str | None) -> Source:
    """The one source of this name. Raises Refused, and says which there are."""
    from rapport.core.refusal import Refused
    from rapport.inbox.models import Source
    from rapport.ingest import bringing

    migrate()
    rows = Source.objects.select_related("workspace").order_by("pk")
    able = [row for row in rows if bringing.able(row) and workspace in {None, row.workspace.slug}]
    found = [row for row in able if row.name.casefold() == name.casefold()]
    if not found:
        names = ", ".join(row.name for row in able) or "none"
        raise Refused(f"There is no source {name} that could bring along what was said before. There are: {names}.")
    if len(found) > 1:
        where = " or ".join(sorted({row.workspace.slug for row in found}))
        raise Refused(f"There are several. Say which workspace: --workspace {where}.")
    return found[0]
