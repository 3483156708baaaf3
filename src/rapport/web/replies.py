"""The composer's forms: reply, draft, preview, *I answered there*; and what can be done with an answer on its way."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rapport.accounts.models import Member
from rapport.core.refusal import Refused
from rapport.inbox import enclosing as files
from rapport.inbox import replying, showing, speaking
from rapport.inbox.colliding import Collided, Seen
from rapport.inbox.continuing import Widened
from rapport.inbox.doubting import Doubted
from rapport.inbox.models import Conversation, Outgoing
from rapport.inbox.splitting import TooLong
from rapport.web import composing, enclosing, streams
from rapport.web.answering import complain, page, say
from rapport.web.conversation import found, show
from rapport.web.reach import answers, member_required
from rapport.web.verbs import TAKEN_BACK, onward, to, undo_address


@require_POST
@member_required
@answers
def reply(request: HttpRequest, member: Member, id: int) -> HttpResponse:
    """Whichever button of the composer was pressed (``do``): each has its own address too."""
    row = found(member, id)
    text, stream = request.POST.get("text", ""), streams.named(request.POST.get("stream"))
    stands, place = streams.place_of(stream, row), request.POST.get("place", "")
    act = "enclose" if request.POST.get("drop") else request.POST.get("do", "send")
    seen = Seen.read(request.POST.get("seen", ""))
    try:
        enclosing.take(request, member, row)
        if act == "there":
            _message, event = replying.said_there(row, text, by=member)
            say(request, _("Kept as your answer."), undo=undo_address(member, row, event))
            return onward(member, row, stream, stands)
        if act in {"keep", "preview", "enclose"}:
            replying.save_draft(row, text, by=member, place=place)
            return _kept(request, member, row, act, place)
        once, sure = request.POST.get("once", ""), request.POST.get("sure") == "1"
        split = request.POST.get("split") == "1"
        aloud = request.POST.get("aloud") == "1"
        outgoing = replying.reply(
            row, text, by=member, seen=seen, once=once, sure=sure, split=split, place=place, aloud=aloud,
            files=enclosing.seen(request),
        )  # fmt: skip
        facts = {"name": _who(row), "n": replying.held_seconds(row)}
        said = _("Your answer to %(name)s leaves in %(n)s seconds.") % facts
        say(request, said, undo=reverse("withdrawal", args=[member.workspace.slug, outgoing.pk]))
        return onward(member, row, stream, stands)
    except Collided as told:
        again = composing.again(member, row, text, place)
        return show(request, member, row, status=422, refusal=str(told), fresh=seen, **again)
    except Refused as refused:
        again = composing.again(member, row, text, place) | _about(request, refused) | _still(seen)
        return show(request, member, row, status=422, refusal=str(refused), **again)


def _about(request: HttpRequest, refused: Refused) -> dict[str, Any]:
    """What a refusal leads to: the button that sends it all the same, where there is one; and what was agreed to before."""
    return {
        "split": request.POST.get("split") == "1",
        "doubted": isinstance(refused, Doubted),
        "splits": refused.count if isinstance(refused, TooLong) else 0,
        "widens": isinstance(refused, Widened),
        "aloud": request.POST.get("aloud") == "1",
    }


def _kept(request: HttpRequest, member: Member, row: Conversation, act: str, place: str) -> HttpResponse:
    if act != "keep":
        again = composing.again(member, row, request.POST.get("text", ""), place)
        return show(request, member, row, **again, **_still(Seen.read(request.POST.get("seen", ""))))
    say(request, _("Saved. It stays here as your draft, and goes into the next export."))
    return to(row, streams.named(request.POST.get("stream")))


def _still(seen: Seen | None) -> dict[str, Any]:
    """The mark that the form came with goes on: what happened since is told when the answer is sent."""
    return {"mark": seen} if seen else {}


@require_POST
@member_required
@answers
def draft(request: HttpRequest, member: Member, id: int) -> HttpResponse:
    """What is being typed, saved as it grows. Says so in two words, and to htmx how it will stand there."""
    row, text, place = found(member, id), request.POST.get("text", ""), request.POST.get("place", "")
    replying.save_draft(row, text, by=member, place=place)
    enclosing.describe(request, member, row)
    if "HX-Request" not in request.headers:
        return HttpResponse(_("Draft saved"), content_type="text/plain; charset=utf-8")
    preview = showing.show(row, text, by=member, place=place)
    return page(request, "desk/_draft.html", conversation=row, preview=preview, kept=bool(text.strip()))


@require_POST
@member_required
@answers
def enclose(request: HttpRequest, member: Member, id: int) -> HttpResponse:
    """Files are added, or one is taken out: the list as it stands then, and how the answer will stand there."""
    row, place = found(member, id), request.POST.get("place", "")
    text, refusal = request.POST.get("text", ""), ""
    replying.save_draft(row, text, by=member, place=place)
    try:
        enclosing.take(request, member, row)
    except Refused as refused:
        refusal = str(refused)
    preview = showing.show(row, text, by=member, place=place)
    context = enclosing.about(row, place, files.drafted(row, member)) | {
        "preview": preview,
        "conversation": row,
        "refused": refusal,
    }
    there = {one.name for one in context["enclosed"]}
    smaller = [name for name in enclosing.made_smaller(request) if name in there]
    return page(request, "desk/_enclosed.html", alone=True, smaller=smaller, **context)


@require_POST
@member_required
@answers
def withdrawal(request: HttpRequest, member: Member, id: int) -> HttpResponse:
    """Undo a held answer: its words become the draft again."""
    outgoing = _outgoing(member, id)
    try:
        done = replying.withdraw(outgoing, by=member)
    except Refused as refused:
        complain(request, str(refused))
    else:
        say(request, _(TAKEN_BACK) if done else _("It was taken back already."))
    return to(outgoing.conversation, streams.named(request.POST.get("stream")))


@require_POST
@member_required
@answers
def retry(request: HttpRequest, member: Member, id: int) -> HttpResponse:
    """Send a failed answer again, or look an unknown one up (``insist`` sends it whatever is known)."""
    outgoing = _outgoing(member, id)
    try:
        replying.retry(outgoing, by=member, insist=request.POST.get("insist") == "1")
    except Refused as refused:
        complain(request, str(refused))
    else:
        say(request, _("Trying again."))
    return to(outgoing.conversation, streams.named(request.POST.get("stream")))


def _outgoing(member: Member, id: int) -> Outgoing:
    rows = Outgoing.objects.filter(workspace=member.workspace)
    row = rows.select_related("conversation__workspace", "conversation__source").filter(pk=id).first()
    if row is None:
        raise Http404
    return row


def _who(row: Conversation) -> str:
    """Whom an answer here reaches: who spoke last, which in a thread of many is not who began it."""
    last = speaking.latest(row)
    return str((last and last.identity) or row.identity or _("them"))
