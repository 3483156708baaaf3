"""A conversation: its turns, the composer beneath, the person beside."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from rapport.accounts.models import Member
from rapport.channels.base import Places
from rapport.core.database import now
from rapport.inbox import (
    asking,
    colliding,
    private,
    snoozing,
    speaking,
    turning,
    undoing,
    visits,
    whereabouts,
)
from rapport.inbox.models import Conversation, Draft, Message
from rapport.inbox.models.outgoing import new_key
from rapport.inbox.working import REASONS_FOR_SILENCE
from rapport.people import timeline
from rapport.people.models import Identity, Order
from rapport.web import composing, strain, streams, turns, words
from rapport.web.answering import page, wants_fragment
from rapport.web.desk import stream_context
from rapport.web.person import about
from rapport.web.reach import colleagues, member_required, number
from rapport.web.unread import opened

OTHERS = 10
SOUGHT = 600
"""Letters of a search that a conversation leads back to."""


def found(member: Member, id: int) -> Conversation:
    """The conversation of this id (or the one it was joined into), if this member may see it; 404 if not."""
    rows = Conversation.objects.seen_by(member).select_related("workspace", "identity__person", "source", "assignee")
    conversation = rows.filter(pk=id).first() or rows.filter(pk=whereabouts.of(member.workspace_id, id)).first()
    if conversation is None:
        raise Http404
    return conversation


@require_safe
@member_required
def conversation(request: HttpRequest, member: Member, id: int) -> HttpResponse:
    """One conversation: only its turns, only the person, only the two panes, or the whole desk."""
    row = found(member, id)
    if wants_fragment(request, "turns"):
        mark = colliding.mark(row)
        line = _line(request, member, row)
        context: dict[str, Any] = {"conversation": row, "line": line, "mark": mark, "moment": now()}
        return page(request, "desk/_turns.html", stream=streams.named(request.GET.get("stream")), **context)
    if "HX-Preloaded" not in request.headers:  # fetched ahead is not yet read
        opened(request, member, row)
        visits.looked(row)
    if wants_fragment(request, "person"):
        return _beside(request, member, row)
    return show(request, member, row)


def _beside(request: HttpRequest, member: Member, row: Conversation) -> HttpResponse:
    """Who said it, fetched by itself when the words are there: only now is what was fetched ahead being read."""
    context: dict[str, Any] = {
        "conversation": row,
        "person": _person(row, _reached(row, speaking.latest(row)), member),
        "has_page": private.has_page(row),
        "stands": visits.standing(row),
        "later": False,
    }
    stream = streams.named(request.GET.get("stream"))
    return page(request, "desk/_person.html", stream=stream, moment=now(), **context)


def show(request: HttpRequest, member: Member, row: Conversation, *, status: int = 200, **more: Any) -> HttpResponse:
    """The panes of one conversation for htmx, the whole desk otherwise. ``more`` holds a refusal, or a preview."""
    stream = streams.asked(request.GET.get("stream") or request.POST.get("stream"), request.GET.get("view"))
    later = wants_fragment(request, "panes") and request.method == "GET"  # words first; who said them comes next
    heading = streams.heading(member, stream)
    context = {"stream": stream, "heading": heading, "moment": now()} | _open(request, member, row, later=later) | more
    if wants_fragment(request, "panes"):
        context["tags"] = list(row.tags.order_by("folded"))
        answer = page(request, "desk/_opened.html", status=status, **context)
        if request.method == "POST":  # a refusal keeps the conversation's own address
            answer["HX-Push-Url"] = reverse("conversation", args=[member.workspace.slug, row.pk])
        return answer
    context["sought_before"] = request.GET.get("sought", "").replace("\x00", "")[:SOUGHT]
    around = stream_context(request, member, opened=row.pk, stream=stream)
    listed = next((one for one in around["streams"].rows if one.pk == row.pk), None)  # its tags are at hand there
    context["tags"] = sorted((listed or row).tags.all(), key=lambda tag: tag.folded)
    return page(request, "desk/desk.html", status=status, **(around | context))


def _line(request: HttpRequest, member: Member, row: Conversation) -> turns.Line:
    """The part of the conversation that the address asks for: ``before`` a message, or ``from`` one; else the newest."""
    before, at = number(request.GET.get("before")), number(request.GET.get("from"))
    return turns.read(row, before, at=at, reader=member)


def _open(request: HttpRequest, member: Member, row: Conversation, *, later: bool) -> dict[str, Any]:
    draft = Draft.objects.filter(conversation=row, member=member).first()
    mark = colliding.mark(row)
    line = _line(request, member, row)
    answered = _answered(row, line)
    return {
        "conversation": row,
        "line": line,
        "moved": _moved(row),
        "strain": _strain(row, line),
        "mark": replace(mark, message=line.newest) if line.later else mark,
        "fresh": None,
        "questions": asking.asked(row) if line.questions is None else line.questions,
        "refusal": "",
        "doubted": False,
        "widens": False,
        "aloud": False,
        "splits": 0,
        "split": False,
        "about": "reply",
        "once": new_key(),
        "channel": row.source.channel,
        "cannot_send": row.source.cannot_send,
        "answered": answered,
        "reads_where": _reads_where(row),
        "has_page": private.has_page(row),
        "stands": None if later else visits.standing(row),
        "colleagues": colleagues(request, member),
        "silences": list(REASONS_FOR_SILENCE),
        "presets": snoozing.presets(now(), member.tz),
        "person": None if later else _person(row, _reached(row, answered), member, line),
        "later": later,
    } | composing.composer(request, member, row, draft, answered)


def _strain(row: Conversation, line: turns.Line) -> strain.Strain | None:
    """What it costs them, where the newest turns are on screen."""
    if line.later:
        return None
    return strain.read(row, [turn.row for turn in line.turns if turn.kind == "message"])


def _answered(row: Conversation, line: turns.Line) -> Message | None:
    """What an answer would answer: read from the turns on screen, if the newest are among them."""
    if line.later:
        return speaking.latest(row)
    theirs = (turn.row for turn in reversed(line.turns) if turn.kind == "message" and not turn.row.ours)
    return next((one for one in theirs if one.deleted_at is None), None) or speaking.latest(row)


def _reads_where(row: Conversation) -> str:
    """Where this person will read the answer, on a channel with more than one place; else nothing."""
    channel: Any = row.source.channel
    if (stands := visits.standing(row)) is not None:
        return visits.reads_where(stands, row.source, str(row.identity or ""))
    if row.identity is None or not isinstance(channel, Places):
        return ""
    return channel.reads_where(row.source.settings, str(row.identity), row.identity.address)


def _moved(row: Conversation) -> dict[str, Any] | None:
    """Who brought it where it is, and when, where nobody waits for us any more; None where the reading alone did."""
    if row.state == turning.NEEDS_ANSWER or row.touched_at is None:
        return None
    event = undoing.last_act(row)
    said = words.MOVED.get(event.verb) if event else None
    name = Member.objects.filter(pk=event.by_id or 0).values_list("name", flat=True).first() if event else None
    return {"said": said, "name": name, "at": event.at} if event and said and name else None


def _reached(row: Conversation, answered: Message | None) -> Identity | None:
    """Whom an answer reaches: who spoke last of them, in a thread of many rarely who began it."""
    spoke = answered.identity if answered and answered.identity_id != row.identity_id else None
    return spoke or row.identity


def _person(
    row: Conversation, identity: Identity | None, member: Member, line: turns.Line | None = None
) -> dict[str, Any] | None:
    """What the page of this person says, with the orders, the other conversations, who else is in this one."""
    if identity is None:
        return None
    whole = timeline.whose(identity.person)
    spoke = speaking.everybody(row) if line is None else line.spoke
    others = Conversation.objects.filter(workspace_id=row.workspace_id, identity__in=whole.identities)
    return about(whole, identity.person, member, talk=row.pk) | {
        "identity": identity,
        "also": [one for one in spoke if one.pk not in whole.identities],
        "orders": list(Order.objects.filter(person__in=whole.people).order_by("-placed_at", "-pk")[:OTHERS]),
        "others": list(others.exclude(pk=row.pk).order_by("-last_message_at", "-pk")[:OTHERS]),
    }
