"""Where strangers deliver: one address per source. What is accepted here can no longer be lost."""

from __future__ import annotations

import logging
from typing import Any

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from rapport.channels.base import ChannelError, Receives, Verifies
from rapport.core.database import now
from rapport.core.trouble import trouble
from rapport.inbox import renewing
from rapport.inbox.models import Source
from rapport.ingest.accepting import accept

log = logging.getLogger(__name__)


def door(channel: Any) -> str:
    """The name of the page where this channel's strangers knock: its own, or the common one."""
    return str(getattr(channel, "door", "receive"))


def _verified(channel: Verifies, source: Source, request: HttpRequest) -> HttpResponse:
    """Whoever wants to deliver asks first whether that is wanted (WebSub)."""
    try:
        words = channel.verify(renewing.connected(source), request.GET.dict(), now())
    except ChannelError as error:
        return JsonResponse({"error": error.message}, status=error.status)
    return HttpResponse(words, content_type="text/plain; charset=utf-8")


@csrf_exempt
def receive(request: HttpRequest, token: str) -> HttpResponse:
    """POST only. 202 with how many were new and how many we had; else the channel's status and a sentence."""
    source = Source.objects.filter(token=token).first()
    channel: Any = source.channel if source else None
    if source is None or not isinstance(channel, Receives) or door(channel) != "receive":
        return JsonResponse({"error": "Nothing listens at this address. Ask for the current one."}, status=404)
    if request.method == "GET" and isinstance(channel, Verifies):
        return _verified(channel, source, request)
    if request.method != "POST":
        refused = JsonResponse({"error": "Send it with POST."}, status=405)
        refused["Allow"] = "POST"
        return refused
    if source.paused_at is not None:
        paused = JsonResponse({"error": "This source is paused. Send it again later."}, status=503)
        paused["Retry-After"] = "3600"
        return paused
    headers = {name.lower(): value for name, value in request.headers.items()}
    try:
        batch = channel.receive(source.settings, headers, request.body, now())
    except ChannelError as error:
        answer = JsonResponse({"error": error.message}, status=error.status)
        if error.retry_after:
            answer["Retry-After"] = str(int(error.retry_after.total_seconds()))
        return answer
    try:
        new = accept(source, batch)
    except DatabaseError as error:
        if not trouble(error):
            raise
        log.error("A delivery to source %s could not be taken: %s", source.pk, trouble(error))
        busy = JsonResponse({"error": "There is no room to keep this now. Send it again later."}, status=503)
        busy["Retry-After"] = "60"
        return busy
    return JsonResponse({"accepted": new, "known": len(batch.items) - new}, status=202)
