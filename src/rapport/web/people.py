"""Everybody on the other side, customer or not: browsed by name, found by name, address or organisation."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce, Lower
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from rapport.accounts.models import Member
from rapport.inbox.models import Message
from rapport.people.models import Identity, Person
from rapport.web.answering import page
from rapport.web.likenesses import waiting
from rapport.web.reach import member_required, number
from rapport.web.sides import sides

PAGE = 50
MANY = 100


@require_safe
@member_required
def people(request: HttpRequest, member: Member) -> HttpResponse:
    """A page of them by name; ``q`` seeks, ``after`` (an id) reads on."""
    words = request.GET.get("q", "").replace("\x00", "").strip()[:200]
    rows = found_by(member, words) if words else Person.objects.kept().filter(workspace=member.workspace)
    rows = rows.exclude(_one_of_us()).annotate(low=Lower("name"))
    last = rows.filter(pk=number(request.GET.get("after"))).first()
    if last is not None:
        rows = rows.filter(Q(low__gt=last.low) | Q(low=last.low, pk__gt=last.pk))
    shown = list(rows.order_by("low", "pk")[: PAGE + 1])
    alike = waiting(member)[:MANY].count()
    return page(
        request, "pages/people.html", people=shown[:PAGE], sides=sides(shown[:PAGE]), sought_person=words, alike=alike,
        many=MANY, more=shown[PAGE - 1].pk if len(shown) > PAGE else 0, further=last is not None,
    )  # fmt: skip


def _one_of_us() -> Q:
    """Our own voice on some network: messages of ours, none of theirs."""
    said = Message.objects.filter(identity__person=OuterRef("pk"))
    return Q(Exists(said.filter(ours=True))) & ~Q(Exists(said.filter(ours=False)))


def found_by(member: Member, words: str) -> QuerySet[Person]:
    """Whose name, address or organisation holds the words, or who has this number (#12). Each human once."""
    said, known = Q(), Q()
    for form in {words, words.lower(), words.title()}:  # SQLite folds only A to Z: KOVAČ would miss Kovač
        said |= Q(name__icontains=form) | Q(organisation__icontains=form)
        known |= Q(name__icontains=form) | Q(address__icontains=form.removeprefix("@"))
    if id := number(words.removeprefix("#")):
        said |= Q(pk=id)
    own = Person.objects.filter(workspace=member.workspace)
    named = own.filter(said).values_list(Coalesce("merged_into", "pk"))
    reached = Identity.objects.filter(known, workspace=member.workspace).values("person")
    return own.kept().filter(Q(pk__in=named) | Q(pk__in=reached))
