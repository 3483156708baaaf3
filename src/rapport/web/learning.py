"""The page Learning: what there is to learn from, how the last trainings went, train now, go back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rapport.accounts.models import Member
from rapport.core.refusal import Refused
from rapport.learning import acts, labelling, training
from rapport.learning.models import Training
from rapport.web.answering import complain, page, say, wants_fragment
from rapport.web.reach import manages, member_required
from rapport.web.words import EXAMPLES, TASKS

SHOWN = 12
_SCORES = ("score", "found", "right", "spared", "accuracy")


@dataclass(frozen=True)
class Row:
    """One training as the page shows it: shares are 0..1, None where it was not measured."""

    training: Training
    verdict: str
    before: dict[str, Any]
    after: dict[str, Any]

    @property
    def judged(self) -> int:
        return int(self.after.get("n", 0))


@require_safe
@member_required
@manages
def learning(request: HttpRequest, member: Member) -> HttpResponse:
    """Examples by source, what is in use, how the trainings went; while one runs, how far it is."""
    there = member.workspace
    job = training.latest(there)
    far = training.progress(job.pk, there) if job else None
    if wants_fragment(request, "training"):
        return page(request, "pages/_training.html", far=far)
    rows = [_row(one) for one in Training.objects.filter(workspace=there).order_by("-pk").select_related("by")[:SHOWN]]
    counted = acts.counts(there)
    context: dict[str, Any] = {
        "far": far,
        "rows": rows,
        "used": {row.training.task: row for row in rows if row.training.in_use} | _in_use(member),
        "examples": [
            (task, [(EXAMPLES[name], n) for name, n in sorted(some.items())]) for task, some in counted.items()
        ],
        "agreements": [(TASKS[task], labelling.agreed(there, task)) for task in labelling.ASKED],
        "scores": _SCORES,
    }
    return page(request, "pages/learning.html", **context)


@require_POST
@member_required
@manages
def train(request: HttpRequest, member: Member) -> HttpResponse:
    """Learn now: put the job down, or find the one that runs."""
    training.start(member.workspace, by=member)
    return redirect("learning", member.workspace.slug)


@require_POST
@member_required
@manages
def roll_back(request: HttpRequest, member: Member) -> HttpResponse:
    """Put in use what was in use before."""
    try:
        before = training.roll_back(member.workspace, request.POST.get("task", ""), by=member)
    except Refused as refused:
        complain(request, str(refused))
    else:
        say(request, _("The model before is in use again.") if before else _("Only the shipped model is in use now."))
    return redirect("learning", member.workspace.slug)


def _row(one: Training) -> Row:
    verdict = "earlier" if one.verdict == "used" and not one.in_use else one.verdict
    return Row(one, verdict, one.figures.get("before", {}), one.figures.get("after", {}))


def _in_use(member: Member) -> dict[str, Row]:
    rows = Training.objects.filter(workspace=member.workspace, in_use=True).select_related("by")
    return {one.task: _row(one) for one in rows}
