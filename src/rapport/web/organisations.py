"""Organisations on pages: the list, one with its people and what was said, and the verbs, each as a form with an undo."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Lower
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rapport.accounts.models import Member
from rapport.core.refusal import Refused
from rapport.core.search import matching
from rapport.inbox.models import Conversation
from rapport.people import domains, organising, uniting
from rapport.people.models import Belonging, Identity, Order, Organisation, Person, Union
from rapport.web.answering import back, complain, page, say
from rapport.web.people import found_by
from rapport.web.person import known
from rapport.web.reach import answers, may, member_required, number
from rapport.web.sides import sides

PAGE = 50
SHOWN = 20
OFFERED = 10
MOST = 5_000
"""Addresses looked at for the domains of one organisation."""


def whole(member: Member, id: int) -> Organisation:
    """The organisation of this id, or the one that stands for it today; 404 if there is none here."""
    found = Organisation.objects.filter(workspace=member.workspace, pk=id).first()
    if found is None:
        raise Http404
    root = organising.everyone(found)[0]
    return found if root == found.pk else Organisation.objects.get(pk=root)


@require_safe
@member_required
def organisations(request: HttpRequest, member: Member) -> HttpResponse:
    """A page of them by name; ``q`` seeks, ``after`` (an id) reads on."""
    words = request.GET.get("q", "").replace("\x00", "").strip()[:200]
    rows = _found(member, words).annotate(low=Lower("name"))
    last = rows.filter(pk=number(request.GET.get("after"))).first()
    if last is not None:
        rows = rows.filter(Q(low__gt=last.low) | Q(low=last.low, pk__gt=last.pk))
    shown = list(rows.order_by("low", "pk")[: PAGE + 1])
    more = shown[PAGE - 1].pk if len(shown) > PAGE else 0
    return page(
        request, "pages/organisations.html", organisations=_counted(shown[:PAGE]),
        sought_organisation=words, more=more, further=last is not None,
    )  # fmt: skip


def _found(member: Member, words: str) -> QuerySet[Organisation]:
    """Those that stand for themselves; with words, those that have them in a name, also in one that they had."""
    rows = Organisation.objects.filter(workspace=member.workspace)
    above = organising.today(member.workspace_id)
    if words:
        hits = set(rows.filter(pk__in=matching(Organisation, words, "name", starts=True)).values_list("pk", flat=True))
        rows = rows.filter(pk__in={above.get(id, id) for id in hits})
    return rows.exclude(pk__in=list(above))


def _counted(shown: Sequence[Organisation]) -> list[tuple[Organisation, int]]:
    """Each with how many people are there."""
    ids = {one.pk: one.pk for one in shown}
    above = organising.today(shown[0].workspace_id) if shown else {}
    ids |= {id: root for id, root in above.items() if root in ids}
    rows = Belonging.objects.filter(organisation__in=ids, ended_at=None, until=None).order_by()
    counts: dict[int, int] = {}
    for id, count in rows.values_list("organisation").annotate(n=Count("person", distinct=True)):
        counts[ids[id]] = counts.get(ids[id], 0) + count
    return [(one, counts.get(one.pk, 0)) for one in shown]


@require_safe
@member_required
def organisation(request: HttpRequest, member: Member, id: int) -> HttpResponse:
    """One, with its people, conversations and orders; ``q`` seeks somebody to add, ``after`` reads on in its people."""
    found = whole(member, id)
    if found.pk != id:
        return redirect("organisation", member.workspace.slug, found.pk)
    return _show(request, member, found)


def _show(
    request: HttpRequest, member: Member, row: Organisation, *, status: int = 200, refusal: str = ""
) -> HttpResponse:
    here = organising.people_of(row)
    words = request.GET.get("q", "").replace("\x00", "").strip()[:200]
    last = number(request.GET.get("after"))
    people = list(here.filter(pk__gt=last).order_by("pk")[: PAGE + 1])
    ids = organising.everyone(row)
    said = Belonging.objects.filter(organisation__in=ids, ended_at=None, until=None).select_related("by")
    rows = {one.person_id: one for one in said.filter(person__in=[p.pk for p in people])}
    rows |= {
        one.person.merged_into_id or 0: one
        for one in said.filter(person__merged_into__in=[p.pk for p in people]).select_related("person")
        if one.person.merged_into_id not in rows
    }
    own = domains.domains(Identity.objects.filter(person__in=here).values_list("address", flat=True)[:MOST])
    hits = list(found_by(member, words).exclude(pk__in=here)[:OFFERED]) if words else []
    near = [] if words else _neighbours(member, here, own)
    there = Q(identity__person__in=here)
    orders = Order.objects.filter(Q(person__in=here) | Q(person__merged_into__in=here), workspace=member.workspace)
    context: dict[str, Any] = {
        "organisation": row, "people": people[:PAGE], "rows": rows, "more": people[PAGE - 1].pk if len(people) > PAGE else 0,
        "former": list(organising.people_of(row, former=True).exclude(pk__in=here)[:SHOWN]),
        "sides": sides([*people[:PAGE], *hits, *near]), "hits": hits, "near": near, "sought_person": words,
        "domains": own[:5],
        "talks": Conversation.objects.seen_by(member).filter(there).select_related("identity", "assignee")
        .order_by("-last_message_at", "-pk")[:SHOWN],
        "orders": orders.select_related("person").order_by("-placed_at", "-pk")[:SHOWN],
        "unions": list(Union.objects.filter(one_with__in=ids, undone_at=None).select_related("organisation", "by")),
        "refusal": refusal,
    }  # fmt: skip
    return page(request, "pages/organisation.html", status=status, **context)


def _neighbours(member: Member, here: QuerySet[Person], own: list[str]) -> list[Person]:
    """Others who write from the same domains, and of whom nobody has said anything about it yet."""
    found: list[Person] = []
    for domain in own[:3]:
        hits = matching(Identity, f'"{domain}"', "name", "address")
        writes = Identity.objects.filter(workspace=member.workspace, pk__in=hits, address__iendswith=f"@{domain}")
        told = Belonging.objects.filter(Q(person=OuterRef("pk")) | Q(person__merged_into=OuterRef("pk")))
        rows = Person.objects.kept().filter(pk__in=writes.values("person")).exclude(pk__in=here)
        found += [one for one in rows.filter(~Exists(told)).order_by("pk")[:OFFERED] if one not in found]
    return found[:OFFERED]


@require_POST
@member_required
@answers
def name(request: HttpRequest, member: Member, id: int) -> HttpResponse:
    """Another name (in the form, or for the undo in the address)."""
    row = whole(member, id)
    before = row.name
    try:
        organising.rename(row, request.POST.get("name") or request.GET.get("name") or "", by=member)
    except Refused as refused:
        return _show(request, member, row, status=422, refusal=str(refused))
    undo = reverse("organisation_name", args=[member.workspace.slug, row.pk]) + "?" + urlencode({"name": before})
    say(request, _("It has another name now."), undo="" if "name" in request.GET else undo)
    return redirect("organisation", member.workspace.slug, row.pk)


@require_POST
@member_required
@answers
def add(request: HttpRequest, member: Member, id: int) -> HttpResponse:
    """Somebody is of it."""
    row = whole(member, id)
    person = known(member, number(request.POST.get("person")))
    try:
        made = organising.belong(person, row, by=member, role=request.POST.get("role", ""))
    except Refused as refused:
        return _show(request, member, row, status=422, refusal=str(refused))
    say(request, _("Kept."), undo=reverse("belonging", args=[member.workspace.slug, made.pk]))
    return redirect("organisation", member.workspace.slug, row.pk)


@require_POST
@member_required
@answers
def belong(request: HttpRequest, member: Member, id: int) -> HttpResponse:
    """Somebody's page says where they are, in words; an organisation that is not known yet is known then."""
    person = known(member, id)
    try:
        made = organising.belong(
            person, request.POST.get("organisation", ""), by=member, role=request.POST.get("role", ""),
            since=day(request.POST.get("since", "")),
        )  # fmt: skip
    except Refused as refused:
        complain(request, str(refused))
    else:
        say(request, _("Kept."), undo=reverse("belonging", args=[member.workspace.slug, made.pk]))
    return redirect("person", member.workspace.slug, person.pk)


@require_POST
@member_required
@answers
def belonging(request: HttpRequest, member: Member, id: int) -> HttpResponse:
    """They are not of it; ``do`` is ``leave`` (no longer), ``stay`` (they still are) or ``restore`` (taken back)."""
    row = get_object_or_404(Belonging.objects.select_related("person"), workspace=member.workspace, pk=id)
    asked = request.GET.get("do") or request.POST.get("do") or ""
    verbs = {
        "leave": (organising.leave, _("They were there until today."), "stay"),
        "stay": (organising.stay, _("Undone."), ""),
        "restore": (organising.restore, _("Undone."), ""),
    }
    act, words, undo = verbs.get(asked, (organising.end, _("Removed. No address book brings it back."), "restore"))
    try:
        act(row, by=member)
    except Refused as refused:
        complain(request, str(refused))
    else:
        again = reverse("belonging", args=[member.workspace.slug, row.pk]) + f"?do={undo}"
        say(request, words, undo=again if undo else "")
    return HttpResponseRedirect(
        back(request, reverse("person", args=[member.workspace.slug, row.person_id])), status=303
    )


@member_required
def unite(request: HttpRequest, member: Member, id: int) -> HttpResponse:
    """Seek (``q``) the other, and POST ``with`` to make the two one."""
    row = whole(member, id)
    refusal, words = "", request.GET.get("q", "").replace("\x00", "").strip()[:200]
    if request.method == "POST":
        may(member.answers, _("You may read here, but not change anything. Ask an owner for another role."))
        other = whole(member, number(request.POST.get("with")))
        try:
            made = uniting.unite(row, other, by=member)
        except Refused as refused:
            refusal = str(refused)
        else:
            undo = reverse("organisation_part", args=[member.workspace.slug, made.pk])
            say(request, _("They are one organisation now."), undo=undo)
            return redirect("organisation", member.workspace.slug, row.pk)
    hits = list(_found(member, words).exclude(pk=row.pk).order_by("name")[:OFFERED]) if words else []
    return page(
        request, "pages/organisation_same.html", status=422 if refusal else 200, organisation=row,
        hits=_counted(hits), sought_organisation=words, refusal=refusal,
    )  # fmt: skip


@require_POST
@member_required
@answers
def part(request: HttpRequest, member: Member, id: int) -> HttpResponse:
    made = get_object_or_404(
        Union.objects.select_related("organisation", "one_with"), workspace=member.workspace, pk=id
    )
    uniting.part(made, by=member)
    say(request, _("They are two organisations again."))
    return redirect("organisation", member.workspace.slug, made.organisation_id)


def day(text: str) -> datetime | None:
    """A day of a form, as its noon in UTC, so that it is that day in every zone of ours; None for anything else."""
    try:
        return datetime.strptime(text.strip(), "%Y-%m-%d").replace(hour=12, tzinfo=UTC)
    except ValueError:
        return None
