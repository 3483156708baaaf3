"""``rapport check``: is what we count what there is, and does anything lie stuck?"""

from __future__ import annotations

import click

from rapport.cli.ground import migrate, say, stand


@click.command()
def check() -> None:
    """Recount the counters; list what is set aside."""
    stand()
    migrate()
    from rapport.core.models import Work
    from rapport.inbox import checking
    from rapport.inbox.models import Arrival

    wrong = checking.miscounted()
    for workspace, key, counted, real in wrong:
        say(f"{workspace}: {key} is counted as {counted}, but there are {real}.")
    poison = Arrival.objects.exclude(poison_at=None).count()
    dead = Work.objects.exclude(dead_at=None).count()
    waiting = Arrival.objects.filter(done_at=None, poison_at=None).count()
    say(f"{waiting} arrivals wait for the line, {poison} were set aside, {dead} jobs gave up.")
    say("The counters are right." if not wrong else f"{len(wrong)} counters are wrong.")
    if wrong:
        raise SystemExit(1)
