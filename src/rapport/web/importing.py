"""Importing a file: upload, look at what was guessed, start, watch. The work itself is the worker's."""

from __future__ import annotations

import json
from itertools import islice
from pathlib import Path
from typing import Any

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from rapport.accounts.models import Member
from rapport.channels.files import safe_name
from rapport.core.models import Work
from rapport.core.refusal import Refused
from rapport.inbox.models import Source
from rapport.ingest import importing
from rapport.web import uploads
from rapport.web.answering import page, wants_fragment
from rapport.web.reach import manages, member_required

SALT = "rapport.web.importing"
SHOWN = 10


@member_required
@manages
def upload(request: HttpRequest, member: Member) -> HttpResponse:
    """A file, and (so that it is read as ours) who we and our rivals are."""
    words: dict[str, Any] = {"us": request.POST.get("us", ""), "rivals": request.POST.get("rivals", "")}
    if request.method != "POST":
        return page(request, "pages/import.html", refusal="", **words)
    file = request.FILES.get("file")
    try:
        if file is None or not file.size:
            raise Refused(_("Choose a file first; an empty one holds nothing."))
        name = safe_name(file.name or "file")
        token = uploads.keep(file)
        importing.look(uploads.folder() / token, name)
    except Refused as refused:
        return page(request, "pages/import.html", status=422, refusal=str(refused), **words)
    ticket = signing.dumps({"w": member.workspace_id, "file": token, "name": name} | words, salt=SALT, compress=True)
    return redirect("import_preview", member.workspace.slug, ticket)


@member_required
@manages
def preview(request: HttpRequest, member: Member, ticket: str) -> HttpResponse:
    """What the file seems to be, with three rows; a person may say otherwise, and starts it."""
    kept = _opened(ticket, member)
    there = uploads.path(kept["file"])
    if there is None:
        raise Http404
    found = importing.look(there, kept["name"])
    given = {field: request.POST.get(f"map-{field}", "") for field in found.fields}
    mapping = (
        {field: column for field, column in given.items() if column} if request.method == "POST" else found.mapping
    )
    context: dict[str, Any] = {
        "found": found,
        "mapping": mapping,
        "fields": found.fields,
        "name": kept["name"],
        "refusal": "",
    }
    if request.method != "POST":
        return page(request, "pages/import_preview.html", **context)
    # An option is no column, and neither is a network that was told by the name of a column.
    options = {name: value for name, value in found.mapping.items() if value not in found.columns}
    try:
        chosen = found.mapping if found.fixed else importing.checked(options | mapping, found)
        job = importing.start(member.workspace, there, kept["name"], chosen, by=member, us=_list(kept["us"]),
                              rivals=_list(kept["rivals"]), keep=False)  # fmt: skip
    except Refused as refused:
        return page(request, "pages/import_preview.html", status=422, **(context | {"refusal": str(refused)}))
    return redirect("import_progress", member.workspace.slug, job)


@require_safe
@member_required
def progress(request: HttpRequest, member: Member, job: int) -> HttpResponse:
    """How far it is. The page asks again by itself until the end."""
    row = Work.objects.filter(pk=job, kind="import", workspace_id=member.workspace_id).first()
    far = importing.progress(job) if row else None
    if far is None:
        raise Http404
    source = Source.objects.filter(pk=far.source_id, workspace=member.workspace).first()
    share = min(100, 100 * far.bytes // far.total) if far.total else 0
    asides = _asides(far.unreadable_file) if far.done else []
    context: dict[str, Any] = {"job": job, "far": far, "source": source, "share": share, "asides": asides}
    template = "pages/_progress.html" if wants_fragment(request, "progress") else "pages/import_progress.html"
    return page(request, template, **context)


def _asides(path: str) -> list[dict[str, str]]:
    """The first rows that could not be read: ``position`` and ``reason`` of each. Not everybody can open the file."""
    if not path:
        return []
    with Path(path).open(encoding="utf-8") as file:
        return [json.loads(line) for line in islice(file, SHOWN)]


def _opened(ticket: str, member: Member) -> dict[str, Any]:
    """What a ticket of ours says; 404 for anything else."""
    try:
        kept: dict[str, Any] = signing.loads(ticket, salt=SALT, max_age=uploads.KEPT)
    except signing.BadSignature as wrong:
        raise Http404 from wrong
    if kept["w"] != member.workspace_id:
        raise Http404
    return kept


def _list(text: str) -> list[str]:
    """Words separated by commas or lines."""
    return [word.strip() for word in text.replace("\n", ",").split(",") if word.strip()][:100]
