"""Search over messages and people, newest first."""

from __future__ import annotations

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from rapport.accounts.models import Member
from rapport.core.search import phrases
from rapport.inbox.models import Message
from rapport.people.models import Identity
from rapport.web.answering import page
from rapport.web.reach import member_required
from rapport.web.turns import Piece, mark

HITS = 50
PEOPLE = 12
AROUND = 120


@require_safe
@member_required
def search(request: HttpRequest, member: Member) -> HttpResponse:
    words = request.GET.get("q", "").replace("\x00", "").strip()[:200]
    hits, people = ([], []) if not words else (_messages(member, words), _people(member, words))
    return page(request, "pages/search.html", sought=words, hits=hits, people=people, most=HITS)


def _messages(member: Member, words: str) -> list[tuple[Message, tuple[Piece, ...]]]:
    rows = Message.objects.filter(workspace=member.workspace, deleted_at=None).search(words)
    found = sorted(rows.select_related("identity", "by")[:HITS], key=lambda message: message.said_at, reverse=True)
    wanted = [" ".join(phrase) for phrase in phrases(words)]
    return [(message, excerpt(message.text, wanted)) for message in found]


def _people(member: Member, words: str) -> list[Identity]:
    """Whose name or address holds the words; each with their newest conversation's id as ``newest``."""
    named = Q()
    for form in {words, words.lower(), words.title()}:  # SQLite folds only A to Z: KOVAČ would miss Kovač
        named |= Q(name__icontains=form) | Q(address__icontains=form) | Q(person__name__icontains=form)
    rows = Identity.objects.filter(named, workspace=member.workspace, conversations__isnull=False).distinct()
    return list(rows.select_related("person").order_by("name", "pk")[:PEOPLE])


def excerpt(text: str, wanted: list[str]) -> tuple[Piece, ...]:
    """The stretch of a text around its first hit, with every hit marked. ``wanted`` is folded to small letters."""
    low = text.lower()
    if len(low) != len(text):  # a letter whose small form is longer: offsets would not fit
        low = text
    spans = [(at, at + len(word)) for word in wanted for at in _all(low, word)]
    first = min((start for start, _ in spans), default=0)
    begin = text.rfind(" ", 0, max(0, first - AROUND // 2)) + 1
    end = min(len(text), begin + 2 * AROUND)
    cut = mark(text[begin:end], [(start - begin, stop - begin) for start, stop in spans])
    before = (Piece("… ", False),) if begin else ()
    return (*before, *cut, *((Piece(" …", False),) if end < len(text) else ()))


def _all(text: str, word: str) -> list[int]:
    found: list[int] = []
    at = text.find(word)
    while at >= 0 and len(found) < 20:
        found.append(at)
        at = text.find(word, at + len(word))
    return found
