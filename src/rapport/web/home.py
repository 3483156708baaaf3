"""Home: one's workspace, or the choice between several, or what to do with none. And making a new one."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from rapport.accounts import founding
from rapport.accounts.models import Role
from rapport.core.refusal import Refused
from rapport.web.answering import page
from rapport.web.reach import memberships


@require_safe
@login_required
def home(request: HttpRequest) -> HttpResponse:
    mine = memberships(request)
    if len(mine) == 1:
        return redirect("desk", mine[0].workspace.slug)
    return page(request, "pages/home.html", may_found=_may_found(request))


@login_required
def new(request: HttpRequest) -> HttpResponse:
    """A further workspace, made by somebody who owns one."""
    if not _may_found(request):
        raise PermissionDenied(_("Only an owner of a workspace can make another one."))
    name = request.POST.get("name", "")
    if request.method != "POST":
        return page(request, "pages/new.html", name="", refusal="")
    try:
        owner = founding.found(name, owner_name=memberships(request)[0].name, user=memberships(request)[0].user)
    except Refused as refused:
        return page(request, "pages/new.html", status=422, name=name, refusal=str(refused))
    return redirect("desk", owner.workspace.slug)


def _may_found(request: HttpRequest) -> bool:
    return any(member.role == Role.OWNER for member in memberships(request))
