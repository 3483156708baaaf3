"""What can be done with what stands there: our words changed or taken back, theirs liked; and what is on its way of it."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rapport.accounts.models import Member
from rapport.core.refusal import Refused
from rapport.inbox import acting
from rapport.inbox.models import Act, Message
from rapport.inbox.models.act import Deed
from rapport.web import composing, streams
from rapport.web.answering import complain, say
from rapport.web.conversation import found, show
from rapport.web.reach import answers, member_required
from rapport.web.verbs import to


@require_POST
@member_required
@answers
def change(request: HttpRequest, member: Member, id: int) -> HttpResponse:
    """Change what we said there."""
    message, text = _message(member, id), request.POST.get("text", "")
    row = found(member, message.conversation_id)
    try:
        act = acting.edit(message, text, by=member, seen=request.POST.get("seen", ""))
    except Refused as refused:
        message.refresh_from_db()
        if message.deleted_at is not None:
            complain(request, str(refused))
            return to(row, streams.named(request.POST.get("stream")))
        changing = composing.panel(message, Deed.EDIT, text=text, refusal=str(refused))
        return show(request, member, row, status=422, changing=changing)
    said = _("Your change leaves in %(n)s seconds.") % {"n": settings.RAPPORT_HELD_SECONDS}
    say(request, said, undo=_undo(member, act))
    return to(row, streams.named(request.POST.get("stream")))


@require_POST
@member_required
@answers
def take_back(request: HttpRequest, member: Member, id: int) -> HttpResponse:
    """Take back what we said there."""
    message = _message(member, id)
    try:
        act = acting.take_back(message, by=member)
    except Refused as refused:
        complain(request, str(refused))
    else:
        said = _("It is taken back in %(n)s seconds.") % {"n": settings.RAPPORT_HELD_SECONDS}
        say(request, said, undo=_undo(member, act) if act.by_id == member.pk else "")
    return to(found(member, message.conversation_id), streams.named(request.POST.get("stream")))


@require_POST
@member_required
@answers
def like(request: HttpRequest, member: Member, id: int, *, on: bool = True) -> HttpResponse:
    """Like what they said there, or take the like back."""
    message = _message(member, id)
    try:
        act = acting.like(message, by=member, on=on)
    except Refused as refused:
        complain(request, str(refused))
    else:
        undo = reverse("unlike", args=[member.workspace.slug, message.pk]) if on and act else ""
        say(request, _("Liked.") if on else _("The like is taken back."), undo=undo)
    return to(found(member, message.conversation_id), streams.named(request.POST.get("stream")))


@require_POST
@member_required
@answers
def withdraw(request: HttpRequest, member: Member, id: int) -> HttpResponse:
    """Undo what is still held."""
    act = _act(member, id)
    try:
        done = acting.withdraw(act, by=member)
    except Refused as refused:
        complain(request, str(refused))
    else:
        say(request, _("Nothing is changed there.") if done else _("It was taken back already."))
    return to(found(member, act.message.conversation_id), streams.named(request.POST.get("stream")))


@require_POST
@member_required
@answers
def retry(request: HttpRequest, member: Member, id: int) -> HttpResponse:
    """Try once more what failed."""
    act = _act(member, id)
    try:
        acting.retry(act, by=member)
    except Refused as refused:
        complain(request, str(refused))
    else:
        say(request, _("Trying again."))
    return to(found(member, act.message.conversation_id), streams.named(request.POST.get("stream")))


def _message(member: Member, id: int) -> Message:
    rows = Message.objects.filter(workspace=member.workspace).select_related("source")
    if (row := rows.filter(pk=id).first()) is None:
        raise Http404
    return row


def _act(member: Member, id: int) -> Act:
    rows = Act.objects.filter(workspace=member.workspace).select_related("message")
    if (row := rows.filter(pk=id).first()) is None:
        raise Http404
    return row


def _undo(member: Member, act: Act) -> str:
    return reverse("act_withdrawal", args=[member.workspace.slug, act.pk])
