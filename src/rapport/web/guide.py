"""The guided first minute: a few sentences above the desk, a step at a time, until somebody closes them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from rapport.accounts.models import Member
from rapport.web.answering import back, page, wants_fragment
from rapport.web.reach import member_required, number

STEPS = 5


@require_POST
@member_required
def guide(request: HttpRequest, member: Member) -> HttpResponse:
    """To another step; 0 closes it. It is nobody's but the member's own, so that an observer may, too."""
    member.turn_guide(min(number(request.POST.get("step")), STEPS))
    if wants_fragment(request, "guide"):
        return page(request, "parts/_guide.html")
    return redirect(back(request, reverse("desk", args=[member.workspace.slug])))
