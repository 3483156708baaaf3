"""``rapport train``: a model of one's own from a file of labelled posts."""

from __future__ import annotations

import json
from pathlib import Path

import click

from rapport.cli.ground import say


@click.command()
@click.argument("task", required=False)
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Where the model is kept.")
@click.option("--workspace", help="Train this workspace's own model from what its people did and corrected.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def train(task: str | None, file: Path | None, out: Path | None, workspace: str | None, as_json: bool) -> None:
    """Learn from labelled posts, and keep the model.

    TASK is sentiment, emotion, ekman, complaint, intent, offensive or language; FILE is JSON Lines, plain or gzip, with
    a text and a label in each line. The labels are those of the file. A fifth of the posts is set aside first, to say
    how often the model is right; the model that is kept has learned from all. Measure it on other posts with
    `rapport evaluate TASK FILE --model DIR`.

    With --workspace NAME instead, the workspace learns from its own corrections, as it does each night.
    """
    if workspace:
        from rapport.cli.teaching import teach

        teach(workspace)
        return
    if task is None or file is None or out is None:
        raise click.UsageError("Give TASK, FILE and --out DIR; or --workspace NAME.")
    from rapport.inbox.triage.learning import learn

    try:
        found = learn(task, file, out, progress=None if as_json else _progress)
    except (ValueError, OSError) as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        say(json.dumps(found, ensure_ascii=False))
        return
    _progress(1.0, "done")
    click.echo("", err=True)
    held = found["held_out"]
    say(f"{found['model']}: learned from {found['posts']} posts of {len(found['by_label'])} labels, version "
        f"{found['version']}.")  # fmt: skip
    if held:
        say(f"On {held['n']} posts set aside: " + ", ".join(f"{key.replace('_', ' ')} {held[key]}" for key in SHOWN
            if key in held) + ".")  # fmt: skip


SHOWN = ("accuracy", "macro_f1", "macro_recall", "ece", "in_scope_accuracy", "out_of_scope_recall")


def _progress(share: float, what: str) -> None:
    click.echo(f"\r{share:>5.0%} {what:<24}", nl=False, err=True)
