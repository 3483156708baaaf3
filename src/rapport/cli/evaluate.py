"""``rapport evaluate``: how often a reading or a decision is right on a file of labelled posts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from rapport.cli.ground import say


@click.command()
@click.argument("task")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--model", type=click.Path(exists=True, file_okay=False, path_type=Path), help="A folder of `rapport train`."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def evaluate(task: str, file: Path, model: Path | None, as_json: bool) -> None:
    """Measure on labelled posts how often it is right.

    TASK is needs, row, urgency, addressed, safety, sentiment, emotion, ekman, complaint, intent, offensive, language,
    promise or frustration; FILE is JSON Lines, plain or gzip. docs/evaluate.md says the fields and the figures.
    """
    from rapport.inbox.triage import evaluate as figures

    try:
        found = figures.evaluate(task, file, model)
    except (ValueError, OSError) as error:
        raise click.ClickException(str(error)) from error
    say(json.dumps(found, ensure_ascii=False) if as_json else _table(found))


def _table(found: dict[str, Any]) -> str:
    lines = [f"{name:<20} {value}" for name, value in found.items() if not isinstance(value, dict)]
    if "per_class" in found:
        lines.append(f"\n{'label':<16} {'precision':>9} {'recall':>9} {'f1':>9} {'n':>7}")
    for label, row in found.get("per_class", {}).items():
        lines.append(f"{label:<16} {row['precision']:>9} {row['recall']:>9} {row['f1']:>9} {row['support']:>7}")
    for source, row in found.get("per_src", {}).items():
        lines.append(f"{source:<16} accuracy {row['accuracy']}, macro F1 {row['macro_f1']}, n {row['n']}")
    for way, row in found.get("trivial", {}).items():
        lines.append(f"trivial: {way.replace('_', ' ')}: {json.dumps(row)}")
    return "\n".join(lines)
