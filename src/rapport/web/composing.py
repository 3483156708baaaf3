"""Composing: what the composer shows beside its field: where an answer may go, and how it will stand there; and what
stands in its place while something that was said is changed or taken back."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from rapport.accounts.models import Member
from rapport.core.refusal import Refused
from rapport.inbox import acting, continuing, showing, splitting, undoing
from rapport.inbox import enclosing as files
from rapport.inbox.models import Conversation, Draft, Message
from rapport.inbox.models.act import Deed
from rapport.web import enclosing
from rapport.web.answering import complain
from rapport.web.reach import number


def composer(
    request: HttpRequest, member: Member, row: Conversation, draft: Draft | None, answered: Message | None
) -> dict[str, Any]:
    """The words in it (a draft; or, where the address asks for it with ``note``, a closing public note to begin with),
    where they would go, and their preview."""
    ways = continuing.ways(row, answered)
    text, place = (draft.text, draft.place) if draft else ("", "")
    asked = "note" in request.GET and ways.public is not None and not text
    if asked:
        text, place = _("We have answered you in private."), continuing.PUBLIC
    kept, place = place, ways.taken(place)
    return (
        {
            "text": text,
            "ways": ways,
            "place": place,
            "shut": kept == continuing.PRIVATE and place == continuing.PUBLIC,
            "splittable": splitting.can(row, place),
            "preview": showing.show(row, text, by=member, place=place) if text else None,
            "changing": asked_for(request, member, row),
        }
        | enclosing.about(row, place, files.of(row.workspace_id, draft.enclosed) if draft else [], ways)
        | (aloud(row, ways) if asked else {})
        | _noted(request, member, row)
    )


def _noted(request: HttpRequest, member: Member, row: Conversation) -> dict[str, Any]:
    """What stands in the note's field, or the question's, where the address asks for a note that was taken back."""
    id = number(request.GET.get("noted"))
    note = undoing.taken_back(row, id, by=member) if id else None
    if note is None:
        return {}
    return {"about": "question" if note.asked_id else "note", "noted": note.text, "asks": note.asked_id}


def again(member: Member, row: Conversation, text: str, place: str) -> dict[str, Any]:
    """The same after a form was sent that is shown once more."""
    ways = continuing.ways(row)
    kept, place = place, ways.taken(place)
    return {
        "text": text,
        "place": place,
        "shut": kept == continuing.PRIVATE and place == continuing.PUBLIC,
        "splittable": splitting.can(row, place),
        "preview": showing.show(row, text, by=member, place=place),
    } | enclosing.about(row, place, files.drafted(row, member), ways)


def aloud(row: Conversation, ways: continuing.Ways) -> dict[str, Any]:
    """The question that is asked before anything private is left for the public."""
    if ways.public is None or ways.usual == continuing.PUBLIC:
        return {}
    return {"refusal": str(continuing.widened(row, ways.public)), "widens": True}


def asked_for(request: HttpRequest, member: Member, row: Conversation) -> dict[str, Any] | None:
    """What stands in the composer's place where the address asks for it: a message to change, or to take back."""
    for deed, name in ((Deed.EDIT, "change"), (Deed.UNSEND, "back")):
        id = number(request.GET.get(name)) if member.answers else 0
        message = row.messages.select_related("source").filter(pk=id).first() if id else None
        if message is None:
            continue
        if why := acting.cannot_why(message, deed, message.source):
            complain(request, str(Refused(why)))
            return None
        return panel(message, deed)
    return None


def panel(message: Message, deed: str, *, text: str | None = None, refusal: str = "") -> dict[str, Any]:
    return {
        "message": message,
        "deed": str(deed),
        "how": acting.how(message.source, deed),
        "text": message.text if text is None else text,
        "mark": acting.mark(message),
        "limit": message.source.limit,
        "refusal": refusal,
    }
