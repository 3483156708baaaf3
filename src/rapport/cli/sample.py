"""``rapport sample``: look at decisions, one by one, to judge them."""

from __future__ import annotations

import random
import textwrap

import click

from rapport.cli.ground import migrate, say, stand


@click.command()
@click.argument("count", type=click.IntRange(1, 100_000), default=50)
@click.option("--seed", type=int, default=7, show_default=True, help="The same seed draws the same messages.")
@click.option("--workspace", help="The workspace's short name (default: all).")
def sample(count: int, seed: int, workspace: str | None) -> None:
    """Print messages drawn at random, with verdicts.

    COUNT messages (50), each with what it needs and why, to be judged one by one.
    """
    folder = stand()
    migrate()
    from rapport.accounts.models import Workspace
    from rapport.inbox.models import Message
    from rapport.inbox.triage.words import explain

    theirs = Message.objects.filter(ours=False, deleted_at=None, dispositions__isnull=False)
    if workspace:
        if not Workspace.objects.filter(slug=workspace).exists():
            names = ", ".join(Workspace.objects.values_list("slug", flat=True)) or "none"
            raise click.ClickException(f"There is no workspace {workspace}. Workspaces here: {names}.")
        theirs = theirs.filter(workspace__slug=workspace)
    ids = sorted(set(theirs.values_list("pk", flat=True)))
    if not ids:
        raise click.ClickException(
            f"There are no messages in {folder}. Import a file first; for the demo's: RAPPORT_DATA=demo-data."
        )
    for number, id in enumerate(random.Random(seed).sample(ids, min(count, len(ids))), 1):
        message = Message.objects.select_related("identity").get(pk=id)
        decided = message.decision
        if decided is None:
            continue
        reasons = [f"{explain(r.code)}{f' “{r.evidence}”' if r.evidence else ''}" for r in decided.value.reasons]
        say(f"{number}. {message.identity or '?'} · {message.said_at:%Y-%m-%d %H:%M}")
        say(textwrap.indent("\n".join(textwrap.wrap(message.text, 96)) or "(no words)", "   "))
        say(f"   → needs an answer: {decided.needs} · row {decided.row} · urgency {decided.urgency}")
        say(f"   why: {'; '.join(reasons)}\n")
