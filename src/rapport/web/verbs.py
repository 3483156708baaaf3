"""The verbs on a conversation, as forms: each answers with a redirect, or with the page again and a sentence."""

from __future__ import annotations

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rapport.accounts.models import Member
from rapport.core.models import Event
from rapport.core.refusal import Refused
from rapport.inbox import working
from rapport.inbox.correcting import KEPT, correct
from rapport.inbox.models import Conversation, Message
from rapport.web import streams, words
from rapport.web.answering import complain, say
from rapport.web.conversation import found, show
from rapport.web.reach import answers, member_required, number

Act = Callable[[Conversation], Event]


@require_POST
@member_required
@answers
def silence(request: HttpRequest, member: Member, id: int) -> HttpResponse:
    """No answer needed, and why."""
    why = request.POST.get("why", "")
    said = _("No answer needed: %(why)s.") % {"why": str(words.SILENCE.get(why, "")).lower()}
    return _act(request, member, id, lambda row: working.no_answer_needed(row, by=member, why=why), said, done=True)


@require_POST
@member_required
@answers
def settlement(request: HttpRequest, member: Member, id: int) -> HttpResponse:
    return _act(request, member, id, lambda row: working.settle(row, by=member), _("Settled."), done=True)


@require_POST
@member_required
@answers
def reopening(request: HttpRequest, member: Member, id: int) -> HttpResponse:
    return _act(request, member, id, lambda row: working.reopen(row, by=member), _("Back on the desk."))


@require_POST
@member_required
@answers
def assignment(request: HttpRequest, member: Member, id: int) -> HttpResponse:
    """To a colleague, or (0) to nobody."""
    to = number(request.POST.get("to"))
    colleague = member.workspace.members.active().filter(pk=to).first() if to else None
    if to and colleague is None:
        raise Http404
    said = _("Assigned to %(name)s.") % {"name": colleague.name} if colleague else _("Assigned to nobody.")
    return _act(request, member, id, lambda row: working.assign(row, colleague, by=member), said)


@require_POST
@member_required
@answers
def note(request: HttpRequest, member: Member, id: int) -> HttpResponse:
    row = found(member, id)
    text = request.POST.get("text", "")
    try:
        working.note(row, text, by=member)
    except Refused as refused:
        return show(request, member, row, status=422, refusal=str(refused), about="note", noted=text)
    say(request, _("Noted for your colleagues."))
    return to(row, streams.named(request.POST.get("stream")))


@require_POST
@member_required
@answers
def undo(request: HttpRequest, member: Member, id: int, event: int) -> HttpResponse:
    """Take one's own last verb back, while nothing has happened since."""
    row = found(member, id)
    try:
        working.undo(row, event, by=member)
    except Refused as refused:
        complain(request, str(refused))
    else:
        say(request, _("Undone."))
    return to(row, streams.named(request.POST.get("stream")))


@require_POST
@member_required
@answers
def correction(request: HttpRequest, member: Member, id: int) -> HttpResponse:
    """A person knows better what one message needs."""
    message = (
        Message.objects.filter(workspace=member.workspace, pk=id).select_related("conversation__workspace").first()
    )
    if message is None:
        raise Http404
    try:
        row = number(request.POST.get("row")) or None
        correct(message, needs=request.POST.get("needs", ""), by=member, row=row)
    except Refused as refused:
        complain(request, str(refused))
    else:
        say(request, _(KEPT))
    return to(message.conversation, streams.named(request.POST.get("stream")))


def _act(request: HttpRequest, member: Member, id: int, act: Act, said: str, *, done: bool = False) -> HttpResponse:
    """Do it, say so with an Undo, and go on: to the next conversation when this one is done."""
    row = found(member, id)
    stream = streams.named(request.POST.get("stream"))
    try:
        event = act(row)
    except Refused as refused:
        complain(request, str(refused))
        return to(row, stream)
    say(request, said, undo=_undo(member, row, event))
    return onward(member, row, stream) if done else to(row, stream)


def _undo(member: Member, row: Conversation, event: Event) -> str:
    return reverse("undo", args=[member.workspace.slug, row.pk, event.pk])


def onward(member: Member, row: Conversation, stream: str) -> HttpResponse:
    """*Done & next*: what presses most among what still needs an answer; the desk itself when that was the last."""
    if stream not in streams.BY_POSITION:
        return to(row, stream)
    following = streams.next_after(member, stream, row)
    return to(following, stream) if following else see(reverse("desk", args=[member.workspace.slug]), stream)


def to(row: Conversation, stream: str) -> HttpResponse:
    return see(reverse("conversation", args=[row.workspace.slug, row.pk]), stream)


def see(path: str, stream: str) -> HttpResponse:
    """303: whatever was posted, the browser now asks for this page."""
    return HttpResponseRedirect(path if stream == "needs" else f"{path}?stream={stream}", status=303)
