"""The page of components: everything pages are made of, in every state. It is for those who make pages, and so it
exists only in demo workspaces (docs/decisions)."""

from __future__ import annotations

import re
from datetime import timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from rapport.accounts.models import Member
from rapport.core.database import now
from rapport.web import assets
from rapport.web.answering import page
from rapport.web.reach import member_required

NAMES = (
    "Ann Lee",
    "سلمى الحسيني",
    "தமிழ்ச்செல்வி இராமநாதன்",
    "Wolfeschlegelsteinhausenbergerdorff " * 8,
    "Bo Diaz",
    "李 小龙",
)
"""A short name, one written from right to left, one in Tamil, and one that never ends."""
SAID = (
    "There are no lights. I am asking for the second time: third week without a router.",
    "أسبوع ثالث بدون راوتر، ولا أحد يتصل بي.",
    "மூன்றாவது வாரமாக இணைப்பு இல்லை. யாராவது அழைக்க முடியுமா?",
    "https://example.org/" + "a-very-long-address/" * 12,
)


@require_safe
@member_required
def components(request: HttpRequest, member: Member) -> HttpResponse:
    """Every component, twice: by day and by night."""
    if not member.workspace.demo:
        raise Http404
    moment = now()
    symbols = re.findall(r'<symbol id="([a-z]+)"', assets.build("icons.svg").body.decode())
    return page(
        request, "pages/components.html", names=NAMES, said=SAID, symbols=symbols, moment=moment,
        soon=moment + timedelta(hours=2), late=moment - timedelta(hours=3),
    )  # fmt: skip
