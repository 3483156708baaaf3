"""Who works here: the list, invitations, roles."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rapport.accounts import joining
from rapport.accounts.models import Member, Role
from rapport.core.refusal import Refused
from rapport.web.answering import complain, page, say
from rapport.web.reach import manages, may, member_required, owns

NOBODY: dict[str, Any] = {"refusal": "", "name": "", "role": Role.AGENT.value, "invited": None, "address": ""}
"""The page when nobody is being invited."""


@member_required
def members(request: HttpRequest, member: Member) -> HttpResponse:
    """The list; POST invites somebody, and shows their one-time link this once."""
    context = dict(NOBODY)
    status = 200
    if request.method == "POST":
        may(member.manages, _("Only an owner or a manager can invite somebody. Ask one of them."))
        context |= {"name": request.POST.get("name", ""), "role": request.POST.get("role", "")}
        try:
            invited, token = joining.invite(member.workspace, context["name"], context["role"], by=member)
        except Refused as refused:
            context["refusal"], status = str(refused), 422
        else:
            context |= {"invited": invited, "name": "", "address": _address(request, token)}
    return _show(request, member, context, status)


def _show(request: HttpRequest, member: Member, context: dict[str, Any], status: int) -> HttpResponse:
    people = member.workspace.members.active().select_related("user").order_by("name", "pk")
    offered = [role for role in Role.values if role != Role.OWNER or member.role == Role.OWNER]
    return page(request, "pages/members.html", status=status, people=people, roles=offered, **context)


@require_POST
@member_required
@manages
def link(request: HttpRequest, member: Member, id: int) -> HttpResponse:
    """A new one-time link for somebody who has no login yet."""
    colleague = _colleague(member, id)
    try:
        token = joining.link_again(colleague, by=member)
    except Refused as refused:
        complain(request, str(refused))
        return redirect("members", member.workspace.slug)
    shown = {"invited": colleague, "address": _address(request, token)}
    return _show(request, member, NOBODY | shown, 200)


@require_POST
@member_required
@owns
def role(request: HttpRequest, member: Member, id: int) -> HttpResponse:
    """Another role, or (``leave``) none."""
    colleague, wanted = _colleague(member, id), request.POST.get("role", "")
    try:
        if wanted == "leave":
            joining.remove(colleague, by=member)
            say(request, _("%(name)s is no longer a member.") % {"name": colleague.name})
        else:
            joining.change_role(colleague, wanted, by=member)
            say(request, _("%(name)s has another role now.") % {"name": colleague.name})
    except Refused as refused:
        complain(request, str(refused))
    return redirect("members", member.workspace.slug)


def _colleague(member: Member, id: int) -> Member:
    found = member.workspace.members.active().filter(pk=id).first()
    if found is None:
        raise Http404
    return found


def _address(request: HttpRequest, token: str) -> str:
    return request.build_absolute_uri(reverse("welcome", args=[token]))
