"""Wording: what notices say, made when somebody looks, from what that member may see at that moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rapport.accounts.models import Member
from rapport.inbox import whereabouts
from rapport.inbox.models import Conversation, Notification, Source


@dataclass(frozen=True)
class Told:
    """A notice in words: a sentence without a line end, and the path of what it is about."""

    row: Notification
    sentence: str
    path: str


def tell(member: Member, rows: Sequence[Notification]) -> list[Told]:
    """The notices that still are about something this member may see, in the order given."""
    talks = [row.subject_id for row in rows if row.subject == "conversation"]
    found = {row.pk: row for row in _conversations(member, talks)}
    for id in talks:
        if id not in found and (now_at := whereabouts.of(member.workspace_id, id)):
            found.update(zip([id], _conversations(member, [now_at]), strict=False))
    ids = [row.subject_id for row in rows if row.subject == "source"]
    sources = Source.objects.filter(workspace_id=member.workspace_id).in_bulk(ids)
    told = []
    for row in rows:
        if row.subject == "source" and row.subject_id in sources:
            told.append(
                Told(row, _of_source(sources[row.subject_id]), reverse("wellbeing", args=[member.workspace.slug]))
            )
        elif row.subject == "conversation" and row.subject_id in found:
            talk = found[row.subject_id]
            path = reverse("conversation", args=[member.workspace.slug, talk.pk]) + "?stream=all"
            told.append(Told(row, _of_conversation(row, talk), path))
    return told


def summary(count: int) -> str:
    """Several at once, in one line."""
    return ngettext("%(n)s new notice", "%(n)s new notices", count) % {"n": count}


def _conversations(member: Member, ids: list[int]) -> list[Conversation]:
    return list(Conversation.objects.seen_by(member).filter(pk__in=ids).select_related("identity"))


def _of_source(source: Source) -> str:
    """How it stands now, which may be better than when it was told."""
    match source.standing:
        case "needs_reauthorisation":
            words = _("The source %(name)s must be signed in to again.")
        case "degraded":
            words = _("The source %(name)s has trouble.")
        case "silent":
            words = _("The source %(name)s has fallen silent.")
        case _ if source.expiry_told_at and source.expires_at:
            words = _("The source %(name)s must be signed in to again soon.")
        case _:
            words = _("The source %(name)s does well again.")
    return words % {"name": source.name}


def _of_conversation(row: Notification, talk: Conversation) -> str:
    who = str(talk.identity) if talk.identity else _("somebody")
    by = row.by.name if row.by else _("A colleague")
    match row.kind:
        case "assigned":
            return _("%(by)s gave you the conversation with %(who)s.") % {"by": by, "who": who}
        case "mentioned":
            return _("%(by)s mentioned you in a note about %(who)s.") % {"by": by, "who": who}
        case "late":
            return _("The answer to %(who)s is late.") % {"who": who}
        case "frustrated":
            return _("%(who)s seems to be stuck with us.") % {"who": who}
        case "failed":
            return _("Your answer to %(who)s did not reach them.") % {"who": who}
    return _("%(who)s needs an answer.") % {"who": who}
