"""Views: kept filters as streams of the desk and as saved searches; the list of them, and what changes it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from rapport.accounts.models import Member
from rapport.core.refusal import Refused
from rapport.inbox import viewing
from rapport.inbox.filtering import reading
from rapport.inbox.filtering.conditions import Sight
from rapport.inbox.models import View
from rapport.web import operators, streams
from rapport.web.answering import complain, page, say, wants_fragment
from rapport.web.reach import member_required, number


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def views(request: HttpRequest, member: Member) -> HttpResponse:
    """The list; a POST keeps one more. The strip on the desk asks here for its counts."""
    if request.method == "POST":
        return _keep(request, member)
    if wants_fragment(request, "views"):
        stream = streams.asked(request.GET.get("stream"), None)
        return page(request, "desk/_views.html", views=counted(member), stream=stream, counted=True)
    return _list(request, member)


@require_POST
@member_required
def change(request: HttpRequest, member: Member, id: int) -> HttpResponse:
    row, posted = _found(member, id), request.POST
    shared, on_desk = bool(posted.get("shared")), bool(posted.get("on_desk"))
    try:
        viewing.change(row, posted.get("name", ""), posted.get("words", ""), by=member, shared=shared, on_desk=on_desk)
    except Refused as refused:
        return _list(request, member, refusal=str(refused), wrong=row.pk, status=422)
    say(request, _("Changed."))
    return _to_list(member)


@require_POST
@member_required
def move(request: HttpRequest, member: Member, id: int) -> HttpResponse:
    step = -1 if request.POST.get("to") == "up" else 1
    return _do(request, member, lambda: viewing.move(_found(member, id), step, by=member))


@require_POST
@member_required
def removal(request: HttpRequest, member: Member, id: int) -> HttpResponse:
    row = _found(member, id)
    undo = reverse("view_return", args=[member.workspace.slug, row.pk])
    said = _("Removed: %(name)s.") % {"name": row.name}
    return _do(request, member, lambda: viewing.remove(row, by=member), said, undo)


@require_POST
@member_required
def come_back(request: HttpRequest, member: Member, id: int) -> HttpResponse:
    row = View.objects.filter(workspace=member.workspace, pk=id).first()
    if row is None or not row.changed_by(member):
        raise Http404
    return _do(request, member, lambda: viewing.put_back(row, by=member), _("It is back."))


def on_desk(member: Member) -> list[View]:
    """The views that stand below the six streams."""
    return list(View.objects.seen_by(member).filter(on_desk=True))


def counted(member: Member) -> list[View]:
    """The same, each with ``held``: how many one sees who opens it, up to 200, else *200+*."""
    rows, sight = on_desk(member), Sight.of(member)
    for row in rows:
        many, more = reading.count(viewing.filter_of(row), sight)
        row.held = f"{many}+" if more else str(many)  # type: ignore[attr-defined]
    return rows


def _keep(request: HttpRequest, member: Member) -> HttpResponse:
    name, words = request.POST.get("name", ""), request.POST.get("words", "")
    shared, on_desk = bool(request.POST.get("shared")), bool(request.POST.get("on_desk"))
    try:
        row = viewing.keep(name, words, by=member, shared=shared, on_desk=on_desk)
    except Refused as refused:
        typed = {"name": name, "words": words, "shared": shared, "on_desk": on_desk}
        return _list(request, member, refusal=str(refused), typed=typed, status=422)
    say(request, _("Kept: %(name)s.") % {"name": row.name})
    if row.on_desk:
        return HttpResponseRedirect(reverse("desk", args=[member.workspace.slug]) + f"?view={row.pk}", status=303)
    return _to_list(member)


def _list(request: HttpRequest, member: Member, *, status: int = 200, **more: Any) -> HttpResponse:
    rows = list(View.objects.seen_by(member).select_related("member"))
    for row in rows:
        row.mine = row.changed_by(member)  # type: ignore[attr-defined]
    context = {"rows": rows, "refusal": "", "wrong": 0, "typed": None, "help": operators.HELP} | more
    return page(request, "pages/views.html", status=status, **context)


def _found(member: Member, id: int) -> View:
    row = View.objects.seen_by(member).filter(pk=number(id)).first()
    if row is None:
        raise Http404
    return row


def _do(
    request: HttpRequest, member: Member, act: Callable[[], object], said: str = "", undo: str = ""
) -> HttpResponse:
    try:
        act()
    except Refused as refused:
        complain(request, str(refused))
    else:
        if said:
            say(request, said, undo=undo)
    return _to_list(member)


def _to_list(member: Member) -> HttpResponse:
    return HttpResponseRedirect(reverse("views", args=[member.workspace.slug]), status=303)
