"""The private page: one conversation for the person on its other side, and a field to write again."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rapport.accounts.models import Member
from rapport.channels.base import Batch, ChannelError
from rapport.channels.chat import parse as chat
from rapport.channels.form import asking, parse
from rapport.core.database import now
from rapport.core.refusal import Refused
from rapport.core.saying import said
from rapport.inbox import private as pages
from rapport.inbox import scanning
from rapport.inbox.models import Attachment
from rapport.ingest.accepting import accept
from rapport.people.models import Identity
from rapport.web import flood, public, streams
from rapport.web.answering import complain, say
from rapport.web.attachments import handed
from rapport.web.conversation import found
from rapport.web.form import FLOOD, PAUSED
from rapport.web.reach import answers, member_required
from rapport.web.verbs import to


@csrf_exempt  # no session: the link itself is what one has to have
@require_http_methods(["GET", "HEAD", "POST"])
def private(request: HttpRequest, link: str) -> HttpResponse:
    """GET shows both sides' words; POST says something more, in the same conversation."""
    door = pages.find(link)
    if door is None or (door.conversation and door.conversation.identity is None):  # the latter: a person forgotten
        return public.nothing(request)
    if door.conversation is None:
        return public.page(
            request,
            "public/soon.html",
            company=door.source.workspace.name,
            status=503 if request.method == "POST" else 200,
        )
    if request.method == "POST":
        return _write(request, door, link)
    return _show(request, door, parse.Asked())


@require_safe
def file(request: HttpRequest, link: str, id: int) -> HttpResponse:
    """A file of one of its messages, for whoever has the link; not before the scanner has let it go."""
    door = pages.find(link)
    talk = door.conversation if door else None
    if talk is None or talk.identity is None:
        return public.nothing(request)
    row = Attachment.objects.filter(workspace_id=talk.workspace_id, pk=id, place__gt=0).first()
    there = row is not None and talk.messages.filter(key=row.key, deleted_at=None).exists()
    if row is None or row.content is None or not there or scanning.of(row) != "given":
        return public.nothing(request)
    return handed(row, save="save" in request.GET)


def _write(request: HttpRequest, door: pages.Door, link: str) -> HttpResponse:
    assert door.conversation is not None and door.conversation.identity is not None  # noqa: S101 - the caller looked
    identity = door.conversation.identity
    try:
        given = parse.fields({"content-type": request.headers.get("Content-Type", "")}, request.body)
    except ChannelError as error:
        return _show(request, door, parse.Asked({"text": error.message}), status=error.status)
    taken = _another(door, identity, given, request.body)
    words = given.get("text", "")
    if isinstance(taken, parse.Asked):
        return _show(request, door, taken, words, status=422)
    if door.source.paused_at is not None:
        return _show(request, door, parse.Asked({"text": _(PAUSED)}), words, status=503)
    if flood.too_many(door.source.pk, request.META.get("REMOTE_ADDR", "")):
        return _show(request, door, parse.Asked({"text": _(FLOOD)}), words, status=429)
    accept(door.source, Batch((taken.item,)))
    return public.page(
        request, "public/again.html", company=door.source.workspace.name, back=reverse("private", args=[link])
    )


def _another(door: pages.Door, identity: Identity, given: Mapping[str, str], raw: bytes) -> parse.Taken | parse.Asked:
    """The next turn, in the way of the channel by which the talk began."""
    if door.source.kind != chat.NETWORK:
        return parse.another(door.thread, identity.address, identity.name, given, raw, now())
    said = chat.Said(text=given.get("text", ""), once=given.get("once", ""))
    try:
        taken = chat.go_on(door.source.settings, said, now(), chat.Who(door.thread, identity.address, identity.name))
    except ChannelError as error:
        return parse.Asked({"text": error.message})
    return parse.Taken(taken.item)


def _show(
    request: HttpRequest, door: pages.Door, asked: parse.Asked, words: str = "", status: int = 200
) -> HttpResponse:
    assert door.conversation is not None  # noqa: S101 - the caller looked
    return public.page(
        request,
        "public/private.html",
        company=door.source.workspace.name,
        status=status,
        form=asking.form_of(door.source.settings),
        conversation=door.conversation,
        turns=pages.turns(door.conversation),
        error=said(asked.errors.get("text", "")),
        text=words,
        once=secrets.token_urlsafe(12),
        longest=chat.LONGEST if door.source.kind == chat.NETWORK else parse.LONGEST["text"],
    )


@require_POST
@member_required
@answers
def renewal(request: HttpRequest, member: Member, id: int) -> HttpResponse:
    """Make every link to this conversation's private page void."""
    row = found(member, id)
    try:
        pages.renew(row, by=member)
    except Refused as refused:
        complain(request, str(refused))
    else:
        say(request, _("The old link opens nothing any more. Your next answer by e-mail carries a new one."))
    return to(row, streams.named(request.POST.get("stream")))
