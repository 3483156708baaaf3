"""Health: how each source does, what was set aside, which jobs gave up, each with a button to try again."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rapport.accounts.models import Member
from rapport.core import work
from rapport.core.database import now
from rapport.core.models import Work
from rapport.inbox import health, vouching
from rapport.inbox.models import Source
from rapport.web.answering import page, say
from rapport.web.reach import manages, member_required
from rapport.web.sources import set_aside


@require_safe
@member_required
def wellbeing(request: HttpRequest, member: Member) -> HttpResponse:
    """The same sentences as ``rapport check``."""
    found = health.look(member.workspace, now())
    dead = [(row, health.gave_up(row)) for row in found.dead]
    return page(request, "pages/health.html", health=found, dead=dead, poison=set_aside(member.workspace))


@require_POST
@member_required
@manages
def work_again(request: HttpRequest, member: Member, id: int) -> HttpResponse:
    """Try a job again that gave up."""
    row = Work.objects.filter(workspace_id=member.workspace_id, pk=id).exclude(dead_at=None).first()
    if row is None:
        raise Http404
    work.again(row.pk)
    say(request, _("Trying again. If it fails once more, it comes back here."))
    return redirect("wellbeing", member.workspace.slug)


@require_POST
@member_required
@manages
def vouch_again(request: HttpRequest, member: Member, id: int) -> HttpResponse:
    """Look up again who vouches for a mailbox's mail."""
    row = Source.objects.filter(workspace=member.workspace, pk=id).first()
    if row is None:
        raise Http404
    vouching.again(row, by=member)
    say(request, _("It is looked up again; that takes a minute at most."))
    return redirect("wellbeing", member.workspace.slug)
