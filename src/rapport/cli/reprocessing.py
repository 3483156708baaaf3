"""``rapport reprocess``: the messages there are, through today's reading and rules."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from rapport.cli import labour
from rapport.cli.ground import migrate, say, stand

if TYPE_CHECKING:
    from rapport.accounts.models import Workspace
    from rapport.ingest.replaying import Replayed, Scope


@click.command()
@click.option("--workspace", help="The workspace's short name (default: all).")
@click.option("--source", help="Only messages of the source of this name.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M"]), help="Only what was said since (UTC).")
@click.option("--apply", "really", is_flag=True, help="Store it: upward only, nothing a person touched is changed.")
@click.option("--examples", type=click.IntRange(0, 10_000), default=20, show_default=True, help="How many to print.")
def reprocess(workspace: str | None, source: str | None, since: datetime | None, really: bool, examples: int) -> None:
    """Read again by today's rules; dry run by default.

    Prints what would change, and examples. With --apply the new readings and decisions are stored: conversations are
    lifted to the desk, never closed. Killed at any moment, the same command goes on where it stopped.
    """
    stand()
    migrate()
    for scope in _scopes(workspace, source, since.replace(tzinfo=UTC) if since else None):
        if really:
            _apply(scope)
        else:
            _try(scope, examples)


def _scopes(slug: str | None, source: str | None, since: datetime | None) -> list[Scope]:
    from rapport.accounts.models import Workspace
    from rapport.inbox.models import Source
    from rapport.ingest.replaying import Scope

    there = list(Workspace.objects.order_by("pk"))
    chosen = [one for one in there if slug in {None, one.slug}]
    if not chosen:
        names = ", ".join(one.slug for one in there) or "none"
        raise click.ClickException(f"There is no workspace {slug or ''}. Workspaces here: {names}.")
    if source is None:
        return [Scope(one, None, since) for one in chosen]
    rows = list(Source.objects.filter(workspace__in=chosen, name=source).select_related("workspace"))
    if not rows:
        names = ", ".join(Source.objects.filter(workspace__in=chosen).values_list("name", flat=True)) or "none"
        raise click.ClickException(f"There is no source {source}. Sources here: {names}.")
    return [Scope(row.workspace, row.pk, since) for row in rows]


def _try(scope: Scope, examples: int) -> None:
    from rapport.ingest.reprocessing import Found, try_out

    size, found, began = _size(scope.workspace), Found(), time.monotonic()
    with click.progressbar(length=max(1, size), label="Reading again", file=sys.stderr) as bar:
        for found in try_out(scope, examples):
            bar.update(min(found.read, size) - bar.pos)
    seconds = max(0.001, time.monotonic() - began)
    say(
        f"{scope.workspace.slug}: {found.read:,} messages read again, {found.read / seconds:,.0f}/s. Nothing is stored."
    )
    _table(found.kinds)
    for one in found.examples[:examples]:
        _example(one)


def _apply(scope: Scope) -> None:
    from rapport.ingest import reprocessing

    def look(job: int) -> labour.Seen:
        far = reprocessing.progress(job)
        if far is None:
            raise click.ClickException("The job is gone: somebody removed it.")
        return labour.Seen(far.read, far.total, f"{far.read:,} read again, {far.rate:,.0f}/s", far.done)

    def watch(job: int, rest: labour.Rest) -> None:
        labour.bar("Reading again", lambda: look(job), rest)

    far = reprocessing.progress(labour.do(lambda: reprocessing.start(scope), "reprocess", watch, "read again"))
    if far is None or far.error:
        raise click.ClickException(far.error if far else "The job is gone: somebody removed it.")
    say(
        f"{scope.workspace.slug}: {far.read:,} messages read again, {far.rate:,.0f}/s; {far.lifted:,} came to the desk."
    )
    _table(far.kinds)


def _size(workspace: Workspace) -> int:
    from rapport.core import counters

    return counters.read(workspace.pk, ["messages"])["messages"]


def _table(kinds: Mapping[str, int]) -> None:
    for name, count in sorted(kinds.items(), key=lambda pair: (-pair[1], pair[0])):
        say(f"  {count:>10,}  {name}")


def _example(one: Replayed) -> None:
    from rapport.ingest.reprocessing import kind

    text = " ".join(one.message.text.split())
    say(f"\n{kind(one)} · message {one.message.pk} · {one.message.said_at:%Y-%m-%d}\n  {text[:160]}")
