"""One page of a stream, by keyset: the rows after a place, never a number of rows to skip."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils.dateparse import parse_datetime

from rapport.accounts.models import Member
from rapport.inbox.models import STREAMS, Conversation

PAGE = 50
BY_POSITION = {"needs", "mine"}


@dataclass(frozen=True)
class Page:
    """Rows of one stream; ``after`` names the place where the next page begins, empty on the last."""

    stream: str
    rows: list[Conversation]
    after: str
    start: str


def named(name: str | None) -> str:
    """A stream that exists: the one asked for, else *Needs an answer*."""
    return name if name in STREAMS else "needs"


def read(member: Member, stream: str, after: str = "", size: int = PAGE) -> Page:
    """Up to ``size`` rows after the place ``after``, with who wrote, where it came from and whose it is."""
    rows = Conversation.objects.stream(stream, member).select_related("identity", "source", "assignee")
    rows = rows.prefetch_related("tags")
    past = _past(stream, after)
    found = list((rows.filter(past) if past else rows)[: size + 1])
    more = len(found) > size
    found = found[:size]
    return Page(stream, found, _place(stream, found[-1]) if more else "", after if past else "")


def next_after(member: Member, stream: str, done: Conversation, place: str) -> Conversation | None:
    """Which conversation *done & next* opens: the one behind the place where ``done`` stood.

    In a stream of what is owed, whoever has come to its end goes on with what was passed over, the most pressing first.
    """
    rows = Conversation.objects.stream(stream, member).exclude(pk=done.pk)
    past = _past(stream, place)
    following = rows.filter(past).first() if past else None
    return following or (rows.first() if stream in BY_POSITION else None)


def place_of(stream: str, row: Conversation) -> str:
    """Where a conversation stands in a stream, to be asked for before something is done to it."""
    return _place(stream, row)


def _place(stream: str, row: Conversation) -> str:
    first = str(row.position) if stream in BY_POSITION else row.last_message_at.isoformat()
    return f"{first}~{row.pk}"


def _past(stream: str, after: str) -> Q | None:
    """The condition *after this place*; None when nobody could have been given such a place."""
    first, _, last = after.partition("~")
    if not (last.isascii() and last.isdigit() and len(last) < 19):
        return None
    pk = int(last)
    if stream in BY_POSITION:
        if not (first.lstrip("-").isascii() and first.lstrip("-").isdigit() and len(first) < 19):
            return None
        return Q(position__gte=int(first)) & (Q(position__gt=int(first)) | Q(pk__gt=pk))
    moment = _moment(first)
    return Q(last_message_at__lte=moment) & (Q(last_message_at__lt=moment) | Q(pk__lt=pk)) if moment else None


def _moment(text: str) -> datetime | None:
    try:
        moment = parse_datetime(text.replace(" ", "+"))
    except ValueError:
        return None
    return moment if moment and moment.tzinfo else None
