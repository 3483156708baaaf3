"""The ticket with which a browser may listen to its workspace for a minute (see ``core.live``)."""

from __future__ import annotations

import time

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from rapport.accounts.models import Member
from rapport.core.tickets import ticket
from rapport.web.reach import member_required


@require_safe
@member_required
def live_ticket(request: HttpRequest, member: Member) -> JsonResponse:
    return JsonResponse({"ticket": ticket(member.workspace_id, member.pk, settings.SECRET_KEY, time.time())})
