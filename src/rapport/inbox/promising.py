"""Promises between us and a person: who owes whom, in whose words, by when; and that one was kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, tzinfo

from django.db.models import Q
from django.utils import timezone

from rapport.accounts.models import Member
from rapport.core.database import now, write
from rapport.core.events import record
from rapport.core.hints import hint
from rapport.core.refusal import Refused
from rapport.inbox.models import Message, Promise
from rapport.people.timeline import Whose
from rapport.understanding import promises, when
from rapport.understanding.reading import PromiseSpan

MOST = 60


@dataclass(frozen=True)
class Owed:
    """One promise as its message says it. ``due_at`` is None where no time was named, or none that can be told."""

    row: Promise
    words: str
    due: str
    due_at: datetime | None
    name: str = ""
    """Who will do it, where somebody is named in it."""

    def late(self, moment: datetime) -> bool:
        """Do we owe it, past its time? (Theirs are never late: nobody is dunned.)"""
        return self.row.who == "us" and not self.row.kept_at and self.due_at is not None and self.due_at < moment


def owed(of: Whose) -> list[Owed]:
    """The newest promises of either side: open ones first, then by when they were made."""
    theirs = Q(message__identity__in=of.identities, message__ours=False)
    ours = Q(message__conversation__identity__in=of.identities, message__ours=True)
    rows = Promise.objects.filter(theirs | ours, message__deleted_at=None).select_related("message__by", "kept_by")
    found = [one for row in rows.order_by("-message__said_at", "start")[:MOST] if (one := _told(row, row.message))]
    return sorted(found, key=lambda one: one.row.kept_at is not None)


def _told(row: Promise, message: Message) -> Owed | None:
    """Its words, if they still stand in the message: it may have been edited since."""
    zone = timezone.get_current_timezone()
    for span in promises.find(message.text, message.ours, message.said_at, zone):
        if span.start == row.start:
            return Owed(row, span.text, span.due, _due_at(span, message.said_at, zone), span.name)
    return None


def _due_at(span: PromiseSpan, said_at: datetime, zone: tzinfo) -> datetime | None:
    """The moment that was named, else the last minute of the day that was."""
    if span.due_on is None:
        return None
    named = when.moment(span.due, said_at, zone)
    if named is not None and named.astimezone(zone).date() == span.due_on:
        return named
    return datetime.combine(span.due_on, time(23, 59), zone)


def keep(promise: Promise, *, by: Member) -> None:
    """It was kept."""
    _set(promise, by, kept=True)


def reopen(promise: Promise, *, by: Member) -> None:
    """It was not, after all."""
    _set(promise, by, kept=False)


def _set(promise: Promise, by: Member, *, kept: bool) -> None:
    if not by.answers:
        raise Refused("You may read here, but not change anything. Ask an owner for another role.")
    with write():
        rows = Promise.objects.filter(pk=promise.pk, kept_at__isnull=kept)
        if rows.update(kept_at=now() if kept else None, kept_by=by if kept else None):
            verb = "promise.kept" if kept else "promise.reopened"
            record(verb, promise, by=by, workspace_id=by.workspace_id, who=promise.who)
            hint(by.workspace_id, "people", 0)
