"""``python -m tests.soak [--minutes 30] [--seed 7] [--postgresql]``: a table, and 1 where anything is wrong."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests import postgresql
from tests.journeys.servers import callback
from tests.peers import dovecot
from tests.peers.bluesky.network import Network, missing, network
from tests.peers.faults import way_to
from tests.peers.feeds import site
from tests.soak.doors import Chat, Feed, Files, Webhook
from tests.soak.house import House
from tests.soak.letters import Mail
from tests.soak.places import Place, networks
from tests.soak.running import Plan, Report, Soak


@contextmanager
def places(there: Network, *, ours_alone: bool, rows: int, pace: float) -> Iterator[list[Place]]:
    """Every place, running. ``ours_alone``: nobody else uses these servers of Bluesky."""
    before = os.environ.get("SSL_CERT_FILE")
    with ExitStack() as stack:
        found = stack.enter_context(networks(there, ours_alone=ours_alone))
        mail = stack.enter_context(dovecot.running())
        os.environ["SSL_CERT_FILE"] = str(mail.ca)
        company = stack.enter_context(callback())
        way = stack.enter_context(way_to(company.url.rpartition("/")[0]))
        blog = stack.enter_context(site())
        found += [Mail(mail), Webhook(company, way), Chat(), Feed(blog), Files(rows, pace)]
        try:
            yield found
        finally:
            os.environ.pop("SSL_CERT_FILE", None)
            if before:
                os.environ["SSL_CERT_FILE"] = before


def soak(
    there: Network,
    folder: Path,
    plan: Plan,
    *,
    database: str = "",
    ours_alone: bool,
    rows: int,
    pace: float,
    tell: Callable[[str], object] = len,
) -> Report:
    """One soak on everything that is wanted for it. ``rows`` of each file, one every ``pace`` seconds; ``tell`` hears
    once a minute how it goes."""
    house = House(folder / "data", database)
    with places(there, ours_alone=ours_alone, rows=rows, pace=pace) as all_of_them:
        try:
            return Soak(house, all_of_them, plan, tell).run()
        finally:
            house.close()


def main() -> int:
    ask = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    ask.add_argument("--minutes", type=float, default=30.0, help="of traffic; the account takes a minute or two more")
    ask.add_argument("--seed", type=int, default=7)
    ask.add_argument("--postgresql", action="store_true", help="instead of SQLite")
    given = ask.parse_args()
    if why := missing():
        sys.stdout.write(f"{why}\n")
        return 2
    os.environ["RAPPORT_ALLOW_LOOPBACK"] = "1"
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # whoever ends it finds no server of it afterwards
    plan = Plan(given.minutes * 60, given.seed, pause=2.0, kills=max(2, round(given.minutes / 4)), settle=300.0)
    with ExitStack() as stack:
        folder = Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="rapport-soak-", ignore_cleanup_errors=True))
        )
        database = stack.enter_context(postgresql.database(durable=True)) if given.postgresql else ""
        there = stack.enter_context(network())

        def tell(words: str) -> None:
            sys.stderr.write(f"{words}\n")
            sys.stderr.flush()

        report = soak(
            there, folder, plan, database=database, ours_alone=True, rows=1_000, pace=120.0, tell=tell
        )  # fmt: skip
        (Path(tempfile.gettempdir()) / "rapport-soak.log").write_text("\n".join(report.log))
    words = [*report.lines, "", *(report.wrong[:60] or ["Every message is accounted for."])]
    sys.stdout.write("\n".join(words) + "\n")
    return 1 if report.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
