"""Answering a request: the fragment for an element that fetches itself, the whole page for everybody else."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme

from rapport.accounts.models import Member
from rapport.ingest import pretending
from rapport.web.reach import memberships
from rapport.web.unread import unread

UNDO = "undo "


def page(request: HttpRequest, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
    """Render a template with what the frame of every page needs: who is here, and where else they belong."""
    member: Member | None = getattr(request, "member", None)
    frame = {
        "member": member,
        "workspace": member.workspace if member else None,
        "memberships": memberships(request) if signed_in(request) else [],
        "live_seen": getattr(request, "live_seen", 0),
        "demo_clock": pretending.standing(member.workspace) if member and member.workspace.demo else "",
        "unread": partial(unread, request, member),  # asked by the frame alone, never by a fragment
        "htmx": bool(request.headers.get("HX-Request")),
    }
    return HttpResponse(render_to_string(template, frame | context, request), status=status)


def signed_in(request: HttpRequest) -> bool:
    """Is anybody logged in? (A request refused early never got as far as having a user.)"""
    user = getattr(request, "user", None)
    return bool(user and user.is_authenticated)


def wants_fragment(request: HttpRequest, target: str) -> bool:
    """Does the element with this id fetch itself (and not the browser a page, nor htmx a page for its history)?"""
    headers = request.headers
    return headers.get("HX-Target") == target and "HX-History-Restore-Request" not in headers


def say(request: HttpRequest, words: str, *, undo: str = "") -> None:
    """A toast on the next page or fragment; ``undo`` is the address whose POST takes the act back."""
    messages.info(request, words, extra_tags=f"{UNDO}{undo}" if undo else "")


def complain(request: HttpRequest, words: str) -> None:
    """A toast that says what could not be done."""
    messages.warning(request, words)


def back(request: HttpRequest, otherwise: str) -> str:
    """Where a form wants to go afterwards (its ``next`` field), if that is a place of ours."""
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if safe and wanted.startswith("/") else otherwise
