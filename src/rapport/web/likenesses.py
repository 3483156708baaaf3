"""*Same person?*: pairs who may be one human, side by side with what speaks for it, and what a member says of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rapport.accounts.models import Member
from rapport.core.database import now
from rapport.core.refusal import Refused
from rapport.people import comparing, merging
from rapport.people.likeness import Sign
from rapport.people.models import Apart, Identity, Likeness
from rapport.web.answering import complain, page, say
from rapport.web.reach import answers, member_required, number
from rapport.web.sides import sides, told_apart

PAIRS = 10


@require_safe
@member_required
def likenesses(request: HttpRequest, member: Member) -> HttpResponse:
    """The strongest first; behind ``after`` (the id of a pair) the next ones."""
    rows = waiting(member)
    last = rows.filter(pk=number(request.GET.get("after"))).first()
    if last is not None:
        rows = rows.filter(Q(weight__lt=last.weight) | Q(weight=last.weight, pk__gt=last.pk))
    shown = list(rows.select_related("one", "other").order_by("-weight", "pk")[: PAIRS + 1])
    apart = Apart.objects.filter(workspace=member.workspace, ended_at=None).select_related("one", "other", "by")
    context: dict[str, Any] = {
        "pairs": shown[:PAIRS],
        "more": shown[PAIRS - 1].pk if len(shown) > PAIRS else 0,
        "apart": list(apart.order_by("-pk")[:50]),
    }
    return page(request, "pages/same.html", **context, **beside(shown[:PAIRS]))


def waiting(member: Member) -> Any:
    """The pairs that wait for somebody to look at them."""
    rows = Likeness.objects.filter(workspace=member.workspace, one__merged_into=None, other__merged_into=None)
    return rows.filter(Q(later_until=None) | Q(later_until__lt=now()))


def beside(pairs: list[Likeness]) -> dict[str, Any]:
    """Everybody in these pairs as they stand on the page, and the identities that their signs name."""
    found = {pair.pk: msgspec.convert(pair.evidence, list[Sign]) for pair in pairs}
    named = {id for signs in found.values() for sign in signs for id in (sign.left, sign.right) if id}
    people = {person.pk: person for pair in pairs for person in (pair.one, pair.other)}
    return {
        "signs": found,
        "addresses": Identity.objects.in_bulk(named),
        "sides": sides(people.values()),
        "told_apart": told_apart,
    }


@require_POST
@member_required
@answers
def same(request: HttpRequest, member: Member, id: int) -> HttpResponse:
    """They are one human; ``keep`` says whose name and page stay (the older row's, if nothing else is said)."""
    found = _found(member, id)
    keep, other = found.one, found.other
    if number(request.POST.get("keep")) == other.pk:
        keep, other = other, keep
    evidence = msgspec.convert(found.evidence, list[Sign])
    try:
        made = merging.merge(keep, other, by=member, evidence=evidence, why=request.POST.get("why", ""))
    except Refused as refused:
        complain(request, str(refused))
    else:
        undo = reverse("unmerge", args=[member.workspace.slug, made.pk]) + "?to=same"
        say(request, _("They are one person now."), undo=undo)
    return redirect("same", member.workspace.slug)


@require_POST
@member_required
@answers
def different(request: HttpRequest, member: Member, id: int) -> HttpResponse:
    """They are two; said once, it holds."""
    found = _found(member, id)
    return _told(request, member, lambda: comparing.keep_apart(found.one, found.other, by=member),
                 _("They are kept apart, and are not suggested again."))  # fmt: skip


@require_POST
@member_required
@answers
def later(request: HttpRequest, member: Member, id: int) -> HttpResponse:
    found = _found(member, id)
    return _told(request, member, lambda: comparing.later(found, by=member), _("They come back here in a month."))


@require_POST
@member_required
@answers
def together_again(request: HttpRequest, member: Member, id: int) -> HttpResponse:
    """Take back that two are not one."""
    told = get_object_or_404(Apart, workspace=member.workspace, pk=id)
    return _told(request, member, lambda: comparing.end(told, by=member), _("Taken back. They may be suggested again."))


def _told(request: HttpRequest, member: Member, act: Callable[[], object], said: str) -> HttpResponse:
    try:
        act()
    except Refused as refused:
        complain(request, str(refused))
    else:
        say(request, said)
    return redirect("same", member.workspace.slug)


def _found(member: Member, id: int) -> Likeness:
    rows = Likeness.objects.select_related("one", "other")
    return get_object_or_404(rows, workspace=member.workspace, pk=id)
