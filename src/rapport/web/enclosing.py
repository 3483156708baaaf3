"""Enclosing: what the composer's form says of files, and what the composer says of those of the draft."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from rapport.accounts.models import Member
from rapport.channels.carrying import Takes, kinds, sized
from rapport.channels.sniffing import PICTURES
from rapport.channels.text import one_line
from rapport.core.refusal import Refused
from rapport.inbox import continuing, enclosing
from rapport.inbox.models import Attachment, Conversation
from rapport.web.reach import number

MOST_AT_ONCE = 20


def take(request: HttpRequest, member: Member, row: Conversation) -> None:
    """What a form of the composer says of files: some to add, one to take out, what each shows. Raises Refused."""
    describe(request, member, row)
    if dropped := number(request.POST.get("drop")):
        enclosing.drop(row, dropped, by=member)
    sent, place = request.FILES.getlist("file"), request.POST.get("place", "")
    takes = enclosing.takes(row, place)
    if not sent:
        return
    if len(sent) > max(MOST_AT_ONCE, takes.most):
        raise Refused("These are too many files at once.")
    largest = max(takes.bytes, takes.picture_bytes)
    enclosing.put(row, [(one.name or "", one.read(largest + 1)) for one in sent], by=member, place=place)


def describe(request: HttpRequest, member: Member, row: Conversation) -> None:
    """What each file shows, as the form says it."""
    said = {
        pk: str(words)
        for name, words in request.POST.items()
        if name.startswith("alt-") and (pk := number(name.removeprefix("alt-")))
    }
    enclosing.describe(row, said, by=member)


def seen(request: HttpRequest) -> list[int] | None:
    """The files that stood in the form; None where the form told of none (a file was just added with it)."""
    if request.FILES or "enclosing" not in request.POST:
        return None
    return [number(one) for one in request.POST.getlist("enclosed")]


def made_smaller(request: HttpRequest) -> list[str]:
    """The names of the pictures that the browser made smaller before it sent them, as the form tells them."""
    told = [one_line(name, 120) for name in request.POST.get("smaller", "").splitlines()]
    return list(dict.fromkeys(filter(None, told)))[:MOST_AT_ONCE]


def about(
    row: Conversation, place: str, enclosed: list[Attachment], ways: continuing.Ways | None = None
) -> dict[str, Any]:
    """What the list shows: the files of the draft, and what may go along."""
    takes = enclosing.takes(row, place, ways)
    return {"takes": takes, "bounds": bounds(takes), "enclosed": enclosed}


def bounds(takes: Takes) -> str:
    """What may go along, in a line."""
    if not takes.most:
        return ""
    facts = {"n": takes.most, "kinds": kinds(takes) or _("any kind"), "most": sized(takes.largest(PICTURES[0]))}
    return _("Up to %(n)s files, %(most)s each (%(kinds)s).") % facts
