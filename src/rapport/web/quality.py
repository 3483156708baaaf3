"""How well do we read? What people corrected, what a blind sample of silence missed, and whether answers are fair."""

from __future__ import annotations

from datetime import timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rapport.accounts.models import Member
from rapport.core.database import now
from rapport.core.refusal import Refused
from rapport.inbox import accuracy, auditing
from rapport.inbox import fairness as fair
from rapport.inbox.models import SilencePick
from rapport.web import traits
from rapport.web.answering import complain, page, say
from rapport.web.reach import answers, manages, member_required, number

SPANS = (30, 90, 365)


def _days(request: HttpRequest) -> int:
    asked = number(request.GET.get("days"))
    return asked if asked in SPANS else 90


@require_safe
@member_required
def quality(request: HttpRequest, member: Member) -> HttpResponse:
    """The one place: accuracy from corrections, the audit of silence, and the way to the page on fairness."""
    days = _days(request)
    found = accuracy.read(member.workspace, now(), days)
    weeks = auditing.weeks(member.workspace)
    return page(
        request, "pages/quality.html", found=found, weeks=weeks, together=auditing.together(weeks), days=days,
        spans=SPANS, most=accuracy.LOOKED_AT, waiting=auditing.waiting(member.workspace),
    )  # fmt: skip


@require_safe
@member_required
def fairness(request: HttpRequest, member: Member) -> HttpResponse:
    """Who is answered, and how soon, by what must never weigh."""
    days = _days(request)
    found = fair.read(member.workspace, now(), days)
    return page(
        request,
        "pages/fairness.html",
        found=found,
        days=days,
        spans=SPANS,
        most=fair.LOOKED_AT,
        enough=fair.ENOUGH,
        traits=traits,
    )


@require_safe
@member_required
@answers
def silence(request: HttpRequest, member: Member) -> HttpResponse:
    """The next message of the sample, blind."""
    shown = auditing.following(member)
    return page(request, "pages/silence.html", shown=shown, waiting=auditing.waiting(member.workspace))


@require_POST
@member_required
@manages
def draw(request: HttpRequest, member: Member) -> HttpResponse:
    """Draw last week's sample now, and not when the worker comes to it."""
    last = auditing.monday(now()) - timedelta(days=7)
    if auditing.draw(member.workspace, last) is None:
        say(request, _("Last week nothing was left unanswered: there is nothing to draw."))
        return redirect("quality", member.workspace.slug)
    return redirect("silence_audit", member.workspace.slug)


@require_POST
@member_required
@answers
def verdict(request: HttpRequest, member: Member, id: int) -> HttpResponse:
    """What one message needed; or (``do`` is ``restore``) that is taken back."""
    pick = SilencePick.objects.filter(round__workspace=member.workspace, pk=id).select_related("message").first()
    if pick is None:
        raise Http404
    address = reverse("silence_verdict", args=[member.workspace.slug, pick.pk])
    try:
        if "restore" in {request.POST.get("do"), request.GET.get("do")}:
            auditing.unjudge(pick, by=member)
            say(request, _("Undone."))
        else:
            said = request.POST.get("verdict", "")
            auditing.judge(pick, said, by=member)
            missed = said == "missed"
            words = _("Missed: it is on the desk now.") if missed else _("Noted.")
            say(request, words, undo=f"{address}?do=restore")
    except Refused as refused:
        complain(request, str(refused))
    return redirect("silence_audit", member.workspace.slug)
