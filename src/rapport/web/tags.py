"""Tags: put on a conversation and taken off, as forms; and the page where a tag is renamed or made one with another."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rapport.accounts.models import Member
from rapport.core.models import Event
from rapport.core.refusal import Refused
from rapport.inbox import tagging
from rapport.inbox.models import Conversation, Tag
from rapport.web import streams
from rapport.web.answering import complain, page, say
from rapport.web.conversation import found
from rapport.web.reach import answers, member_required, number
from rapport.web.verbs import to, undo_address


@require_POST
@member_required
@answers
def tag(request: HttpRequest, member: Member, id: int) -> HttpResponse:
    """A word onto a conversation."""
    row, words = found(member, id), request.POST.get("tag", "")
    try:
        event = tagging.tag(row, words, by=member)
        name = tagging.named(words)
    except Refused as refused:
        complain(request, str(refused))
    else:
        said = _("Tagged %(name)s.") if event else _("It is tagged %(name)s already.")
        _say(request, member, row, said % {"name": name}, event)
    return to(row, streams.named(request.POST.get("stream")))


@require_POST
@member_required
@answers
def untag(request: HttpRequest, member: Member, id: int) -> HttpResponse:
    """And off it."""
    row = found(member, id)
    word = _tag(member, number(request.POST.get("tag")))
    try:
        event = tagging.untag(row, word, by=member)
    except Refused as refused:
        complain(request, str(refused))
    else:
        _say(request, member, row, _("No longer tagged %(name)s.") % {"name": word.name}, event)
    return to(row, streams.named(request.POST.get("stream")))


def _say(request: HttpRequest, member: Member, row: Conversation, said: str, event: Event | None) -> None:
    say(request, said, undo=undo_address(member, row, event) if event else "")


@require_safe
@member_required
def tags(request: HttpRequest, member: Member) -> HttpResponse:
    """Every tag, and how many conversations bear it."""
    return page(request, "pages/tags.html", tags=tagging.known(member))


@require_safe
@member_required
def known(request: HttpRequest, member: Member) -> HttpResponse:
    """What the field completes, fetched when its menu opens."""
    return page(request, "desk/_known_tags.html", tags=tagging.known(member))


@require_POST
@member_required
@answers
def change(request: HttpRequest, member: Member, id: int) -> HttpResponse:
    """Another name; or (``remove``) gone."""
    word = _tag(member, id)
    was = word.name
    try:
        if request.POST.get("do") == "remove":
            tagging.remove(word, by=member)
            say(request, _("The tag %(name)s is gone.") % {"name": was})
        else:
            now = tagging.rename(word, request.POST.get("name", ""), by=member)
            joined = (
                _("%(was)s and %(name)s are one tag now.") if now.pk != id else _("%(was)s is called %(name)s now.")
            )
            say(request, joined % {"was": was, "name": now.name})
    except Refused as refused:
        complain(request, str(refused))
    return redirect(reverse("tags", args=[member.workspace.slug]))


def _tag(member: Member, id: int) -> Tag:
    found = Tag.objects.filter(workspace_id=member.workspace_id, pk=id).first()
    if found is None:
        raise Http404
    return found
