"""Attachments: the files of a message, for its members alone. A stranger's bytes run nothing here, whatever they are."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from rapport.accounts.models import Member
from rapport.channels.sniffing import PICTURES, UNKNOWN
from rapport.inbox import scanning
from rapport.inbox.models import Attachment, Draft, Message, Outgoing
from rapport.web.reach import may, member_required

POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"


@require_safe
@member_required
def attachment(request: HttpRequest, member: Member, id: int) -> HttpResponse:
    """A picture is shown; everything else, and everything with ``?save``, is saved under its own name."""
    row = Attachment.objects.filter(workspace=member.workspace, pk=id).first()
    if row is None or row.content is None or row.place == 0:
        raise Http404
    if not _open_to(member, row):
        raise Http404  # not stored yet, its words are gone, or somebody else's draft
    stands = scanning.of(row)
    may(stands != "never", _("The scanner found something harmful in this file: it is kept, and not given out."))
    may(stands != "held", _("The virus scanner has not looked through this file yet. It is given out when it has."))
    return handed(row, save="save" in request.GET)


def handed(row: Attachment, *, save: bool) -> HttpResponse:
    """Its bytes, so that they run nothing where they are shown."""
    shown = row.type in PICTURES and not save
    kind = row.type if shown or row.type == "application/pdf" else UNKNOWN
    answer = HttpResponse(bytes(row.content or b""), content_type=kind)
    named = content_disposition_header(not shown, row.name or f"file-{row.pk}")
    answer["Content-Disposition"] = named or "attachment"
    answer["Content-Security-Policy"] = POLICY
    answer["Cache-Control"] = "private, max-age=3600"
    return answer


def _open_to(member: Member, row: Attachment) -> bool:
    """Does it belong to a message that stands, to an answer on its way, or to a draft of their own?"""
    if Message.objects.filter(workspace=member.workspace, key=row.key, deleted_at=None).exists():
        return True
    name = bytes(row.key).hex()
    return (
        Draft.objects.filter(member=member, enclosed=name).exists()
        or Outgoing.objects.filter(workspace=member.workspace, enclosed=name).exists()
    )
