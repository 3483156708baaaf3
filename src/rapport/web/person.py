"""A person: their own words first, then who they are, and everything that happened with them in one line of time."""

from __future__ import annotations

from typing import Any

from django.db.models import Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from rapport.accounts.models import Member
from rapport.core.database import now
from rapport.inbox import facts, feeling, manner, promising, relating, story
from rapport.inbox.models import Conversation, Message
from rapport.inbox.models.conversation import OPEN
from rapport.people import organising, timeline
from rapport.people.models import Identity, Merge, Person
from rapport.understanding import asking, feelings
from rapport.web import tones, words
from rapport.web.alike import alike
from rapport.web.answering import page, wants_fragment
from rapport.web.drawing import draw
from rapport.web.reach import member_required

KNOWN_AS = 12
"""Identities shown before the rest is folded away."""
OPENED = 3
"""Open conversations named at the head of the page."""
IN_PANE, ON_PAGE = 40, feeling.DRAWN
"""Messages that the emotional line is drawn from, in the desk's pane and on the page."""
_SELF = ("is", "works", "lives", "has")
_NOTES = ("note", "about")


def known(member: Member, id: int) -> Person:
    """The person of this id, if this member may see them, or whom they were merged into; 404 if not."""
    rows = Person.objects.filter(workspace=member.workspace, pk=id)
    found = rows.select_related("workspace", "merged_into__workspace").first()
    if found is None:
        raise Http404
    return found.kept


@require_safe
@member_required
def person(request: HttpRequest, member: Member, id: int) -> HttpResponse:
    """The page; only its timeline, for the element that reads on."""
    return show(request, member, known(member, id))


def show(request: HttpRequest, member: Member, row: Person, *, status: int = 200, **more: Any) -> HttpResponse:
    """The page of somebody. ``more`` holds a refusal and the words it is about."""
    of = timeline.whose(row)
    context: dict[str, Any] = {"person": row, "moment": now(), "merges": merges(row)} | _timeline(request, of)
    if wants_fragment(request, "timeline"):
        return page(request, "person/_timeline.html", **context)
    talks = Conversation.objects.seen_by(member).filter(identity__in=of.identities, state__in=OPEN)
    context |= {"open": list(talks.order_by("position")[:OPENED]), "refusal": "", "noted": ""}
    context |= {"about": about(of, row, member, drawn=ON_PAGE)} | more
    return page(request, "pages/person.html", status=status, **context)


def _timeline(request: HttpRequest, of: timeline.Whose) -> dict[str, Any]:
    kind = request.GET.get("kind", "")
    kind = kind if kind in words.TOLD else ""
    before = timeline.mark(request.GET.get("before", ""))
    return {
        "line": timeline.read(of, only=_NOTES if kind == "note" else (kind,) if kind else (), before=before),
        "kind": kind,
        "kinds": list(words.TOLD),
        "before": before,
    }


def about(
    of: timeline.Whose, row: Person, member: Member, *, drawn: int = IN_PANE, talk: int | None = None
) -> dict[str, Any]:
    """What the page and the desk's pane (of the conversation ``talk``) say of somebody, own words first."""
    theirs = Message.objects.filter(identity__in=of.identities, ours=False, deleted_at=None)
    first = theirs.order_by("said_at").values("said_at")[:1]
    elsewhere = theirs.exclude(conversation=talk) if talk else theirs  # what is read beside the pane is not said twice
    worded = elsewhere.exclude(text="").annotate(since=Subquery(first)).order_by("-said_at", "-pk").first()
    moment = now()
    known_facts = facts.known(of, moment)
    whole = feeling.exchange(of)
    said = whole[-drawn:]
    points = feelings.points([feeling.turn_of(message) for message in said])
    small = drawn == IN_PANE
    return {
        "row": row,
        "identities": list(Identity.objects.filter(pk__in=of.identities).order_by("network", "pk")),
        "shown": KNOWN_AS,
        "words": worded,
        "self": next((one for kind in _SELF for one in known_facts.facts if one.row.kind == kind), None),
        "since": worded.since if worded else None,
        "beside": talk is not None,
        "facts": known_facts,
        "drawing": draw(points, width=300 if small else 620, most=16 if small else 60),
        "manner": tones.shown(manner.of(whole, member.workspace, talk), here=talk is not None),
        "turning": feelings.turning(points)[-3:] if small else feelings.turning(points)[-6:],
        "promises": promising.owed(of),
        "story": story.of(of, points, member),
        "again": asking.again([asking.Turn(message.pk, message.ours, message.text) for message in said]),
        "moment": moment,
        "alike": alike(row),
        "places": organising.of(row),
        "relations": relating.of(of.people),
    }


def merges(person: Person) -> list[Merge]:
    """What made this human one, the latest first: who was joined, by whom, when and why."""
    rows = Merge.objects.filter(other__in=person.everyone(), undone_at=None)
    return list(rows.select_related("kept", "other", "by").order_by("-pk"))
