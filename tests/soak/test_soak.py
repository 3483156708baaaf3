"""The soak in two minutes: all channels at once, everything goes wrong, Rapport dies twice; all is accounted for."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.peers import dovecot
from tests.peers.bluesky.network import Network
from tests.soak.__main__ import soak
from tests.soak.ledger import place
from tests.soak.running import Plan

pytestmark = pytest.mark.slow
PLAN = Plan(seconds=55.0, seed=int(os.environ.get("SOAK_SEED", "7")), pause=0.7, kills=2, settle=150.0, least=8)


@pytest.mark.long
def test_two_minutes_of_everything_at_once_with_everything_going_wrong(
    tmp_path: Path, migrated: Path, bluesky_network: Network
) -> None:
    (tmp_path / "data").mkdir()
    shutil.copy(migrated, tmp_path / "data" / "rapport.sqlite3")
    try:
        report = soak(bluesky_network, tmp_path, PLAN, ours_alone=False, rows=500, pace=600.0)
    except dovecot.Absent as absent:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(absent))
    table = "\n".join(report.lines)
    assert report.wrong == [], f"{table}\n\n" + "\n".join(report.wrong)
    facts = report.facts
    assert facts.troubles["rapport: killed"] == 2
    assert len(facts.said) > 550 and len(facts.out) >= 8, table
    spoke = {place(mark) for mark in facts.said}
    assert spoke == {"bluesky", "bluesky_posts", "mastodon", "mail", "webhook", "chat", "feeds", "files"}, table
    assert facts.heard and sum(facts.troubles.values()) >= 15, table
