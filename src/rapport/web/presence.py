"""Presence: a page of the desk says what it has open, and is told where its colleagues are."""

from __future__ import annotations

import re
import time
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from rapport.accounts.models import Member
from rapport.core import live
from rapport.core.presence import Degree, here
from rapport.inbox import visits
from rapport.inbox.models import Visit
from rapport.web.reach import member_required, number
from rapport.web.unread import read_about
from rapport.web.words import initials

_PAGE = re.compile(r"[0-9a-f]{8,32}\Z")
_DEGREES = {"open": Degree.OPEN, "viewing": Degree.VIEWING, "noting": Degree.NOTING, "typing": Degree.TYPING}


@require_http_methods(["GET", "POST"])
@member_required
def presence(request: HttpRequest, member: Member) -> JsonResponse:
    """POST says (``page`` a name of its own, ``conversation``, ``degree``); either way the answer is who else is where.

    A conversation's id is not looked up: a word about one that does not exist is seen by nobody.
    """
    if request.method == "POST" and _PAGE.match(page := request.POST.get("page", "")):
        where, degree = number(request.POST.get("conversation")), _DEGREES.get(request.POST.get("degree", ""))
        said = here.say(member.workspace_id, member.pk, page, where, degree if where else None, time.monotonic())
        if where in said and degree is not None and degree > Degree.OPEN:
            read_about(member, where)  # a page that was fetched ahead is in front of them now
        if where and degree is not None and degree > Degree.OPEN:
            visits.still_looked(member.workspace_id, where)
        for id in said:
            visits.typed(member.workspace_id, id)
            live.publish(member.workspace_id, {"name": "presence", "subject": id})
    return JsonResponse({"here": _colleagues(member)})


def _colleagues(member: Member) -> dict[int, dict[str, Any]]:
    """Conversation → a line for its head, and who, for the mark on its row. Never oneself, nor who has left."""
    places = here.look(member.workspace_id, time.monotonic())
    ids = {id for there in places.values() for id in there if id > 0} - {member.pk}
    visitors = _visitors(member, [id for id, there in places.items() if min(there) < 0])
    names = (
        visitors | dict(member.workspace.members.active().filter(pk__in=ids).values_list("pk", "name"))
        if ids
        else visitors
    )
    told = {}
    for conversation, there in places.items():
        near = sorted(((-degree, names[id], id) for id, degree in there.items() if id in names))
        if near:
            told[conversation] = {
                "line": " · ".join(_sentence(Degree(-degree), name, visitor=id < 0) for degree, name, id in near[:3]),
                "who": [
                    {"id": id, "name": name, "initials": initials(name), "typing": -degree >= Degree.NOTING}
                    for degree, name, id in near[:3]
                ],
            }
    return told


def _visitors(member: Member, conversations: list[int]) -> dict[int, str]:
    """What those are called who are in their chats now: by the negative id of their visit."""
    if not conversations:
        return {}
    rows = Visit.objects.filter(workspace_id=member.workspace_id, conversation__in=conversations)
    rows = rows.select_related("conversation__identity")
    return {-one.pk: str((one.conversation and one.conversation.identity) or _("Somebody")) for one in rows}


def _sentence(degree: Degree, name: str, *, visitor: bool = False) -> str:
    if visitor and degree != Degree.TYPING:
        return _("%(name)s is here now") % {"name": name}
    if degree >= Degree.NOTING:
        return _("%(name)s is typing") % {"name": name}
    if degree == Degree.VIEWING:
        return _("%(name)s is looking at this") % {"name": name}
    return _("%(name)s has this open") % {"name": name}
