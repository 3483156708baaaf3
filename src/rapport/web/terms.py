"""*Us*: the handles and names we answer to, our rivals', and what we listen for."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rapport.accounts.models import Member
from rapport.core.refusal import Refused
from rapport.inbox import naming
from rapport.inbox.models import Term
from rapport.web.answering import complain, page, say
from rapport.web.reach import manages, member_required, number


@require_safe
@member_required
def terms(request: HttpRequest, member: Member) -> HttpResponse:
    kept: dict[str, list[Term]] = {kind: [] for kind in Term.Kind.values}
    for term in Term.objects.filter(workspace=member.workspace).order_by("text", "pk"):
        kept[term.kind].append(term)
    return page(request, "pages/terms.html", kept=kept)


@require_POST
@member_required
@manages
def term(request: HttpRequest, member: Member) -> HttpResponse:
    """Add one (``text``), or take one away (``remove``)."""
    try:
        if request.POST.get("remove"):
            naming.forget(member.workspace, number(request.POST["remove"]), by=member)
            say(request, _("Removed. New messages are read without it."))
        else:
            naming.add(member.workspace, request.POST.get("kind", ""), request.POST.get("text", ""), by=member)
            say(request, _("Added. New messages are read with it."))
    except Refused as refused:
        complain(request, str(refused))
    return redirect("terms", member.workspace.slug)
