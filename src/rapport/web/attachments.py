"""Attachments: the files of a message, for its members alone. A stranger's bytes run nothing here, whatever they are."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from rapport.accounts.models import Member
from rapport.channels.sniffing import PICTURES, UNKNOWN
from rapport.inbox import scanning
from rapport.inbox.models import Attachment, Message
from rapport.web.reach import may, member_required

POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"


@require_safe
@member_required
def attachment(request: HttpRequest, member: Member, id: int) -> HttpResponse:
    """A picture is shown; everything else, and everything with ``?save``, is saved under its own name."""
    row = Attachment.objects.filter(workspace=member.workspace, pk=id).first()
    if row is None or row.content is None or row.place == 0:
        raise Http404
    if not Message.objects.filter(workspace=member.workspace, key=row.key, deleted_at=None).exists():
        raise Http404  # not stored yet, or its words are gone
    stands = scanning.of(row)
    may(stands != "never", _("The scanner found something harmful in this file: it is kept, and not given out."))
    may(stands != "held", _("The virus scanner has not looked through this file yet. It is given out when it has."))
    shown = row.type in PICTURES and "save" not in request.GET
    kind = row.type if shown or row.type == "application/pdf" else UNKNOWN
    answer = HttpResponse(bytes(row.content), content_type=kind)
    named = content_disposition_header(not shown, row.name or f"file-{row.pk}")
    answer["Content-Disposition"] = named or "attachment"
    answer["Content-Security-Policy"] = POLICY
    answer["Cache-Control"] = "private, max-age=3600"
    return answer
