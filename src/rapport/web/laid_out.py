"""Laid out: a mail as its writer's program laid it out, in a frame in which nothing runs and nothing is fetched.

Its HTML was sanitised when it came, and is once more here. The frame has a sandbox of its own (no scripts, no forms, no
origin) beside that of the element that holds it. Pictures of the web are fetched only where a member asks, for one mail:
by their own browser, without a referrer, and not before it was said who learns of it.
"""

from __future__ import annotations

import base64
import hashlib

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from rapport.accounts.models import Member
from rapport.channels.mail.sanitising import framed
from rapport.channels.sniffing import PICTURES
from rapport.inbox.attaching import HTML
from rapport.inbox.models import Attachment, Message
from rapport.web.reach import member_required

MOST = 5_000_000
"""Bytes of pictures that came along and are shown in it, together."""
STYLE = (
    ":root{color-scheme:light dark}body{margin:1rem;font:16px/1.5 Georgia,serif;overflow-wrap:anywhere}"
    "img{max-width:100%;height:auto}table{max-width:100%;border-collapse:collapse}td,th{padding:.15em .4em;"
    "vertical-align:top}pre{white-space:pre-wrap}blockquote{margin-inline:0;padding-inline-start:1rem;"
    "border-inline-start:2px solid}"
)
_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY = (
    f"default-src 'none'; style-src 'sha256-{_HASH}'; img-src data:%s; frame-ancestors 'self'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox"
)


@require_safe
@member_required
def laid_out(request: HttpRequest, member: Member, id: int) -> HttpResponse:
    """The whole document of the frame; ``images`` fetches pictures of the web."""
    message = Message.objects.filter(workspace=member.workspace, pk=id, deleted_at=None).first()
    files = Attachment.objects.filter(workspace=member.workspace, key=message.key) if message else None
    row = files.filter(place=HTML).first() if files is not None else None
    if files is None or row is None or row.content is None:
        raise Http404
    remote = "images" in request.GET
    words = framed(bytes(row.content).decode("utf-8", "replace"), _pictures(list(files.exclude(cid=""))), remote=remote)
    answer = HttpResponse(
        f'<!doctype html><html><head><meta charset="utf-8"><base target="_blank"><title>-</title><style>{STYLE}</style>'
        f"</head><body>{words}</body></html>"
    )
    answer["Content-Security-Policy"] = POLICY % (" https: http:" if remote else "")
    answer["Referrer-Policy"] = "no-referrer"
    answer.xframe_options_exempt = True
    return answer


def _pictures(files: list[Attachment]) -> dict[str, str]:
    """Content-ID → the picture as a ``data:`` address, as many as fit; nothing that a scanner refused."""
    found: dict[str, str] = {}
    room = MOST
    for file in files:
        if file.type in PICTURES and file.content is not None and not file.infected and file.size <= room:
            room -= file.size
            found[file.cid.strip("<>")] = f"data:{file.type};base64,{base64.b64encode(bytes(file.content)).decode()}"
    return found
