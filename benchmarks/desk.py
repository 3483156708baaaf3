"""G4 and G5, in short: the desk and the search at two sizes of one workspace, side by side in one run (p50 and p95, ms)."""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable
from typing import Any

import ground
from django.db import connection

from rapport.accounts.models import Member
from rapport.channels.base import Batch
from rapport.inbox.models import Conversation, Message, Source
from rapport.ingest import accepting, pipeline

PAGE = 50


def fill(source: Source, items: list[Any]) -> None:
    """Let the messages take the whole line."""
    for start in range(0, len(items), 500):
        accepting.accept(source, Batch(items=tuple(items[start : start + 500])))
        while pipeline.run():
            pass


def timed(ask: Callable[[], Any], times: int = 40) -> dict[str, float]:
    """p50 and p95 of asking, in ms."""
    took = []
    for _ in range(times):
        began = time.perf_counter()
        ask()
        took.append((time.perf_counter() - began) * 1000)
    return {"p50": round(statistics.median(took), 2), "p95": round(statistics.quantiles(took, n=20)[-1], 2)}


def measure(member: Member) -> dict[str, dict[str, float]]:
    """What a person at the desk asks for."""
    mine = Message.objects.filter(workspace_id=member.workspace_id)
    related = ("identity", "source", "assignee")
    return {
        "stream": timed(lambda: list(Conversation.objects.stream("needs", member).select_related(*related)[:PAGE])),
        "counts": timed(lambda: Conversation.counts(member)),
        "search_common": timed(lambda: list(mine.search("router")[:PAGE])),
        "search_two_words": timed(lambda: list(mine.search("router garden")[:PAGE])),
        "search_none": timed(lambda: list(mine.search("zebra")[:PAGE])),
    }


def main(report: Callable[[str], object] = print) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--small", type=int, default=2_000)
    parser.add_argument("--large", type=int, default=40_000)
    asked = parser.parse_args()
    figures: dict[str, Any] = {}
    for name in ground.ENGINES:
        with ground.engine(name):
            source = ground.source()
            member = Member.objects.get(workspace=source.workspace)
            items = list(ground.invented(asked.large))
            fill(source, items[: asked.small])
            small = measure(member)
            fill(source, items[asked.small :])
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute("ANALYZE")
            large = measure(member)
            ratios = {key: round(large[key]["p95"] / small[key]["p95"], 2) for key in large}
            figures[name] = {"ratio": ratios, "small": small, "large": large, "messages": [asked.small, asked.large]}
    report(json.dumps({"G4": figures}, indent=None if asked.json else 2))


if __name__ == "__main__":
    main()
