"""Notices: the bell, the list, what a member wishes to be told and how, and the browsers that are told."""

from __future__ import annotations

from datetime import time
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rapport import net
from rapport.accounts import settling
from rapport.accounts.models import Member
from rapport.core.database import now, write
from rapport.core.hints import hint
from rapport.inbox.models import Notification, Wishes
from rapport.inbox.notices import choosing, digest, pushing, wording
from rapport.inbox.notices.announcing import choice_of
from rapport.net import push
from rapport.web import public
from rapport.web.answering import page, say
from rapport.web.assets import HERE
from rapport.web.reach import member_required, number

SHOWN = 50
TOLD_HERE = "rapport_told"
"""The cookie by which a browser that takes push messages is known when somebody signs out of it."""
YEAR = 365 * 24 * 3600


@require_safe
@member_required
def notices(request: HttpRequest, member: Member) -> HttpResponse:
    """The newest, whether read or not."""
    rows = Notification.objects.filter(member=member, shown=True).select_related("by").order_by("-pk")[:SHOWN]
    return page(request, "pages/notices.html", told=wording.tell(member, list(rows)))


@require_safe
@member_required
def bell(request: HttpRequest, member: Member) -> HttpResponse:
    """The bell alone: it fetches itself when something is told."""
    return page(request, "parts/_bell.html")


@require_POST
@member_required
def read(request: HttpRequest, member: Member) -> HttpResponse:
    """One (``id``) is read, or all are."""
    rows = Notification.objects.filter(member=member, read_at=None)
    if one := number(request.POST.get("id")):
        rows = rows.filter(pk=one)
    with write():
        rows.update(read_at=now())
        hint(member.workspace_id, "notices", member.pk)
    return redirect("notices", member.workspace.slug)


@require_http_methods(["GET", "POST"])
@member_required
def wishes(request: HttpRequest, member: Member) -> HttpResponse:
    """What to be told, by which way, and when not."""
    row = Wishes.objects.filter(member=member).first()
    if request.method == "POST":
        row = row or Wishes(member=member)
        if refusal := _take(request, row):
            return _show(request, member, row, refusal, status=422)
        row.save()
        say(request, _("Kept. You are told like this from now on."))
        return redirect("wishes", member.workspace.slug)
    return _show(request, member, row or Wishes(member=member, zone=member.workspace.zone), "")


def _take(request: HttpRequest, row: Wishes) -> str:
    """The form into the row. Returns a sentence for what cannot be."""
    sent = request.POST
    row.ways = {kind: [way for way in choosing.WAYS if sent.get(f"{kind}-{way}")] for kind in choosing.KINDS}
    row.digest = sent.get("digest", "") if sent.get("digest") in choosing.DIGESTS else "daily"
    zone = sent.get("zone", "").strip()
    begins, ends = _clock(sent.get("quiet_from", "")), _clock(sent.get("quiet_until", ""))
    row.quiet_from, row.quiet_until = (begins, ends) if begins and ends else (None, None)
    if zone not in settling.zones():
        return _("Use the name of a time zone, such as Europe/Berlin.")
    row.zone = zone
    if bool(sent.get("quiet_from")) != bool(sent.get("quiet_until")):
        return _("Quiet hours need a beginning and an end. Leave both empty for none.")
    return ""


def _clock(text: str) -> time | None:
    try:
        return time.fromisoformat(text).replace(tzinfo=None, microsecond=0) if text else None
    except ValueError:
        return None


def _show(request: HttpRequest, member: Member, row: Wishes, refusal: str, *, status: int = 200) -> HttpResponse:
    row.zone = row.zone if row.zone in settling.zones() else "UTC"
    relay = net.relay()
    context: dict[str, Any] = {
        "wishes": row,
        "choice": choice_of(row),
        "kinds": choosing.KINDS,
        "ways": choosing.WAYS,
        "zones": sorted(zone for zone in settling.zones() if "/" in zone and not zone.startswith("Etc/")),
        "here_now": now().astimezone(ZoneInfo(row.zone)),
        "relay": relay is not None,
        "email": member.user.email if member.user else "",
        "push_key": push.public_key(pushing.our_key()),
        "refusal": refusal,
    }
    return page(request, "pages/wishes.html", status=status, **context)


@require_POST
@member_required
def push_address(request: HttpRequest, member: Member) -> HttpResponse:
    """A browser asks (``ask``) whether it is told, says where it can be reached, or that it no longer wants to be."""
    endpoint = request.POST.get("endpoint", "")
    if request.POST.get("ask"):
        return _told(endpoint, pushing.knows(member, endpoint))
    if request.POST.get("remove"):
        pushing.remove(member, endpoint)
        return _told(endpoint, False)
    try:
        pushing.add(member, endpoint, request.POST.get("key", ""), request.POST.get("secret", ""))
    except ValueError:
        sentence = _("This browser's push service cannot be used.")
        return HttpResponse(sentence, status=422, content_type="text/plain; charset=utf-8")
    return _told(endpoint, True)


def _told(endpoint: str, on: bool) -> HttpResponse:
    """The browser keeps by which mark it is known, so that leaving it can end what it is told (``login.Adapter``)."""
    answer = JsonResponse({"on": on})
    if on:
        mark, secure = pushing.mark_of(endpoint), settings.SESSION_COOKIE_SECURE
        answer.set_cookie(TOLD_HERE, mark, max_age=YEAR, secure=secure, httponly=True, samesite="Lax")
    else:
        answer.delete_cookie(TOLD_HERE, samesite="Lax")
    return answer


@require_safe
def push_worker(request: HttpRequest) -> HttpResponse:
    """The service worker. It stands at the root, because a worker may only open what lies beneath its own address."""
    body = (HERE / "push-worker.js").read_bytes()
    return HttpResponse(body, content_type="text/javascript; charset=utf-8", headers={"Cache-Control": "no-cache"})


@csrf_exempt  # no session: the signed address is what one has to have; mail programs post here by themselves (RFC 8058)
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """*No more of these*, from the letter. Looking at the page changes nothing; the button does."""
    member = digest.stop(token)
    if member is None:
        return public.nothing(request)
    if request.method == "POST":
        digest.stop_mail(member)
        sentence = _("Rapport sends you no more e-mails. In Rapport you can choose anew at any time.")
        return public.page(request, "public/nothing.html", title=_("Done"), sentence=sentence)
    return public.page(request, "public/stop.html", action=reverse("notices_stop", args=[token]))
