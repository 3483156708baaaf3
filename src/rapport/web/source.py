"""One source after it was connected: its name and settings, a new secret, and rest for a while."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from rapport.accounts.models import Member
from rapport.channels.connected import SIGNED
from rapport.core.database import now
from rapport.core.refusal import Refused
from rapport.inbox import adjusting, authorising, budgeting
from rapport.inbox.models import Source
from rapport.ingest import bringing, progressing
from rapport.web import signing_in
from rapport.web.answering import complain, page, say
from rapport.web.reach import manages, member_required
from rapport.web.sources import public_address


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
@manages
def source(request: HttpRequest, member: Member, id: int) -> HttpResponse:
    """Its settings, as the channel declares them; what is secret stays so."""
    row = _found(member, id)
    if request.method != "POST":
        return _show(request, row, row.settings | {"name": row.name})
    values = {name: value for name, value in request.POST.items() if isinstance(value, str)}
    try:
        changed = adjusting.adjust(row, values.get("name", ""), values, by=member)
    except Refused as refused:
        return _show(request, row, values, status=422, refusal=str(refused))
    say(request, _("Saved.") if changed else _("Nothing was changed."))
    return redirect("source", member.workspace.slug, id)


@require_POST
@member_required
@manages
def secret(request: HttpRequest, member: Member, id: int) -> HttpResponse:
    """A new secret; what is needed elsewhere is shown this once."""
    row, key = _found(member, id), request.POST.get("key", "")
    try:
        made = adjusting.rotate(row, key, by=member)
    except Refused as refused:
        complain(request, str(refused))
        return redirect("source", member.workspace.slug, id)
    setting = next(setting for setting in row.channel.settings if setting.key == key)
    if not setting.required:
        say(request, _("It has a new secret."))
        return redirect("source", member.workspace.slug, id)
    answer = page(request, "pages/secret.html", source=row, setting=setting, secret=made)
    answer["Cache-Control"] = "no-store"
    return answer


@require_POST
@member_required
@manages
def pause(request: HttpRequest, member: Member, id: int) -> HttpResponse:
    try:
        adjusting.pause(_found(member, id), by=member)
    except Refused as refused:
        complain(request, str(refused))
    else:
        say(request, _("It takes nothing until somebody opens it again."))
    return redirect("source", member.workspace.slug, id)


@require_POST
@member_required
@manages
def resume(request: HttpRequest, member: Member, id: int) -> HttpResponse:
    adjusting.resume(_found(member, id), by=member)
    say(request, _("It is open again."))
    return redirect("source", member.workspace.slug, id)


@require_POST
@member_required
@manages
def history(request: HttpRequest, member: Member, id: int) -> HttpResponse:
    """Bring along what was said before it was connected."""
    try:
        job = bringing.start(_found(member, id), request.POST.get("horizon", ""), by=member)
    except Refused as refused:
        complain(request, str(refused))
        return redirect("source", member.workspace.slug, id)
    if not job:
        return redirect("source", member.workspace.slug, id)
    return redirect("import_progress", member.workspace.slug, job)


@require_POST
@member_required
@manages
def budget(request: HttpRequest, member: Member, id: int) -> HttpResponse:
    """How much it may use up on one day."""
    row, many, dear = _found(member, id), request.POST.get("requests", ""), request.POST.get("cost", "")
    try:
        changed = adjusting.budget(row, many, dear, by=member)
    except Refused as refused:
        values = row.settings | {"name": row.name, "requests": many, "cost": dear}
        return _show(request, row, values, status=422, over=str(refused))
    say(request, _("Saved.") if changed else _("Nothing was changed."))
    return redirect("source", member.workspace.slug, id)


@require_POST
@member_required
@manages
def sign_in(request: HttpRequest, member: Member, id: int) -> HttpResponse:
    """New credentials, by signing in on the network itself."""
    row = _found(member, id)
    try:
        return signing_in.leave(request, member, row.channel, {"name": row.name}, row)
    except Refused as refused:
        complain(request, str(refused))
        return redirect("source", member.workspace.slug, id)


@require_POST
@member_required
@manages
def sign_out(request: HttpRequest, member: Member, id: int) -> HttpResponse:
    """Give back there what signing in gave."""
    try:
        authorising.sign_out(_found(member, id), by=member)
    except Refused as refused:
        complain(request, str(refused))
    else:
        say(request, _("Signed out there. Sign in again, or give a token, and it goes on where it was."))
    return redirect("source", member.workspace.slug, id)


def _show(
    request: HttpRequest, row: Source, values: dict[str, str], *, status: int = 200, refusal: str = "", over: str = ""
) -> HttpResponse:
    brought = bringing.of(row)
    hidden = {setting.key for setting in row.channel.settings if "secret" in setting.kind}
    context: dict[str, Any] = {
        "source": row,
        "channel": row.channel,
        "values": {key: value for key, value in values.items() if key not in hidden},
        "refusal": refusal,
        "address": public_address(request, row),
        "backfills": bringing.able(row),
        "signs_in": authorising.able(row.channel),
        "signed_in": any(key.startswith(SIGNED) for key in row.settings),
        "budget": budgeting.of(row, now()),
        "over": over,
        "brought": brought,
        "far": progressing.of(brought.pk) if brought else None,
    }
    return page(request, "pages/source.html", status=status, **context)


def _found(member: Member, id: int) -> Source:
    row = Source.objects.filter(workspace=member.workspace, pk=id).first()
    if row is None:
        raise Http404
    return row
