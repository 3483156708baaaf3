"""``rapport check``: is what we count what there is, does every source do well, and does anything lie stuck?"""

from __future__ import annotations

import click

from rapport.cli.ground import migrate, say, stand


@click.command()
def check() -> None:
    """Recount the counters; say how sources do.

    The same sentences stand on the page Health of each workspace. Ends with 1 when a counter is wrong.
    """
    stand()
    migrate()
    from rapport.core.models import Work
    from rapport.inbox import checking
    from rapport.inbox.models import Arrival

    wrong = checking.miscounted()
    for workspace, key, counted, real in wrong:
        say(f"{workspace}: {key} is counted as {counted}, but there are {real}.")
    _sources()
    poison = Arrival.objects.exclude(poison_at=None).count()
    dead = Work.objects.exclude(dead_at=None).count()
    waiting = Arrival.objects.filter(done_at=None, poison_at=None).count()
    say(f"{waiting} arrivals wait for the line, {poison} were set aside, {dead} jobs gave up.")
    say("The counters are right." if not wrong else f"{len(wrong)} counters are wrong.")
    if wrong:
        raise SystemExit(1)


def _sources() -> None:
    """What there is to say of each source of each workspace, with a mark where somebody should look."""
    from rapport.accounts.models import Workspace
    from rapport.core.database import now
    from rapport.inbox import health

    for workspace in Workspace.objects.order_by("pk"):
        found = health.look(workspace, now())
        for one in found.sources:
            for sentence in one.sentences:
                say(f"{'!' if sentence.bad else ' '} {workspace.slug}, {one.source.name}: {sentence.text}")
        for sentence in found.sentences:
            say(f"! {workspace.slug}: {sentence.text}")
        for row in found.dead:
            say(f"! {workspace.slug}: {health.gave_up(row)}")
