"""How a page reaches a workspace: through one's own membership of it, or not at all (then it does not exist)."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _

from rapport.accounts.models import Member, Role
from rapport.core.live import position

View = Callable[..., HttpResponseBase]
"""``(request, member, …)`` inside these decorators, ``(request, slug, …)`` outside :func:`member_required`."""


_CONVERSATION, _WORKSPACE = re.compile(r"/w/[\w-]+/c/[0-9]+/"), re.compile(r"/w/[\w-]+/")


def member_required(view: View) -> View:
    """Turn the slug of the address into the visitor's Member. A stranger gets 404; nobody is asked to log in.

    ``request.memberships`` holds all of the visitor's memberships (for the switcher): one query for both.
    """

    @wraps(view)
    def reached(request: HttpRequest, slug: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return ask_to_log_in(request)
        for member in memberships(request):
            if member.workspace.slug == slug:
                request.member = member  # type: ignore[attr-defined]
                request.live_seen = position(member.workspace_id)  # type: ignore[attr-defined]
                with timezone.override(member.tz):
                    return view(request, member, *args, **kwargs)
        raise Http404

    return reached


def memberships(request: HttpRequest) -> list[Member]:
    """All workspaces of whoever is logged in, by name; asked once per request."""
    found: list[Member] | None = getattr(request, "memberships", None)
    if found is None:
        rows = Member.objects.of(request.user).select_related("workspace", "user")
        found = list(rows.order_by("workspace__name", "workspace_id"))
        request.memberships = found  # type: ignore[attr-defined]
    return found


def colleagues(request: HttpRequest, member: Member) -> list[Member]:
    """Who answers in this workspace, by name; asked once per request."""
    found: list[Member] | None = getattr(request, "colleagues", None)
    if found is None:
        found = list(member.workspace.members.active().exclude(role=Role.OBSERVER).order_by("name", "pk"))
        request.colleagues = found  # type: ignore[attr-defined]
    return found


def ask_to_log_in(request: HttpRequest) -> HttpResponse:
    """To the login page and back; an element that fetches itself is told in a sentence instead, so nothing is lost."""
    if request.headers.get("HX-Request"):
        words = _("You are signed out. Sign in again in another tab; what you typed stays here until then.")
        return HttpResponse(words, status=401, content_type="text/plain; charset=utf-8")
    where = request.get_full_path() if request.method == "GET" else _page_of(request)
    return redirect(f"/login/?{urlencode({'next': where})}")


def _page_of(request: HttpRequest) -> str:
    """The page on which a form stood that came without a session: where the browser says, else what it was about."""
    said = request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(said, {request.get_host()}, require_https=request.is_secure()):
        parts = urlsplit(said)
        return f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    about = _CONVERSATION.match(request.path) or _WORKSPACE.match(request.path)
    return about[0] if about else "/"


def may(allowed: bool, sentence: str) -> None:
    """Refuse, with the sentence on a page of its own, what this role may not do."""
    if not allowed:
        raise PermissionDenied(sentence)


def answers(view: View) -> View:
    """Only who answers: everyone but an observer."""

    @wraps(view)
    def asked(request: HttpRequest, member: Member, *args: Any, **kwargs: Any) -> HttpResponseBase:
        may(member.answers, _("You may read here, but not change anything. Ask an owner for another role."))
        return view(request, member, *args, **kwargs)

    return asked


def manages(view: View) -> View:
    """Only who looks after the workspace: owners and managers."""

    @wraps(view)
    def asked(request: HttpRequest, member: Member, *args: Any, **kwargs: Any) -> HttpResponseBase:
        may(member.manages, _("Only an owner or a manager can do this. Ask one of them."))
        return view(request, member, *args, **kwargs)

    return asked


def owns(view: View) -> View:
    """Only owners."""

    @wraps(view)
    def asked(request: HttpRequest, member: Member, *args: Any, **kwargs: Any) -> HttpResponseBase:
        may(member.role == Role.OWNER, _("Only an owner can do this. Ask one of them."))
        return view(request, member, *args, **kwargs)

    return asked


def number(text: Any) -> int:
    """A positive id out of a form or an address; 0 for anything else (a stranger's input)."""
    words = str(text or "")
    return int(words) if words.isascii() and words.isdigit() and len(words) < 19 else 0
