"""A workspace's own training from the command line: the same job as the page's button and the night's."""

from __future__ import annotations

import click

from rapport.cli import labour
from rapport.cli.ground import migrate, say, stand

VERDICTS = {
    "used": "in use",
    "too_few": "not tried: too few examples",
    "one_sided": "not tried: all examples say the same",
    "no_better": "refused: no better than what is in use",
    "worse": "refused: worse than the shipped model",
    "worse_than_ours": "refused: worse than the model in use",
}


def teach(slug: str) -> None:
    """Train the workspace of this short name, and say how it went. Raises ClickException."""
    stand()
    migrate()
    from rapport.accounts.models import Workspace
    from rapport.learning import training
    from rapport.learning.models import Training

    workspace = Workspace.objects.filter(slug=slug).first()
    if workspace is None:
        names = ", ".join(Workspace.objects.order_by("pk").values_list("slug", flat=True)) or "none"
        raise click.ClickException(f"There is no workspace {slug}. Workspaces here: {names}.")

    def look(job: int) -> labour.Seen:
        far = training.progress(job, workspace)
        if far is None:
            raise click.ClickException("The job is gone: somebody removed it.")
        return labour.Seen(round(far.share * 1_000), 1_000, f"Learning {far.task}", far.done)

    def watch(job: int, rest: labour.Rest) -> None:
        labour.bar("Learning", lambda: look(job), rest)

    job = labour.do(lambda: training.start(workspace), "train", watch, "train")
    far = training.progress(job, workspace)
    if far is None or far.state == "failed":
        raise click.ClickException(far.error if far else "The job is gone: somebody removed it.")
    for task in far.verdicts:
        made = Training.objects.filter(workspace=workspace, task=task).order_by("-pk").first()
        if made is not None:
            say(f"{slug}, {task}: {VERDICTS.get(made.verdict, made.verdict)}. {_figures(made.examples, made.figures)}")


def _figures(examples: int, figures: dict[str, dict[str, float]]) -> str:
    if "after" not in figures:
        return f"{examples:,} examples."
    before, after = figures["before"], figures["after"]
    return (
        f"{examples:,} examples; on {after['n']:,} posts held out, score {before['score']:.3f} before, "
        f"{after['score']:.3f} after."
    )
