"""Merging by hand: find the other, see what joins, do it; and taking a merge back."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rapport.accounts.models import Member
from rapport.core.refusal import Refused
from rapport.inbox.models import Conversation
from rapport.people import comparing, merging
from rapport.people.models import Merge, Order, Person
from rapport.web.answering import complain, page, say
from rapport.web.people import found_by
from rapport.web.person import known
from rapport.web.reach import may, member_required, number
from rapport.web.sides import sides, told_apart

OFFERED = 10


@member_required
def merge(request: HttpRequest, member: Member, id: int) -> HttpResponse:
    """Search (``q``) for the other, look at both (``with``), and POST ``with`` to merge them."""
    person = known(member, id)
    if request.method == "POST":
        may(member.answers, _("You may read here, but not change anything. Ask an owner for another role."))
        other = known(member, number(request.POST.get("with")))
        if request.POST.get("do") == "part":
            return _part(request, member, person, other)
        try:
            made = merging.merge(person, other, by=member, why=request.POST.get("why", ""))
        except Refused as refused:
            return _show(request, member, person, other, status=422, refusal=str(refused))
        undo = reverse("unmerge", args=[member.workspace.slug, made.pk])
        say(request, _("They are one person now."), undo=undo)
        return redirect("person", member.workspace.slug, made.kept.pk)
    chosen = number(request.GET.get("with"))
    return _show(request, member, person, known(member, chosen) if chosen else None)


def _part(request: HttpRequest, member: Member, person: Person, other: Person) -> HttpResponse:
    """They are two; said once, it holds."""
    try:
        comparing.keep_apart(person, other, by=member)
    except Refused as refused:
        return _show(request, member, person, other, status=422, refusal=str(refused))
    say(request, _("They are kept apart, and are not suggested again."))
    return redirect("person", member.workspace.slug, person.pk)


def _show(
    request: HttpRequest, member: Member, person: Person, other: Person | None, status: int = 200, refusal: str = ""
) -> HttpResponse:
    words = request.GET.get("q", "").replace("\x00", "").strip()[:200]
    hits = list(found_by(member, words).exclude(pk=person.pk)[:OFFERED]) if words and other is None else []
    both = [person, *([other] if other else hits)]
    beside = sides(both)
    context: dict[str, Any] = {
        "person": person, "other": other, "hits": hits, "sought_person": words, "sides": beside, "refusal": refusal,
        "called": told_apart(beside[person.pk], beside[other.pk])[0] if other else "",
        "joins": _joins(member, other) if other else None,
        "apart": comparing.between(person, other) if other else None,
    }  # fmt: skip
    return page(request, "pages/merge.html", status=status, **context)


def _joins(member: Member, other: Person) -> dict[str, int]:
    """How much comes along."""
    talks = Conversation.objects.seen_by(member).filter(identity__person=other)
    return {"talks": talks.count(), "orders": Order.objects.filter(person__in=other.everyone()).count()}


@require_POST
@member_required
def unmerge(request: HttpRequest, member: Member, id: int) -> HttpResponse:
    """Take a merge back; the two are two again."""
    may(member.answers, _("You may read here, but not change anything. Ask an owner for another role."))
    made = get_object_or_404(Merge.objects.select_related("kept", "other"), workspace=member.workspace, pk=id)
    try:
        merging.unmerge(made, by=member)
    except Refused as refused:
        complain(request, str(refused))
    else:
        say(request, _("They are two persons again."))
    if request.GET.get("to") == "same":  # whoever goes through the pairs stays with them
        return redirect("same", member.workspace.slug)
    return redirect("person", member.workspace.slug, made.kept.pk)
