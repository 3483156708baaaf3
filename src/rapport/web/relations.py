"""What two people are to each other, as forms: find the other, say it; take it back, and take that back."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rapport.accounts.models import Member
from rapport.core.refusal import Refused
from rapport.inbox import relating
from rapport.inbox.models import Message, Relation
from rapport.people.models import Person
from rapport.web.answering import back, complain, page, say
from rapport.web.organisations import day
from rapport.web.people import found_by
from rapport.web.person import known
from rapport.web.reach import answers, may, member_required, number
from rapport.web.sides import sides

OFFERED = 10


@member_required
def relate(request: HttpRequest, member: Member, id: int) -> HttpResponse:
    """Search (``q``) for the other, choose them (``with``), and POST what the one is to the other (``turned``: back)."""
    person = known(member, id)
    if request.method != "POST":
        chosen = number(request.GET.get("with"))
        return _show(request, member, person, known(member, chosen) if chosen else None)
    may(member.answers, _("You may read here, but not change anything. Ask an owner for another role."))
    other = known(member, number(request.POST.get("with")))
    kind = request.POST.get("kind", "")
    turned = kind.endswith(":of")
    one, two = (other, person) if turned else (person, other)
    source = Message.objects.filter(workspace=member.workspace, pk=number(request.POST.get("message"))).first()
    try:
        made = relating.relate(
            one, kind.removesuffix(":of"), two, by=member, words=request.POST.get("words", ""),
            note=request.POST.get("note", ""), since=day(request.POST.get("since", "")), message=source,
        )  # fmt: skip
    except Refused as refused:
        return _show(request, member, person, other, status=422, refusal=str(refused))
    say(request, _("Kept."), undo=reverse("relation", args=[member.workspace.slug, made.pk]))
    return redirect("person", member.workspace.slug, person.pk)


def _show(
    request: HttpRequest, member: Member, person: Person, other: Person | None, status: int = 200, refusal: str = ""
) -> HttpResponse:
    sought = request.GET.get("q", "").replace("\x00", "").strip()[:200]
    hits = list(found_by(member, sought).exclude(pk=person.pk)[:OFFERED]) if sought and other is None else []
    said = Message.objects.filter(
        identity__person__in=[person, *([other] if other else [])], ours=False, deleted_at=None
    )
    context: dict[str, Any] = {
        "person": person, "other": other, "hits": hits, "sought_person": sought, "refusal": refusal,
        "sides": sides([person, *([other] if other else hits)]),
        "said": {name: request.POST.get(name, "") for name in ("kind", "words", "message", "note", "since")},
        "messages_said": list(said.exclude(text="").order_by("-said_at", "-pk")[:OFFERED]) if other else [],
    }  # fmt: skip
    return page(request, "pages/relation.html", status=status, **context)


@require_POST
@member_required
@answers
def relation(request: HttpRequest, member: Member, id: int) -> HttpResponse:
    """It is not so; ``do=restore``: it is after all."""
    row = get_object_or_404(Relation.objects.filter(workspace=member.workspace), pk=id)
    try:
        if "restore" in {request.GET.get("do"), request.POST.get("do")}:
            relating.restore(row, by=member)
            say(request, _("Undone."))
        else:
            relating.end(row, by=member)
            say(request, _("Removed."), undo=reverse("relation", args=[member.workspace.slug, row.pk]) + "?do=restore")
    except Refused as refused:
        complain(request, str(refused))
    return HttpResponseRedirect(back(request, reverse("person", args=[member.workspace.slug, row.one_id])), status=303)
