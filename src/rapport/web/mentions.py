"""What names me: the notes in which colleagues mention or ask this member."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rapport.accounts.models import Member
from rapport.core.hints import hint
from rapport.inbox import mentions as named
from rapport.web import turns
from rapport.web.answering import page, say, wants_fragment
from rapport.web.reach import member_required, number
from rapport.web.unread import read_mentions


@require_safe
@member_required
def mentions(request: HttpRequest, member: Member) -> HttpResponse:
    """The list, the newest first; or only the mark in the top bar, which fetches itself."""
    if wants_fragment(request, "mentions-mark"):
        return page(request, "parts/_mentions.html")
    found = named.of(member, number(request.GET.get("before")))
    if "HX-Preloaded" not in request.headers:  # what stands here is no news at the bell
        read_mentions(member, {one.note.conversation_id for one in found[: named.PAGE]})
    more = found[named.PAGE - 1].pk if len(found) > named.PAGE else 0
    rows = [(one, turns.pieces_of_note(one.note.text, member.workspace_id)) for one in found[: named.PAGE]]
    return page(request, "pages/mentions.html", rows=rows, more=more)


@require_POST
@member_required
def seen(request: HttpRequest, member: Member) -> HttpResponse:
    """All of them are read."""
    if named.saw(member):
        hint(member.workspace_id, "mention", member.pk)
        read_mentions(member)
        say(request, _("All read."))
    return redirect(reverse("mentions", args=[member.workspace.slug]))
