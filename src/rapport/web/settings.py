"""Settings: the workspace's (for its owners) and one's own, two forms on one page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rapport.accounts import settling
from rapport.accounts.models import Member
from rapport.core.refusal import Refused
from rapport.web.answering import page, say
from rapport.web.reach import member_required, owns


@require_safe
@member_required
def settings(request: HttpRequest, member: Member) -> HttpResponse:
    return _show(request, member)


@require_POST
@member_required
def myself(request: HttpRequest, member: Member) -> HttpResponse:
    """One's own name and zone."""
    typed = {"name": request.POST.get("name", ""), "zone": request.POST.get("zone", "")}
    try:
        settling.introduce(member, **typed)
    except Refused as refused:
        return _show(request, member, status=422, mine=typed, mine_refusal=str(refused))
    say(request, _("Kept."))
    return redirect("settings", member.workspace.slug)


@require_POST
@member_required
@owns
def ours(request: HttpRequest, member: Member) -> HttpResponse:
    """The workspace's name, zone and languages."""
    typed = {key: request.POST.get(key, "") for key in ("name", "zone", "languages")}
    try:
        settling.settle(member.workspace, by=member, **typed)
    except Refused as refused:
        return _show(request, member, status=422, ours=typed, ours_refusal=str(refused))
    say(request, _("Kept."))
    return redirect("settings", member.workspace.slug)


def _show(request: HttpRequest, member: Member, *, status: int = 200, **more: Any) -> HttpResponse:
    there = member.workspace
    context = {
        "mine": {"name": member.name, "zone": member.zone},
        "ours": {"name": there.name, "zone": there.zone, "languages": " ".join(there.languages)},
        "mine_refusal": "",
        "ours_refusal": "",
        "zones": sorted(zone for zone in settling.zones() if "/" in zone and not zone.startswith("Etc/")),
    }
    return page(request, "pages/settings.html", status=status, **(context | more))
