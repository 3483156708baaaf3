"""The demo: its door, and, inside a demo workspace, what is made up, its clock, and a seat for a second browser."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from rapport.accounts.models import Member
from rapport.ingest import demo as world
from rapport.ingest import pretending
from rapport.web.answering import back, page, wants_fragment
from rapport.web.reach import answers, manages, member_required


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
@manages
def demo(request: HttpRequest, member: Member) -> HttpResponse:
    """POST: plant the demo world in a workspace of its own, and go there. GET, inside one: what it is."""
    if request.method == "POST":
        return redirect("desk", world.plant(member.user).workspace.slug)
    return _show(request, _inside(member))


@require_POST
@member_required
@answers
def clock(request: HttpRequest, member: Member) -> HttpResponse:
    """Nobody new writes for a while, or they go on."""
    turn = pretending.go_on if request.POST.get("turn") == "on" else pretending.pause
    turn(_inside(member).workspace, by=member)
    if wants_fragment(request, "demo-sign"):
        return page(request, "parts/_demo.html")
    return redirect(back(request, reverse("desk", args=[member.workspace.slug])))


@require_POST
@member_required
@manages
def seat(request: HttpRequest, member: Member, id: int) -> HttpResponse:
    """A one-time link that lets a second browser in as a colleague."""
    colleague = _inside(member).workspace.members.active().exclude(pk=member.pk).filter(pk=id).first()
    if colleague is None:
        raise Http404
    address = request.build_absolute_uri(reverse("welcome", args=[colleague.make_link()]))
    return _show(request, member, invited=colleague, address=address)


def _inside(member: Member) -> Member:
    if not member.workspace.demo:
        raise Http404
    return member


def _show(request: HttpRequest, member: Member, **more: Any) -> HttpResponse:
    people = member.workspace.members.active().exclude(pk=member.pk).order_by("name", "pk")
    return page(request, "pages/demo.html", people=people, **({"invited": None, "address": ""} | more))
