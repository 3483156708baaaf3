"""Threads of a labelled file, against ten lines that know nothing of Rapport: ``python benchmarks/threads.py DATA``.

The file's rows are shuffled, cut into two halves, and both halves are imported twice, as a person would: once with the
threads that the file names, once with nothing but the ids that replies answer. Compared are the threads, our side's
replies, and the time to the first of them. DATA is a folder with ``labelled/twcs_threads5k.jsonl.gz`` in it.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import tempfile
import time
from collections import defaultdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import ground

from rapport.core import work
from rapport.inbox import checking
from rapport.inbox.models import Message
from rapport.ingest import importing

NAME = "twcs_threads5k.jsonl.gz"
Threads = dict[frozenset[str], tuple[int, timedelta | None]]
"""The ids of a thread → our replies in it, and from their first words to our first after them."""


def independently(rows: list[dict[str, Any]]) -> Threads:
    """The same from the file alone."""
    parent = {row["id"]: row["in_reply_to"] for row in rows}
    groups = defaultdict(list)
    for row in rows:
        root = row["id"]
        while parent.get(root):
            root = parent[root]
        groups[root].append((datetime.fromisoformat(row["created"]), not row["inbound"], row["id"]))
    return {
        frozenset(id for _, _, id in said): measured([(at, ours) for at, ours, _ in said]) for said in groups.values()
    }


def measured(said: list[tuple[datetime, bool]]) -> tuple[int, timedelta | None]:
    asked = min((at for at, ours in said if not ours), default=None)
    answers = [at for at, ours in said if ours and asked is not None and at >= asked]
    return sum(ours for _, ours in said), min(answers) - asked if answers and asked is not None else None


def imported(halves: list[Path], *, named: bool) -> Threads:
    """What Rapport makes of the halves, imported one after the other, and all again."""
    workspace = ground.source().workspace
    for file in (*halves, *halves):
        mapping = importing.look(file, file.name).mapping
        chosen = {field: column for field, column in mapping.items() if named or field != "thread"}
        importing.start(workspace, file, file.name, chosen, by=None)
        while work.run_due(1, only=("import",)):
            pass
    if wrong := checking.miscounted():
        raise SystemExit(f"Counters differ from a recount: {wrong}")
    groups = defaultdict(list)
    fields = ("conversation_id", "said_at", "ours", "external_id")
    for conversation, at, ours, id in Message.objects.filter(workspace=workspace).values_list(*fields):
        groups[conversation].append((at, ours, id))
    return {
        frozenset(id for _, _, id in said): measured([(at, ours) for at, ours, _ in said]) for said in groups.values()
    }


def compared(folder: Path, engine: str, seed: int) -> dict[str, Any]:
    rows = [json.loads(line) for line in gzip.decompress((folder / NAME).read_bytes()).splitlines()]
    random.Random(seed).shuffle(rows)
    with tempfile.TemporaryDirectory() as place, ground.engine(engine):
        halves = []
        for number, half in enumerate((rows[: len(rows) // 2], rows[len(rows) // 2 :])):
            halves.append(Path(place) / f"half{number}.jsonl")
            halves[-1].write_text("".join(json.dumps(row) + "\n" for row in half))
        right = independently(rows)
        figures: dict[str, Any] = {"engine": engine, "seed": seed, "rows": len(rows), "threads": len(right),
                                   "our_replies": sum(ours for ours, _ in right.values())}  # fmt: skip
        for named in (True, False):
            began = time.perf_counter()
            found = imported(halves, named=named)
            how = "named" if named else "by_reply_ids"
            figures[how] = {
                "threads": len(found),
                "same_threads": len(found.keys() & right.keys()),
                "our_replies": sum(ours for ours, _ in found.values()),
                "same_first_reply": sum(found.get(ids) == right[ids] for ids in right),
                "seconds": round(time.perf_counter() - began, 1),
            }
    return figures


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("data", type=Path)
    ask.add_argument("--as-json", action="store_true")
    ask.add_argument("--seed", type=int, default=7)
    given = ask.parse_args()
    folder = given.data / "labelled" if (given.data / "labelled").is_dir() else given.data
    if not (folder / NAME).is_file():
        raise SystemExit(f"There is no {NAME} in {folder}.")
    for engine in ground.ENGINES:
        figures = compared(folder, engine, given.seed)
        if given.as_json:
            print(json.dumps(figures))
            continue
        print(
            f"{engine}: {figures['rows']} rows, {figures['threads']} threads, {figures['our_replies']} replies of ours"
        )
        for how in ("named", "by_reply_ids"):
            print(f"  {how:12}", "  ".join(f"{name} {value}" for name, value in figures[how].items()))
        if any(figures[how][what] != figures["threads"] for how in ("named", "by_reply_ids")
               for what in ("threads", "same_threads", "same_first_reply")):  # fmt: skip
            raise SystemExit("They differ.")


if __name__ == "__main__":
    main()
