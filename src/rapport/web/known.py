"""The verbs on what is known of a person, as forms: notes, facts, promises, feelings. Each can be undone."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rapport.accounts.models import Member
from rapport.core.refusal import Refused
from rapport.inbox import facts, feeling, noting, promising
from rapport.inbox.models import Fact, Feeling, Message, PersonNote, Promise
from rapport.web.answering import back, complain, say
from rapport.web.person import known, show
from rapport.web.reach import answers, member_required

M = TypeVar("M", bound=Model)


def _one(rows: QuerySet[M], id: int) -> M:
    found = rows.filter(pk=id).first()
    if found is None:
        raise Http404
    return found


def _to(request: HttpRequest, member: Member, person: int) -> HttpResponse:
    return HttpResponseRedirect(back(request, reverse("person", args=[member.workspace.slug, person])), status=303)


@require_POST
@member_required
@answers
def person_note(request: HttpRequest, member: Member, id: int) -> HttpResponse:
    """A note about somebody; what judges comes back with the sentence that says why, and the words kept."""
    row = known(member, id)
    text = request.POST.get("text", "")
    try:
        made = noting.note(row, text, by=member)
    except Refused as refused:
        return show(request, member, row, status=422, refusal=str(refused), noted=text)
    say(request, _("Noted for your colleagues."), undo=reverse("unnote", args=[member.workspace.slug, made.pk]))
    return _to(request, member, row.pk)


@require_POST
@member_required
@answers
def unnote(request: HttpRequest, member: Member, id: int) -> HttpResponse:
    made = _one(PersonNote.objects.filter(workspace=member.workspace).select_related("person"), id)
    try:
        noting.withdraw(made, by=member)
    except Refused as refused:
        complain(request, str(refused))
    else:
        say(request, _("Undone."))
    return _to(request, member, made.person_id)


@require_POST
@member_required
@answers
def fact(request: HttpRequest, member: Member, id: int) -> HttpResponse:
    """Remove a fact, or (``do`` is ``restore``) take the removal back."""
    row = _one(Fact.objects.filter(workspace=member.workspace), id)
    if "restore" in {request.POST.get("do"), request.GET.get("do")}:
        facts.restore(row, by=member)
        say(request, _("Undone."))
    else:
        facts.remove(row, by=member)
        again = reverse("fact", args=[member.workspace.slug, row.pk]) + "?do=restore"
        say(request, _("Removed. It is not proposed again."), undo=again)
    return _to(request, member, row.person_id)


@require_POST
@member_required
@answers
def promise(request: HttpRequest, member: Member, id: int) -> HttpResponse:
    """Kept; or (``do`` is ``reopen``) not, after all."""
    rows: QuerySet[Any] = Promise.objects.filter(message__workspace=member.workspace)
    row = _one(rows.select_related("message__identity", "message__conversation__identity"), id)
    if request.POST.get("do") == "reopen":
        promising.reopen(row, by=member)
    else:
        promising.keep(row, by=member)
    identity = row.message.identity if not row.message.ours else row.message.conversation.identity
    if identity is None:
        raise Http404
    return _to(request, member, identity.person_id)


@require_POST
@member_required
@answers
def felt(request: HttpRequest, member: Member, id: int) -> HttpResponse:
    """A person knows better how a message was felt."""
    message = _one(Message.objects.filter(workspace=member.workspace).select_related("conversation"), id)
    try:
        valence, _dot, emotion = request.POST.get("felt", "").partition(".")
        made = feeling.feel(message, valence=valence, emotion=emotion, by=member)
    except Refused as refused:
        complain(request, str(refused))
    else:
        undo = reverse("unfelt", args=[member.workspace.slug, made.pk])
        say(request, _("Changed for this message, and kept as an example for training."), undo=undo)
    return _to_talk(request, member, message)


@require_POST
@member_required
@answers
def unfelt(request: HttpRequest, member: Member, id: int) -> HttpResponse:
    made = _one(Feeling.objects.filter(message__workspace=member.workspace).select_related("message"), id)
    try:
        feeling.withdraw(made, by=member)
    except Refused as refused:
        complain(request, str(refused))
    else:
        say(request, _("Undone."))
    return _to_talk(request, member, made.message)


def _to_talk(request: HttpRequest, member: Member, message: Message) -> HttpResponse:
    talk = reverse("conversation", args=[member.workspace.slug, message.conversation_id])
    return HttpResponseRedirect(back(request, f"{talk}?stream=all&from={message.pk}#m{message.pk}"), status=303)
