"""The page of the second look: whether and by what, what it may cost, and what it found this month."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rapport.accounts.models import Member, Role
from rapport.core import secret
from rapport.core.database import now
from rapport.core.refusal import Refused
from rapport.learning.second import arranging
from rapport.web.answering import page, say
from rapport.web.reach import manages, member_required, owns
from rapport.web.words import LOOKS

FIELDS = ("url", "model", "requests", "tokens")


@require_safe
@member_required
@manages
def second_look(request: HttpRequest, member: Member) -> HttpResponse:
    return _show(request, member)


@require_POST
@member_required
@owns
def arrange(request: HttpRequest, member: Member) -> HttpResponse:
    """Keep how it is arranged; what cannot be comes back with the sentence, and what was typed but the key."""
    typed = {name: request.POST.get(name, "") for name in (*FIELDS, "encoder", "endpoint")}
    try:
        arranging.arrange(member.workspace, typed | {"key": request.POST.get("key", "")}, by=member)
    except Refused as refused:
        return _show(request, member, status=422, refusal=str(refused), typed=typed)
    say(request, _("Kept."))
    return redirect("second_look", member.workspace.slug)


def _show(request: HttpRequest, member: Member, *, status: int = 200, **more: Any) -> HttpResponse:
    row = arranging.of(member.workspace)
    spent = arranging.spent(member.workspace, now())
    context: dict[str, Any] = {
        "typed": {name: getattr(row, name) for name in (*FIELDS, "encoder", "endpoint")},
        "row": row,
        "spent": spent,
        "looks": [
            (kind, [(LOOKS.get(outcome, outcome), n) for outcome, n in sorted(found.items())])
            for kind, found in (("encoder", spent.encoder), ("endpoint", spent.endpoint))
        ],
        "has_key": bool(secret.unseal(row.sealed).get("key")),
        "folder": settings.RAPPORT_ENCODER is not None,
        "owner": member.role == Role.OWNER,
        "refusal": "",
    }
    return page(request, "pages/second_look.html", status=status, **(context | more))
