"""The desk: the stream on the left, and whatever is open beside it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from rapport.accounts.models import Member
from rapport.core.database import now
from rapport.inbox import snoozing
from rapport.inbox.models import Conversation, Source
from rapport.web import streams, views
from rapport.web.answering import page, wants_fragment
from rapport.web.reach import colleagues, member_required, number


def stream_context(request: HttpRequest, member: Member, *, opened: int = 0, stream: str = "") -> dict[str, Any]:
    """What the stream pane needs: one page of rows and the counts of all streams."""
    stream = stream or streams.asked(request.GET.get("stream"), request.GET.get("view"))
    counts = Conversation.counts(member)
    return {
        "stream": stream,
        "streams": streams.read(member, stream, request.GET.get("after", "")),
        "counts": counts,
        "heading": streams.heading(member, stream),
        "views": views.on_desk(member),
        "counted": False,
        "colleagues": colleagues(request, member),
        "opened": opened,
        "silent": list(
            Source.objects.filter(workspace=member.workspace).exclude(silent_at=None).order_by("silent_at")[:3]
        ),
        "presets": snoozing.presets(now(), member.tz),
        "moment": now(),
        "done": request.GET.get("done") == "1",
        "empty_workspace": not counts["all"] and not Source.objects.filter(workspace=member.workspace).exists(),
    }


@require_safe
@member_required
def desk(request: HttpRequest, member: Member) -> HttpResponse:
    """The stream alone: nothing is open yet."""
    context = stream_context(request, member, opened=number(request.GET.get("open")))
    if wants_fragment(request, "stream"):
        return page(request, "desk/_stream.html", **context)
    if wants_fragment(request, "panes"):
        return page(request, "desk/_opened.html", conversation=None, **context)
    if context["empty_workspace"]:
        return page(request, "pages/empty.html", **context)
    return page(request, "desk/desk.html", conversation=None, **context)
