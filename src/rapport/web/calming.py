"""A person says that nobody is stuck in a conversation, or takes that back."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rapport.accounts.models import Member
from rapport.inbox import straining
from rapport.web import streams
from rapport.web.answering import say
from rapport.web.conversation import found
from rapport.web.reach import answers, member_required
from rapport.web.verbs import to


@require_POST
@member_required
@answers
def calm(request: HttpRequest, member: Member, id: int) -> HttpResponse:
    """Nobody is stuck here; or (``do`` is ``restore``) that is taken back."""
    row = found(member, id)
    if "restore" in {request.POST.get("do"), request.GET.get("do")}:
        straining.uncalm(row, by=member)
        say(request, _("Undone."))
    else:
        straining.calm(row, by=member)
        again = reverse("calm", args=[member.workspace.slug, row.pk]) + "?do=restore"
        say(request, _("Noted: nobody is stuck here."), undo=again)
    return to(row, streams.named(request.POST.get("stream")))
