"""A person: from a search to the conversation they were last in."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from rapport.accounts.models import Member
from rapport.inbox.models import Conversation
from rapport.web.reach import member_required


@require_safe
@member_required
def person(request: HttpRequest, member: Member, id: int) -> HttpResponse:
    """Somebody's newest conversation, with their pane open."""
    rows = Conversation.objects.seen_by(member).filter(identity__person__pk=id, identity__workspace=member.workspace)
    newest = rows.order_by("-last_message_at", "-pk").first()
    if newest is None:
        raise Http404
    return redirect(f"/w/{member.workspace.slug}/c/{newest.pk}/?stream=all#person")
