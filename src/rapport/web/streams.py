"""One page of a stream, by keyset: the rows after a place, never a number of rows to skip."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import Exists, OuterRef, Q, prefetch_related_objects
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from rapport.accounts.models import Member
from rapport.inbox import speaking, viewing
from rapport.inbox.filtering import reading
from rapport.inbox.filtering.conditions import Sight
from rapport.inbox.models import STREAMS, Conversation, View
from rapport.people.models import Identity
from rapport.web import words

PAGE = 50
BY_POSITION = {"needs", "mine"}


@dataclass(frozen=True)
class Page:
    """Rows of one stream; ``after`` names the place where the next page begins, empty on the last."""

    stream: str
    rows: list[Conversation]
    after: str
    start: str
    drafts: frozenset[int] = frozenset()
    """In which of them this member has words that were not sent."""

    @cached_property
    def speakers(self) -> dict[int, Identity]:
        """Whose the words of a row are, where somebody else began the conversation."""
        return speaking.others(self.rows)


def named(name: str | None) -> str:
    """A stream that exists: the one asked for, else *Needs an answer*. ``view-12`` is the view with this id."""
    return name if name in STREAMS or (name and _view_id(name)) else "needs"


def asked(stream: str | None, view: str | None) -> str:
    """The stream that an address asks for; ``?view=12`` is another way to say ``?stream=view-12``."""
    return named(f"view-{view}" if view else stream)


def viewed(member: Member, stream: str) -> View | None:
    """The view that this stream is, if it is one that this member may see."""
    id = _view_id(stream)
    return View.objects.seen_by(member).filter(pk=id).first() if id else None


def heading(member: Member, stream: str) -> str:
    """What stands above the stream."""
    if stream in STREAMS:
        return str(words.STREAMS[stream])
    view = viewed(member, stream)
    return view.name if view else _("This view is gone")


def read(member: Member, stream: str, after: str = "", size: int = PAGE) -> Page:
    """Up to ``size`` rows after the place ``after``, with who wrote, where it came from and whose it is."""
    if stream not in STREAMS:
        return _of_view(viewed(member, stream), member, stream, after, size)
    drafts = Exists(member.drafts.filter(conversation=OuterRef("pk")))
    every = Conversation.objects.stream(stream, member).select_related("identity", "source", "assignee")
    rows = every.prefetch_related("tags").annotate(begun=drafts)
    past = _past(stream, after)
    found: list[Any] = list((rows.filter(past) if past else rows)[: size + 1])
    more = len(found) > size
    found = found[:size]
    begun = frozenset(row.pk for row in found if row.begun)
    return Page(stream, found, _place(stream, found[-1]) if more else "", after if past else "", begun)


def next_after(member: Member, stream: str, done: Conversation, place: str) -> Conversation | None:
    """Which conversation *done & next* opens: the one behind the place where ``done`` stood.

    In a stream of what is owed, whoever has come to its end goes on with what was passed over, the most pressing first.
    """
    if stream not in STREAMS:
        behind = _of_view(viewed(member, stream), member, stream, place, 2).rows
        return next((row for row in behind if row.pk != done.pk), None)
    rows = Conversation.objects.stream(stream, member).exclude(pk=done.pk)
    past = _past(stream, place)
    following = rows.filter(past).first() if past else None
    return following or (rows.first() if stream in BY_POSITION else None)


def place_of(stream: str, row: Conversation) -> str:
    """Where a conversation stands in a stream, to be asked for before something is done to it."""
    return _place(stream, row)


def _of_view(view: View | None, member: Member, stream: str, after: str, size: int) -> Page:
    if view is None:
        return Page(stream, [], "", "")
    found = reading.conversations(viewing.filter_of(view), Sight.of(member), after, size)
    prefetch_related_objects(found.rows, "tags")
    begun = member.drafts.filter(conversation__in=found.rows).values_list("conversation", flat=True)
    return Page(stream, found.rows, found.after, after, frozenset(begun))


def _view_id(stream: str) -> int:
    kind, _dash, id = stream.partition("-")
    return int(id) if kind == "view" and id.isascii() and id.isdigit() and len(id) < 19 else 0


def _place(stream: str, row: Conversation) -> str:
    first = str(row.position) if stream in BY_POSITION else row.last_message_at.isoformat()
    return f"{first}~{row.pk}"


def _past(stream: str, after: str) -> Q | None:
    """The condition *after this place*; None when nobody could have been given such a place."""
    first, _tilde, last = after.partition("~")
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
