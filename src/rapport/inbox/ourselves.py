"""Ourselves: the workspace's Terms as the ``Us`` that reading takes."""

from __future__ import annotations

from rapport.accounts.models import Workspace
from rapport.inbox.models import Term
from rapport.understanding.reading import Us


def us_of(workspace: Workspace) -> Us:
    """Who we are, in one query."""
    words: dict[str, list[str]] = {kind: [] for kind in Term.Kind.values}
    for kind, text in Term.objects.filter(workspace=workspace).order_by("id").values_list("kind", "text"):
        words[kind].append(text)
    return Us(
        handles=tuple(words["handle"]),
        names=tuple(words["name"]),
        rivals=tuple(words["rival"]),
        terms=tuple(words["topic"]),
        languages=tuple(workspace.languages),
        zone=workspace.zone,
    )
