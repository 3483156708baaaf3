"""One verb on many conversations of a stream: the form below it, the progress of a large act, and its undo."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from rapport.accounts.models import Member
from rapport.core.models import Work
from rapport.core.refusal import Refused
from rapport.inbox import bulk as many
from rapport.inbox import viewing
from rapport.inbox.filtering import reading
from rapport.inbox.filtering.conditions import Sight
from rapport.inbox.models import STREAMS, Conversation
from rapport.web import streams, words
from rapport.web.answering import complain, page, say, wants_fragment
from rapport.web.conversation import found
from rapport.web.reach import answers, member_required, number
from rapport.web.verbs import taken_back, to


@require_POST
@member_required
@answers
def bulk(request: HttpRequest, member: Member) -> HttpResponse:
    """Do it to the chosen ones, or to all that the stream holds."""
    stream = streams.named(request.POST.get("stream"))
    ids = _all(member, stream) if request.POST.get("every") else [number(id) for id in request.POST.getlist("c")[:200]]
    given = request.POST
    act = many.Act(
        given.get("verb", ""),
        why=given.get("why", ""),
        to=number(given.get("to")),
        words=given.get("tag", ""),
        until=given.get("until", ""),
    )
    try:
        done = many.begin(list(dict.fromkeys(ids)), act, by=member)
    except Refused as refused:
        complain(request, str(refused))
        return _to(member, stream)
    if done.job:
        return HttpResponseRedirect(reverse("bulk_progress", args=[member.workspace.slug, done.job]), status=303)
    _tell(request, member, done.token, act.verb, done.changed)
    here = number(request.POST.get("open"))
    if here and here not in ids:  # what is read beside them stays open
        return to(found(member, here), stream)
    return _to(member, stream)


@require_POST
@member_required
@answers
def bulk_undo(request: HttpRequest, member: Member, token: str) -> HttpResponse:
    """The whole act back, as far as nothing has happened since; says how many."""
    try:
        back, left = many.undo(token, by=member)
    except Refused as refused:
        complain(request, str(refused))
        return _to(member, "needs")
    say(request, taken_back(back, left))
    return _to(member, streams.named(request.POST.get("stream")))


@require_safe
@member_required
def bulk_progress(request: HttpRequest, member: Member, job: int) -> HttpResponse:
    """How far a large act has come."""
    row = Work.objects.filter(pk=job, kind="bulk", workspace_id=member.workspace_id).first()
    if row is None or row.payload["by"] != member.pk:
        raise Http404
    whole = len(row.payload["ids"])
    context = {
        "job": row,
        "whole": whole,
        "at": min(row.progress.get("at", 0), whole),
        "changed": row.progress.get("changed", 0),
        "token": row.payload["token"],
    }
    return page(
        request, "desk/_bulk_progress.html" if wants_fragment(request, "bulk") else "pages/bulk.html", **context
    )


def _all(member: Member, stream: str) -> list[int]:
    """All conversations that the stream holds at this moment, up to one more than may be changed at once."""
    if stream in STREAMS:
        rows = Conversation.objects.stream(stream, member)
        return list(rows.values_list("pk", flat=True)[: many.MOST + 1])
    view = streams.viewed(member, stream)
    if view is None:
        return []
    found = reading.conversations(viewing.filter_of(view), Sight.of(member), size=many.MOST)
    return [row.pk for row in found.rows] + ([0] if found.after and found.full else [])


def _tell(request: HttpRequest, member: Member, token: str, verb: str, changed: int) -> None:
    if not changed:
        say(request, _("Nothing had to be changed."))
        return
    facts = {"what": words.BULK[verb], "n": changed}
    said = ngettext("%(what)s: %(n)s conversation.", "%(what)s: %(n)s conversations.", changed) % facts
    say(request, said, undo=reverse("bulk_undo", args=[member.workspace.slug, token]))


def _to(member: Member, stream: str) -> HttpResponse:
    where = reverse("desk", args=[member.workspace.slug])
    return HttpResponseRedirect(where if stream == "needs" else f"{where}?stream={stream}", status=303)
