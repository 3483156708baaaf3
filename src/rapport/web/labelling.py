"""The page for labelling: one post at a time, one key or thumb for each answer, and an undo."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rapport.accounts.models import Member
from rapport.core.refusal import Refused
from rapport.inbox.models import Message
from rapport.learning import labelling
from rapport.learning.choosing import WANTED
from rapport.learning.models import Task
from rapport.web import keys
from rapport.web.answering import complain, page, say
from rapport.web.reach import answers, member_required, number
from rapport.web.words import NEEDS, TASKS, VALENCES

ANSWERS = {
    "needs": (("yes", keys.YES, NEEDS["yes"]), ("no", keys.NO, NEEDS["no"])),
    "valence": (
        ("negative", keys.DISPLEASED, VALENCES["negative"]),
        ("neutral", keys.EVEN, VALENCES["neutral"]),
        ("positive", keys.PLEASED, VALENCES["positive"]),
    ),
}


@require_safe
@member_required
@answers
def labels(request: HttpRequest, member: Member) -> HttpResponse:
    """The next post, with the answers; or that there is none."""
    task = _task(request.GET.get("task"))
    done = labelling.done_by(member, task)
    context: dict[str, Any] = {
        "task": task,
        "question": labelling.next_for(member, task),
        "answers": ANSWERS[task],
        "done": done,
        "of_ten": done % WANTED,
        "wanted": WANTED,
        "tabs_": [(f"?task={name}", words, "", name == task) for name, words in TASKS.items() if name in ANSWERS],
    }
    return page(request, "pages/labels.html", **context)


@require_POST
@member_required
@answers
def answer(request: HttpRequest, member: Member) -> HttpResponse:
    """Keep it, and the next one."""
    task = _task(request.POST.get("task"))
    row = Message.objects.filter(workspace=member.workspace, pk=number(request.POST.get("message")))
    message = row.select_related("conversation").first()
    if message is None:
        raise Http404
    try:
        made = labelling.answer(message, task, request.POST.get("answer", ""), by=member)
    except Refused as refused:
        complain(request, str(refused))
    else:
        undo = reverse("label_undo", args=[member.workspace.slug])
        said = _("Kept, and brought to the desk.") if made.lifted else _("Kept.")
        say(request, said, undo=f"{undo}?task={task}")
    return _to(member, task)


@require_POST
@member_required
@answers
def take_back(request: HttpRequest, member: Member) -> HttpResponse:
    """One's own latest answer is taken back; the post is asked again."""
    task = _task(request.GET.get("task") or request.POST.get("task"))
    try:
        message = labelling.take_back(member, task)
    except Refused as refused:
        complain(request, str(refused))
    else:
        say(request, _("Undone.") if message else _("There is nothing to undo."))
    return _to(member, task)


def _task(name: str | None) -> str:
    return name if name in ANSWERS else Task.NEEDS.value


def _to(member: Member, task: str) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('labels', args=[member.workspace.slug])}?task={task}", status=303)
