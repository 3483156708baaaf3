"""Importing a file: upload, look at what was guessed, start. Watching it is ``imports``; the work is the worker's."""

from __future__ import annotations

from typing import Any

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from rapport.accounts.models import Member
from rapport.channels.files import safe_name
from rapport.core.refusal import Refused
from rapport.ingest import importing
from rapport.ingest.models import SavedMapping
from rapport.web import imports, uploads
from rapport.web.answering import page
from rapport.web.reach import manages, member_required

SALT = "rapport.web.importing"
SHOWN = 10


@member_required
@manages
def upload(request: HttpRequest, member: Member) -> HttpResponse:
    """A file, and (so that it is read as ours) who we and our rivals are."""
    words: dict[str, Any] = {"us": request.POST.get("us", ""), "rivals": request.POST.get("rivals", "")}
    if request.method != "POST":
        return page(request, "pages/import.html", refusal="", imports=imports.latest(member), **words)
    file = request.FILES.get("file")
    try:
        if file is None or not file.size:
            raise Refused(_("Choose a file first; an empty one holds nothing."))
        name = safe_name(file.name or "file")
        token = uploads.keep(file)
        importing.look(uploads.folder() / token, name)
    except Refused as refused:
        context = words | {"refusal": str(refused), "imports": imports.latest(member)}
        return page(request, "pages/import.html", status=422, **context)
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
    columns = [] if found.fixed else found.columns
    saved = list(SavedMapping.fitting(member.workspace, columns)) if columns else []
    filled = _filled(saved, request.POST.get("mapping") or request.GET.get("mapping"))
    before = importing.checked(filled.written, found) if filled else found.mapping
    given = {field: request.POST.get(f"map-{field}", "") for field in found.fields}
    mapping = {field: column for field, column in given.items() if column} if request.method == "POST" else before
    context: dict[str, Any] = {
        "found": found,
        "mapping": mapping,
        "fields": found.fields,
        "name": kept["name"],
        "refusal": "",
        "saved": saved,
        "filled": filled,
        "save": request.POST.get("save", ""),
    }
    if request.method != "POST":
        return page(request, "pages/import_preview.html", **context)
    # An option is no column, and neither is a network that was told by the name of a column.
    options = {name: value for name, value in before.items() if value not in found.columns}
    try:
        chosen = found.mapping if found.fixed else importing.checked(options | mapping, found)
        if columns and context["save"].strip():
            SavedMapping.keep(member.workspace, context["save"], columns, chosen)
        job = importing.start(member.workspace, there, kept["name"], chosen, by=member, us=_list(kept["us"]),
                              rivals=_list(kept["rivals"]), keep=False)  # fmt: skip
    except Refused as refused:
        return page(request, "pages/import_preview.html", status=422, **(context | {"refusal": str(refused)}))
    return redirect("import_progress", member.workspace.slug, job)


def _filled(saved: list[SavedMapping], wanted: str | None) -> SavedMapping | None:
    """The saved mapping that fills the form in: the one asked for, else the newest; none for ``guess``."""
    if wanted == "guess" or not saved:
        return None
    return next((one for one in saved if str(one.pk) == wanted), saved[0])


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
