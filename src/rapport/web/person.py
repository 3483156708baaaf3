"""A person: their own words first, then who they are, and everything that happened with them in one line of time."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from rapport.accounts.models import Member
from rapport.inbox.models import Message
from rapport.people import timeline
from rapport.people.models import Identity, Person
from rapport.web import words
from rapport.web.answering import page, wants_fragment
from rapport.web.reach import member_required

KNOWN_AS = 12
"""Identities shown before the rest is folded away."""


def known(member: Member, id: int) -> Person:
    """The person of this id, if this member may see them, or whom they were merged into; 404 if not."""
    rows = Person.objects.filter(workspace=member.workspace, pk=id)
    found = rows.select_related("workspace", "merged_into__workspace").first()
    if found is None:
        raise Http404
    return found.kept


@require_safe
@member_required
def person(request: HttpRequest, member: Member, id: int) -> HttpResponse:
    """The page; only its timeline, for the element that reads on."""
    row = known(member, id)
    of = timeline.whose(row)
    context: dict[str, Any] = {"person": row, "about": about(of, row)} | _timeline(request, of)
    if wants_fragment(request, "timeline"):
        return page(request, "person/_timeline.html", **context)
    return page(request, "pages/person.html", **context)


def _timeline(request: HttpRequest, of: timeline.Whose) -> dict[str, Any]:
    kind = request.GET.get("kind", "")
    only = (kind,) if kind in timeline.kinds() else ()
    before = timeline.mark(request.GET.get("before", ""))
    return {
        "line": timeline.read(of, only=only, before=before),
        "kind": only[0] if only else "",
        "kinds": [name for name in words.TOLD if name in timeline.kinds()],
        "before": before,
    }


def about(of: timeline.Whose, row: Person) -> dict[str, Any]:
    """What the page and the desk's pane say of somebody: the latest they said anywhere, and every address."""
    theirs = Message.objects.filter(identity__in=of.identities, ours=False, deleted_at=None)
    identities = list(Identity.objects.filter(pk__in=of.identities).order_by("network", "pk"))
    return {
        "row": row,
        "identities": identities,
        "shown": KNOWN_AS,
        "words": theirs.exclude(text="").order_by("-said_at", "-pk").first(),
        "since": theirs.order_by("said_at").values_list("said_at", flat=True).first(),
    }
