"""Imports that were started: how far each is, pause, resume, cancel, and the rows that could not be read, as a file."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rapport.accounts.models import Member
from rapport.channels.files import safe_name
from rapport.core.models import Work
from rapport.core.refusal import Refused
from rapport.inbox.models import Source
from rapport.ingest import bringing, importing, progressing
from rapport.ingest.asides import unreadable_file
from rapport.web.answering import complain, page, say, wants_fragment
from rapport.web.reach import View, manages, member_required

SHOWN = 10
ROWS = 10


def latest(member: Member) -> list[tuple[int, progressing.Progress]]:
    """The workspace's latest imports, the newest first, each with its number."""
    ids = progressing.imports(member.workspace_id).values_list("pk", flat=True)[:SHOWN]
    return [(id, far) for id in ids if (far := progressing.of(id))]


@require_safe
@member_required
def progress(request: HttpRequest, member: Member, job: int) -> HttpResponse:
    """How far it is. The page asks again by itself until the end."""
    far = progressing.of(_found(member, job).pk)
    if far is None:
        raise Http404
    share = min(100, 100 * far.bytes // far.total) if far.total else 0
    asides = _asides(far.unreadable_file) if far.state == "done" else []
    context: dict[str, Any] = {"job": job, "far": far, "share": share, "asides": asides}
    template = "pages/_progress.html" if wants_fragment(request, "progress") else "pages/import_progress.html"
    return page(request, template, **context)


def _verb(act: Callable[..., None], done: Callable[[], str]) -> View:
    """A button of the progress page: act, and back to it with a sentence."""

    @require_POST
    @member_required
    @manages
    def pressed(request: HttpRequest, member: Member, job: int) -> HttpResponse:
        try:
            act(_found(member, job), by=member)
        except Refused as refused:
            complain(request, str(refused))
        else:
            say(request, done())
        return redirect("import_progress", member.workspace.slug, job)

    return pressed


pause = _verb(importing.pause, lambda: _("It waits after the batch it is at."))
resume = _verb(importing.resume, lambda: _("It goes on where it was."))
end = _verb(bringing.end, lambda: _("Ended. What came stays."))
cancel = _verb(importing.cancel, lambda: _("Cancelled. What it brought is being taken out again."))


@require_safe
@member_required
@manages
def unreadable(request: HttpRequest, member: Member, job: int) -> FileResponse:
    """The rows that could not be read, as JSON Lines of position, reason and the row."""
    row = _found(member, job)
    source = Source.objects.filter(pk=row.payload["source"], workspace=member.workspace).first()
    path = unreadable_file(source) if source else None
    if source is None or path is None or not path.is_file():
        raise Http404
    name = f"{safe_name(source.name)}.unreadable.jsonl"
    return FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type="application/x-ndjson")


def _asides(path: str) -> list[dict[str, str]]:
    """The first rows that could not be read: ``position`` and ``reason`` of each. Not everybody can open the file."""
    if not path or not Path(path).is_file():
        return []
    with Path(path).open(encoding="utf-8") as file:
        return [json.loads(line) for line in islice(file, ROWS)]


def _found(member: Member, job: int) -> Work:
    row = progressing.imports(member.workspace_id).filter(pk=job).first()
    if row is None:
        raise Http404
    return row
