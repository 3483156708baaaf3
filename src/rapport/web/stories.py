"""Two pages for the team: the warm exchanges of the week, and the emotional ledger."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from rapport.accounts.models import Member
from rapport.core.database import now
from rapport.inbox import ledger, story
from rapport.understanding import feelings as levels
from rapport.web.answering import page
from rapport.web.reach import member_required, number

SPANS = (7, 30, 90)


@require_safe
@member_required
def stories(request: HttpRequest, member: Member) -> HttpResponse:
    """What went well this week, in their words, and with whom."""
    return page(request, "pages/stories.html", told=story.newest(member, now()))


@require_safe
@member_required
def feelings(request: HttpRequest, member: Member) -> HttpResponse:
    """How people felt before and after they dealt with us."""
    asked = number(request.GET.get("days"))
    days = asked if asked in SPANS else 30
    read = ledger.read(member, now(), days)
    return page(
        request, "pages/feelings.html", ledger=read, days=days, spans=SPANS, most=ledger.MOST, level=levels.level
    )
