"""The verbs on a conversation, as forms: each answers with a redirect, or with the page again and a sentence."""

from __future__ import annotations

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext
from django.views.decorators.http import require_POST

from rapport.accounts.models import Member
from rapport.core.database import locked, now, write
from rapport.core.models import Event
from rapport.core.refusal import Refused
from rapport.inbox import asking, mentioning, undoing, unwinding, working
from rapport.inbox.correcting import KEPT, correct
from rapport.inbox.models import Conversation, Draft, Message, Note
from rapport.inbox.snoozing import chosen, snooze
from rapport.web import streams, times, words
from rapport.web.answering import complain, say
from rapport.web.conversation import found, show
from rapport.web.reach import answers, member_required, number

Act = Callable[[Conversation], Event]
Said = str | Callable[[Conversation], str]
TAKEN_BACK = gettext_noop("Taken back. Your words are in the composer.")


@require_POST
@member_required
@answers
def silence(request: HttpRequest, member: Member, id: int) -> HttpResponse:
    """No answer needed, and why."""
    why = request.POST.get("why", "")
    said = _("No answer needed: %(why)s.") % {"why": words.SILENCE.get(why, "")}
    return _act(request, member, id, lambda row: working.no_answer_needed(row, by=member, why=why), said, done=True)


@require_POST
@member_required
@answers
def settlement(request: HttpRequest, member: Member, id: int) -> HttpResponse:
    return _act(request, member, id, lambda row: working.settle(row, by=member), _("Settled."), done=True)


@require_POST
@member_required
@answers
def snoozing(request: HttpRequest, member: Member, id: int) -> HttpResponse:
    """Out of sight until a time."""
    until = request.POST.get("until", "")
    try:
        chosen(until, now(), member.tz)
    except Refused as refused:
        row = found(member, id)
        return show(request, member, row, status=422, refusal=str(refused), about="snooze", until=until)

    def said(row: Conversation) -> str:
        return _("Snoozed until %(when)s.") % {"when": times.weekday(row.snoozed_until)} if row.snoozed_until else ""

    return _act(request, member, id, lambda row: snooze(row, until, by=member), said, done=True)


@require_POST
@member_required
@answers
def reopening(request: HttpRequest, member: Member, id: int) -> HttpResponse:
    return _act(request, member, id, lambda row: working.reopen(row, by=member), _("Back on the desk."))


@require_POST
@member_required
@answers
def assignment(request: HttpRequest, member: Member, id: int) -> HttpResponse:
    """To a colleague, or (0) to nobody. What is given away is done: the next one opens."""
    to = number(request.POST.get("to"))
    colleague = member.workspace.members.active().filter(pk=to).first() if to else None
    if to and colleague is None:
        raise Http404
    said = _("Assigned to %(name)s.") % {"name": colleague.name} if colleague else _("Assigned to nobody.")
    away = colleague is not None and colleague.pk != member.pk
    return _act(request, member, id, lambda row: working.assign(row, colleague, by=member), said, done=away)


@require_POST
@member_required
@answers
def note(request: HttpRequest, member: Member, id: int) -> HttpResponse:
    row, text = found(member, id), request.POST.get("text", "")
    try:
        kept, event = working.noted(row, text, by=member)
    except Refused as refused:
        return show(request, member, row, status=422, refusal=str(refused), about="note", noted=text)
    told = ", ".join(kept.mentions.order_by("member__name").values_list("member__name", flat=True))
    said = (
        _("Noted. %(names)s will see it under Mentions.") % {"names": told} if told else _("Noted for your colleagues.")
    )
    if missed := mentioning.unmet(kept.text, mentioning.names(member.workspace_id)):
        called = ", ".join(missed[:3])
        said += " " + _("%(names)s: no colleague, or more than one. Nobody is told by it.") % {"names": called}
    say(request, said, undo=undo_address(member, row, event))
    return to(row, streams.named(request.POST.get("stream")))


@require_POST
@member_required
@answers
def question(request: HttpRequest, member: Member, id: int) -> HttpResponse:
    """Ask a colleague: it waits inside for them."""
    row, text, stream = found(member, id), request.POST.get("text", ""), streams.named(request.POST.get("stream"))
    whom = number(request.POST.get("to"))
    colleague = member.workspace.members.active().filter(pk=whom).first()
    place = streams.place_of(stream, row)
    try:
        if colleague is None:
            raise Refused("Choose whom to ask.")
        event = asking.ask(row, colleague, text, by=member)
    except Refused as refused:
        return show(request, member, row, status=422, refusal=str(refused), about="question", noted=text, asks=whom)
    said = _("%(name)s is asked. It waits inside until they answer.") % {"name": colleague.name}
    say(request, said, undo=undo_address(member, row, event))
    return onward(member, row, stream, place)


@require_POST
@member_required
@answers
def undo(request: HttpRequest, member: Member, id: int, event: int) -> HttpResponse:
    """Take one's own verb back, while nothing has been built on it."""
    row = found(member, id)
    try:
        done = undoing.undo(row, event, by=member)
    except Refused as refused:
        complain(request, str(refused))
    else:
        if done and (note := undoing.note_of(row, event, by=member)):
            return _give_back(request, row, note)
        say(request, _("Undone.") if done else _("It was undone already."))
    return to(row, streams.named(request.POST.get("stream")))


def _give_back(request: HttpRequest, row: Conversation, note: Note) -> HttpResponse:
    """A note that was taken back: the page that comes has its words in the field again."""
    asked = _("Question taken back. Your words stand in its field again.")
    say(request, asked if note.asked_id else _("Note taken back. Your words stand in its field again."))
    return to(row, streams.named(request.POST.get("stream")), f"noted={note.pk}")


@require_POST
@member_required
@answers
def unwind(request: HttpRequest, member: Member) -> HttpResponse:
    """Take back whatever one did last; asked again, what one did before that."""
    stream = streams.named(request.POST.get("stream"))
    try:
        done = unwinding.unwind(by=member)
    except Refused as refused:
        complain(request, str(refused))
        here = number(request.POST.get("open"))
        return to(found(member, here), stream) if here else see(reverse("desk", args=[member.workspace.slug]), stream)
    if done.conversation is None:
        say(request, taken_back(done.back, done.left))
        return see(reverse("desk", args=[member.workspace.slug]), stream)
    if note := undoing.note_of(done.conversation, done.event, by=member):
        return _give_back(request, done.conversation, note)
    who = str(done.conversation.identity or _("Somebody"))[:60]
    say(request, _(TAKEN_BACK) if done.answer else _("Undone: %(name)s.") % {"name": who})
    return to(done.conversation, stream)


def taken_back(back: int, left: int) -> str:
    """How many conversations of a bulk act are as they were, and how many are not."""
    said = ngettext("Undone for %(n)s conversation.", "Undone for %(n)s conversations.", back) % {"n": back}
    if left:
        said += " " + ngettext(
            "%(n)s stays: something has happened there since.", "%(n)s stay: something has happened there since.", left
        ) % {"n": left}
    return said


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
    row = message.conversation
    try:
        number_ = number(request.POST.get("row")) or None
        event = correct(message, needs=request.POST.get("needs", ""), by=member, row=number_)
    except Refused as refused:
        complain(request, str(refused))
    else:
        say(request, _(KEPT), undo=undo_address(member, row, event))
    return to(row, streams.named(request.POST.get("stream")))


def _act(request: HttpRequest, member: Member, id: int, act: Act, said: Said, *, done: bool = False) -> HttpResponse:
    """Do it, say so with an Undo, and go on: to the next conversation when this one is done.

    ``state`` is how it stood on the page that asks: a decision of another tab, or of a colleague, is not run over.
    """
    row = found(member, id)
    stream = streams.named(request.POST.get("stream"))
    place = streams.place_of(stream, row)
    try:
        with write():
            _still_as_seen(row, member, request.POST.get("state", ""))
            event = act(row)
    except Refused as refused:
        complain(request, str(refused))
        return to(row, stream)
    told = said if isinstance(said, str) else said(row)
    if done and Draft.objects.filter(conversation=row, member=member).exists():
        told += " " + _("Your draft is kept.")
    say(request, told, undo=undo_address(member, row, event))
    return onward(member, row, stream, place) if done else to(row, stream)


def _still_as_seen(row: Conversation, member: Member, seen: str) -> None:
    """Raises Refused where the page that asks shows another state than the one that is."""
    state = locked(Conversation.objects.filter(pk=row.pk)).values_list("state", flat=True).first()
    if seen and state and state != seen:
        last = undoing.last_act(row)
        if last and last.by_id == member.pk:
            raise Refused("You have done something else here in another tab: look at it again.")
        raise undoing.who_did_what(last) if last else Refused("Something has happened here since: look at it again.")


def undo_address(member: Member, row: Conversation, event: Event) -> str:
    """Where a POST takes this act back."""
    return reverse("undo", args=[member.workspace.slug, row.pk, event.pk])


def onward(member: Member, row: Conversation, stream: str, place: str) -> HttpResponse:
    """*Done & next*: the one that stood behind it in the stream, or the end of the stream, where it says so."""
    following = streams.next_after(member, stream, row, place)
    return to(following, stream) if following else see(reverse("desk", args=[member.workspace.slug]), stream, "done=1")


def to(row: Conversation, stream: str, more: str = "") -> HttpResponse:
    return see(reverse("conversation", args=[row.workspace.slug, row.pk]), stream, more)


def see(path: str, stream: str, more: str = "") -> HttpResponse:
    """303: whatever was posted, the browser now asks for this page."""
    asked = "&".join(part for part in ("" if stream == "needs" else f"stream={stream}", more) if part)
    return HttpResponseRedirect(f"{path}?{asked}" if asked else path, status=303)
