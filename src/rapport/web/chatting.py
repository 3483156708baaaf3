"""Chatting: what the talk's own page says and asks: a message, what is new, where letters go. Answers are JSON."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.conf import settings as django
from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from rapport.accounts.models import Member
from rapport.channels import stamp
from rapport.channels.base import Batch, Card, ChannelError, File
from rapport.channels.chat import asking, parse, visitor
from rapport.core.database import now
from rapport.core.presence import Degree
from rapport.core.refusal import Refused
from rapport.core.saying import said
from rapport.core.tickets import VISITORS, ticket
from rapport.inbox import attaching, private, scanning, visits
from rapport.inbox.models import Attachment, Conversation, Message, Source, Visit
from rapport.ingest.accepting import accept
from rapport.net.sentence import Sentence
from rapport.web import chat as pages
from rapport.web import flood
from rapport.web.reach import number

PAUSED = Sentence("Nobody takes messages here at the moment. Your words are kept: they leave when somebody does.")
FLOOD = Sentence(
    "Many messages came from your network in a short time. Your words are kept, and leave by themselves later."
)
ENDED = Sentence("This talk has ended here. What you write now begins a new one.")
ABROAD = Sentence("Only the chat's own page may write here.")
MOST_MESSAGES, MOST_TALKS, MOST_OF_ALL = 60, 10, 300
"""Within ten minutes: messages and new talks from one address, and new talks from everywhere."""
MAIL = "email"
"""The network under whose name e-mail addresses are known."""
SHOWN = 200
View = Callable[[HttpRequest, Source], JsonResponse]


def spoken(view: View) -> Callable[[HttpRequest, str], JsonResponse]:
    """POST only, from our own page, in the visitor's language."""

    @csrf_exempt  # no session: the talk's key, or a stamp, is what one has to have
    @require_POST
    @wraps(view)
    def asked(request: HttpRequest, token: str) -> JsonResponse:
        source = pages.found(token)
        if source is None:
            return refuse(_("Nothing listens at this address. Ask for the current one."), 404)
        with translation.override(pages.spoken(request, asking.chat_of(source.settings))):
            if not at_home(request):
                return refuse(said(ABROAD), 403)
            return view(request, source)

    return asked


def refuse(words: str, status: int, **more: Any) -> JsonResponse:
    answer = JsonResponse({"error": words} | more, status=status)
    if status in {429, 503}:
        answer["Retry-After"] = "60"
    return answer


def at_home(request: HttpRequest) -> bool:
    """Does a page of ours ask, as far as its browser says? (A program says what it likes: it needs a stamp as well.)"""
    origin = request.headers.get("Origin", "")
    return not origin or origin in {f"{request.scheme}://{request.get_host()}", django.RAPPORT_URL}


def fresh_stamp(source: Source) -> str:
    return stamp.new(now()).signed(source.settings.get("secret", ""))


def who(request: HttpRequest, source: Source) -> visitor.Visitor | None:
    """Who the host's website says this is; None where it says nothing. Raises WrongVisitor."""
    token = request.POST.get("visitor", "")
    return visitor.read(token, source.settings.get("visitors", ""), now()) if token else None


def take(request: HttpRequest, source: Source) -> parse.Taken:
    """Take one message: the next of a talk whose key is given, else the first of a new one. Raises ChannelError."""
    given = parse.Said(**{name: request.POST.get(name, "") for name in parse.Said.__struct_fields__})
    if source.paused_at is not None:
        raise ChannelError(PAUSED, status=503)
    host = request.META.get("REMOTE_ADDR", "")
    if flood.more_than(MOST_MESSAGES, f"chat:{source.pk}:from", host):
        raise ChannelError(FLOOD, status=429)
    try:
        known = who(request, source)
    except visitor.WrongVisitor:
        known = None  # a stranger; the page is told why where it looks
    files = _files(request, source)
    key = request.POST.get("token", "")
    if not key and (door := _talk_of(source, known)) is not None:
        key = private.token(source, door.thread, door)
    taken = _go_on(source, given, key, known, files) if key else _begin(source, given, known, host, files)
    cards = (_card(known),) if known and known.email else ()
    accept(source, Batch((taken.item,), cards=cards))
    visits.meet(source, taken.thread, email=known.email if known else "", signed=known is not None)
    return taken


def _files(request: HttpRequest, source: Source) -> tuple[File, ...]:
    """What came along, if this chat takes files. Raises ChannelError."""
    sent = request.FILES.getlist("file")
    if sent and not asking.chat_of(source.settings).files:
        raise ChannelError(Sentence("This chat takes no files."), status=415)
    if len(sent) > parse.MOST_FILES:
        raise ChannelError(Sentence("At most %(n)s files fit one message.", n=parse.MOST_FILES), status=413)
    return tuple(parse.judged(one.name or "", one.read(parse.MOST_BYTES + 1)) for one in sent)


def _begin(
    source: Source, given: parse.Said, known: visitor.Visitor | None, host: str, files: tuple[File, ...]
) -> parse.Taken:
    settings, moment = source.settings, now()
    taken = parse.begin(settings, given, moment, visitor=known, files=files)
    if visits.of(source, taken.thread) is None:  # the same page's second try is no new talk
        if flood.more_than(MOST_TALKS, f"chat:{source.pk}:begun", host):
            raise ChannelError(FLOOD, status=429)
        if flood.more_than(MOST_OF_ALL, f"chat:{source.pk}:begun"):
            raise ChannelError(FLOOD, status=429)
    return parse.begin(settings, given, moment, flood.repeats(source.pk, given.text), known, files)


def _go_on(
    source: Source, given: parse.Said, key: str, known: visitor.Visitor | None, files: tuple[File, ...]
) -> parse.Taken:
    door = private.find(key)
    if door is None or door.source.pk != source.pk:
        raise ChannelError(ENDED, status=410)
    row = door.conversation
    if row is not None and row.identity is None:
        raise ChannelError(ENDED, status=410)
    if row is not None and row.identity is not None:
        address, name = row.identity.address, row.identity.name
    else:
        address, name = parse.called(door.thread, given.name, known)
    return parse.go_on(source.settings, given, now(), parse.Who(door.thread, address, name), files)


def _card(known: visitor.Visitor) -> Card:
    """The website vouches for both addresses: whoever has one of them is this person."""
    addresses = ((MAIL, known.email), (parse.NETWORK, known.address))
    return Card(name=known.name or known.email, addresses=addresses)


def _talk_of(source: Source, known: visitor.Visitor | None) -> Conversation | None:
    """The newest talk of a signed visitor, on whatever device it began."""
    if known is None:
        return None
    rows = Conversation.objects.filter(
        workspace_id=source.workspace_id, source=source, network=parse.NETWORK, identity__address=known.address
    )
    row = rows.select_related("source", "identity").order_by("-last_message_at").first()
    return row if row is not None and row.last_message_at > now() - private.QUIET_FOR else None


@spoken
def say(request: HttpRequest, source: Source) -> JsonResponse:
    """One message. 202: it is safe here, under this name in this talk. Sent again, it is the same."""
    try:
        taken = take(request, source)
    except ChannelError as error:
        more = {"stamp": fresh_stamp(source)} if error.status in {409, 410} else {}
        return refuse(said(error.message), error.status, **more)
    envelope = taken.item.envelope
    row = Conversation.objects.filter(workspace_id=source.workspace_id, source=source, thread=taken.thread).first()
    token = private.token(source, taken.thread, row)
    at = envelope.said_at or now()
    return JsonResponse({"token": token, "id": envelope.external_id, "at": at.isoformat()}, status=202)


@spoken
def look(request: HttpRequest, source: Source) -> JsonResponse:
    """What is new in a talk since ``after``; says how near the visitor is, and how far they have read."""
    why, key = "", request.POST.get("token", "")
    try:
        known = who(request, source)
    except visitor.WrongVisitor as wrong:
        known, why = None, str(wrong)
    if not key:
        row = _talk_of(source, known)
        if row is None:
            return JsonResponse({"why": why}, status=204 if not why else 202)
        key = private.token(source, row.thread, row)
    door = private.find(key)
    visit = visits.of(source, door.thread) if door and door.source.pk == source.pk else None
    if door is None or visit is None or (door.conversation and door.conversation.identity is None):
        return refuse(said(ENDED), 410, stamp=fresh_stamp(source))
    visits.attach(visit, door.conversation)
    visits.say(visit, request.POST.get("tab", "")[:40], _DEGREES.get(request.POST.get("degree", "")))
    turns = _turns(door.conversation, number(request.POST.get("after")), visit.read_at, key)
    visits.read_until(visit, _said_at(door.conversation, number(request.POST.get("read"))))
    return JsonResponse(_news(source, visit, key, turns) | {"why": why})


_DEGREES = {"viewing": Degree.VIEWING, "typing": Degree.TYPING}


def _news(source: Source, visit: Visit, key: str, turns: list[dict[str, Any]]) -> dict[str, Any]:
    clock = now().timestamp()
    return {
        "token": key,
        "turns": turns,
        "saw": visit.looked_at.isoformat() if visit.looked_at else "",
        "typing": _typing(visit),
        "ticket": ticket(visit.pk, 1, django.SECRET_KEY, clock, VISITORS),
        "email": visit.email,
        "posts": visits.posts(source) and not visit.signed,
        "link": reverse("private", args=[key]),
    }


def _typing(visit: Visit) -> str:
    ids = visits.writing(visit)
    names = list(Member.objects.filter(pk__in=ids, workspace_id=visit.workspace_id).values_list("name", flat=True))
    return _("%(name)s is typing") % {"name": names[0]} if names else ""


def _turns(row: Conversation | None, after: int, read_at: datetime | None, key: str) -> list[dict[str, Any]]:
    """What was said since, oldest first: the newest SHOWN. ``key``: of the talk, for the addresses of its files."""
    if row is None:
        return []
    rows = Message.objects.filter(conversation=row, pk__gt=after).select_related("by").order_by("-said_at", "-id")
    found = list(reversed(rows[:SHOWN]))
    files = attaching.of(found)
    return [
        {
            "pk": one.pk,
            "id": one.external_id,
            "ours": one.ours,
            "who": str(one.by or _("Us")) if one.ours else "",
            "text": _("These words are no longer kept.") if one.deleted_at else one.text,
            "files": [_shown(file, key) for file in files.get(one.pk, ())],
            "at": one.said_at.isoformat(),
            "seen": read_at is not None and one.said_at <= read_at,
        }
        for one in found
    ]


def _shown(file: Attachment, key: str) -> dict[str, Any]:
    """A file as the page shows it; without an address while the scanner has not let it go."""
    told = {"name": file.alt or file.name, "image": file.kind == "image"}
    given = file.kept and scanning.of(file) == "given"
    return told | ({"url": reverse("private_file", args=[key, file.pk])} if given else {})


def _said_at(row: Conversation | None, id: int) -> datetime | None:
    if row is None or not id:
        return None
    return Message.objects.filter(conversation=row, pk=id, ours=True).values_list("said_at", flat=True).first()


@spoken
def address(request: HttpRequest, source: Source) -> JsonResponse:
    """Where a letter finds the visitor when they have left."""
    door = private.find(request.POST.get("token", ""))
    visit = visits.of(source, door.thread) if door and door.source.pk == source.pk else None
    if door is None or visit is None:
        return refuse(said(ENDED), 410)
    visits.attach(visit, door.conversation)
    try:
        kept = visits.give_address(visit, request.POST.get("email", ""))
    except Refused as refused:
        return refuse(str(refused), 422)
    words = _("If you leave, our answer goes to %(address)s.") % {"address": kept} if kept else _("No letters, then.")
    return JsonResponse({"said": words})
