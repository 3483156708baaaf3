"""Sources: where messages come from, how each is doing, what could not be taken in, and connecting a new one."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.core.cache import cache
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rapport.accounts.models import Member, Workspace
from rapport.channels import registry
from rapport.channels.base import Backfills, Channel, Fetches, Receives, Streams, Verifies
from rapport.core.database import now
from rapport.core.refusal import Refused
from rapport.core.saying import said
from rapport.inbox import authorising, connecting
from rapport.inbox.models import Arrival, Source
from rapport.ingest import bringing, pipeline
from rapport.web import signing_in
from rapport.web.answering import page, say
from rapport.web.reach import manages, member_required
from rapport.web.webhook import door

SHOWN = 20
ONCE = 24 * 3600
"""Seconds for which a form that connected something connects nothing more."""
CUT = 2_000


@dataclass(frozen=True)
class Poison:
    """An arrival that failed too often, with the beginning of its bytes as text."""

    arrival: Arrival
    text: str
    cut: bool


@require_safe
@member_required
def sources(request: HttpRequest, member: Member) -> HttpResponse:
    rows = Source.objects.filter(workspace=member.workspace).order_by("name", "pk")
    stuck = dict(_aside(member.workspace).order_by().values_list("source").annotate(Count("pk")))
    context: dict[str, Any] = {
        "sources": [(row, _label(row.kind), public_address(request, row), stuck.get(row.pk, 0)) for row in rows],
        "poison": set_aside(member.workspace),
        "kinds": sorted(_kinds(), key=lambda one: said(one.label).casefold()),
    }
    return page(request, "pages/sources.html", **context)


@member_required
@manages
def connect(request: HttpRequest, member: Member, kind: str) -> HttpResponse:
    """The connect page of a channel, made from the settings it declares; afterwards its address and secret, once."""
    channel = next((channel for channel in _kinds() if channel.kind == kind), None)
    if channel is None:
        raise Http404
    begun = {} if request.method == "POST" else {setting.key: setting.default for setting in channel.settings}
    values = begun | {name: value for name, value in request.POST.items() if isinstance(value, str)}
    horizon = values.get("horizon", bringing.FIRST if request.method != "POST" else "none")
    context: dict[str, Any] = {"channel": channel, "values": values, "refusal": "", "source": None, "horizon": horizon}
    context |= {"backfills": isinstance(channel, Backfills), "signs_in": authorising.able(channel)}
    once = f"connected:{member.pk}:{sha256(values.get('once', '').encode()).hexdigest()}"  # whatever was sent: short
    context["once"] = secrets.token_urlsafe(12)
    if request.method != "POST":
        return page(request, "pages/connect.html", **context)
    if values.get("once") and (known := cache.get(once)):  # the page was loaded again: one form connects one source
        say(request, _("It is connected already."))
        return redirect("source", member.workspace.slug, known)
    if signing_in.meant(channel, values):
        try:
            return signing_in.leave(request, member, channel, values)
        except Refused as refused:
            return page(request, "pages/connect.html", status=422, **(context | {"refusal": str(refused)}))
    try:
        source, job, made = _connected(member, channel, values, horizon)
    except Refused as refused:
        return page(request, "pages/connect.html", status=422, **(context | {"refusal": str(refused)}))
    shown: dict[str, Any] = {"source": source, "secrets": made, "address": public_address(request, source)}
    shown |= {"job": job, "horizon": horizon, "in_websites": bool(source.settings.get("origins"))}
    cache.set(once, source.pk, ONCE)
    return page(request, "pages/connected.html", channel=channel, **shown)


def _connected(
    member: Member, channel: Channel, values: dict[str, str], horizon: str
) -> tuple[Source, int, dict[str, str]]:
    """The new source, the number of the job that brings along what was said before (0: none), and its secrets."""
    jobs: list[int] = []
    if isinstance(channel, Backfills):
        bringing.since(horizon, now())  # what is no horizon is refused before anything is tried

    def also(source: Source) -> None:
        if isinstance(channel, Backfills):
            jobs.append(bringing.start(source, horizon, by=member))

    source, made = connecting.connect(
        member.workspace, channel.kind, values.get("name", ""), values, by=member, also=also
    )
    return source, sum(jobs), made


@require_POST
@member_required
@manages
def again(request: HttpRequest, member: Member, id: int) -> HttpResponse:
    """Try an arrival again that was set aside."""
    arrival = Arrival.objects.filter(workspace=member.workspace, pk=id).first()
    if arrival is None:
        raise Http404
    pipeline.again(arrival)
    say(request, _("Trying again. If it fails once more, it comes back here."))
    there = "wellbeing" if request.POST.get("from") == "wellbeing" else "sources"
    return redirect(there, member.workspace.slug)


def _aside(workspace: Workspace) -> QuerySet[Arrival]:
    return Arrival.objects.filter(workspace=workspace).exclude(poison_at=None).select_related("source")


def set_aside(workspace: Workspace) -> list[Poison]:
    """The latest arrivals that failed too often, with their bytes."""
    return [_poison(arrival) for arrival in _aside(workspace).order_by("-poison_at", "-pk")[:SHOWN]]


def _kinds() -> list[Channel]:
    """The channels that a person can connect by filling in a form."""
    return [one for one in registry.all() if isinstance(one, Receives | Fetches | Streams) and one.settings]


def _label(kind: str) -> str:
    return said(registry.get(kind).label)


def public_address(request: HttpRequest, source: Source) -> str:
    """Where a stranger delivers, for a source that can be delivered to; one that subscribes by itself tells nobody else."""
    if not isinstance(source.channel, Receives) or isinstance(source.channel, Verifies):
        return ""
    return request.build_absolute_uri(reverse(door(source.channel), args=[source.token]))


def _poison(arrival: Arrival) -> Poison:
    raw = bytes(arrival.raw)
    return Poison(arrival, raw[:CUT].decode("utf-8", "replace"), len(raw) > CUT)
