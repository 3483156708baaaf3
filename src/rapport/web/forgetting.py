"""Forgetting a person on a page: first what would go, then a typed word, then the proof, as the command gives it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from rapport.accounts.models import Member
from rapport.core.database import now
from rapport.core.models import Work
from rapport.core.refusal import Refused
from rapport.inbox import forgetting
from rapport.people.models import Identity, Person
from rapport.web.answering import page, wants_fragment
from rapport.web.reach import manages, member_required

WHAT = {
    "messages of theirs": gettext_lazy("messages of theirs"),
    "messages of ours to them": gettext_lazy("messages of ours to them"),
    "answers to them": gettext_lazy("answers to them"),
    "notes about them": gettext_lazy("notes about them"),
    "drafts to them": gettext_lazy("drafts to them"),
    "orders of theirs": gettext_lazy("orders of theirs"),
    "identities": gettext_lazy("addresses"),
    "unreadable rows": gettext_lazy("rows of imports that could not be read"),
}
SHOWN = 20
FRESH = timedelta(hours=1)
"""How long what was counted may be confirmed."""


@require_safe
@member_required
@manages
def forget(request: HttpRequest, member: Member, id: int) -> HttpResponse:
    """Where it stands: nothing looked at, looking, what would go, forgetting, or the proof."""
    return _show(request, _found(member, id))


@require_POST
@member_required
@manages
def look(request: HttpRequest, member: Member, id: int) -> HttpResponse:
    """Count what would go. Nothing is changed."""
    forgetting.start(_found(member, id), by=member, look=True)
    return redirect("forgetting", member.workspace.slug, id)


@require_POST
@member_required
@manages
def confirm(request: HttpRequest, member: Member, id: int) -> HttpResponse:
    """The word was typed: they are forgotten, for good."""
    person = _found(member, id)
    state, _row = _state(person)
    if state == "counted":
        if request.POST.get("word", "").strip().casefold() != word(person).casefold():
            return _show(
                request, person, status=422, refusal=_("Write it as it stands there. Nothing has been changed.")
            )
        try:
            forgetting.start(person, by=member)
        except Refused as refused:
            return _show(request, person, status=422, refusal=str(refused))
    return redirect("forgetting", member.workspace.slug, id)


def word(person: Person) -> str:
    """What one types to confirm: their name, else an address, else the number."""
    first = Identity.objects.filter(person__in=person.everyone()).order_by("pk").first()
    return " ".join((person.name or (first.address if first else "") or f"#{person.pk}").split())


def _state(person: Person) -> tuple[str, Work | None]:
    """``new``, ``looking``, ``counted``, ``forgetting``, ``forgotten`` or ``failed``, and the job that says so."""
    row = forgetting.jobs(person).first()
    if row is None:
        return "new", None
    looked = bool(row.payload.get("look"))
    if looked and row.done_at and now() - row.done_at > FRESH:
        return "new", row
    if row.dead_at:
        return "failed", row
    if not row.done_at:
        return ("looking" if looked else "forgetting"), row
    return ("counted" if looked else "forgotten"), row


def _show(request: HttpRequest, person: Person, *, status: int = 200, refusal: str = "") -> HttpResponse:
    state, row = _state(person)
    far: dict[str, Any] = row.progress if row else {}
    counts = [(WHAT.get(kind, kind), number) for kind, number in far.get("counts", {}).items() if number]
    identities = Identity.objects.filter(person__in=person.everyone()).order_by("network", "pk")
    context: dict[str, Any] = {
        "person": person,
        "state": state,
        "counts": counts,
        "proof": far.get("proof"),
        "error": row.error if row else "",
        "at": row.done_at if row else None,
        "word": word(person),
        "refusal": refusal,
        "identities": [one for one in identities[:SHOWN] if not one.address.startswith(forgetting.NOBODY)],
    }
    template = "pages/_forget.html" if wants_fragment(request, "progress") else "pages/forget.html"
    return page(request, template, status=status, **context)


def _found(member: Member, id: int) -> Person:
    found = Person.objects.filter(workspace=member.workspace, pk=id).select_related("workspace", "merged_into").first()
    if found is None:
        raise Http404
    return found.kept
