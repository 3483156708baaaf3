"""The open memory: take it out (a workspace, a stream, a person) as a file, and the way to forgetting somebody."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rapport.accounts.models import Member
from rapport.core.database import write
from rapport.core.events import record
from rapport.core.models import Work
from rapport.core.refusal import Refused
from rapport.ingest import exports
from rapport.ingest.memory.scope import STREAMS, Scope
from rapport.people.finding import find
from rapport.web.answering import page, wants_fragment
from rapport.web.reach import manages, member_required

SHOWN = 10
WHATS = ("workspace", "stream", "person")


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
@manages
def memory(request: HttpRequest, member: Member) -> HttpResponse:
    """What can be taken out, and what was; POST begins an export."""
    given = {name: str(request.POST.get(name, "")) for name in ("what", "stream", "person", "form")}
    given["person"] = given["person"] or request.GET.get("person", "")[:200]
    given["what"] = given["what"] or ("person" if given["person"] else "workspace")
    if request.method != "POST":
        return _show(request, member, given)
    try:
        job = exports.start(_scope(member, given), csv=given["form"] == "csv", by=member)
    except Refused as refused:
        return _show(request, member, given, status=422, refusal=str(refused))
    return redirect("export", member.workspace.slug, job)


def _scope(member: Member, given: dict[str, str]) -> Scope:
    if given["what"] == "stream":
        return Scope(member.workspace, stream=given["stream"] if given["stream"] in STREAMS else "needs")
    if given["what"] == "person":
        return Scope(member.workspace, find(member.workspace, given["person"]))
    return Scope(member.workspace)


def _show(
    request: HttpRequest,
    member: Member,
    given: dict[str, str],
    *,
    status: int = 200,
    refusal: str = "",
    about: str = "",
) -> HttpResponse:
    made = [(row.pk, exports.seen(row, member.workspace)) for row in exports.of(member)[:SHOWN]]
    context: dict[str, Any] = {"given": given, "refusal": refusal, "about": about or "export", "exports": made}
    return page(request, "pages/memory.html", status=status, **context)


@require_POST
@member_required
@manages
def whom(request: HttpRequest, member: Member) -> HttpResponse:
    """Who is to be forgotten: an id or an address leads to their page."""
    words = request.POST.get("whom", "")
    try:
        person = find(member.workspace, words)
    except Refused as refused:
        given = {"what": "workspace", "stream": "", "person": "", "form": "", "whom": words}
        return _show(request, member, given, status=422, refusal=str(refused), about="forget")
    return redirect("forgetting", member.workspace.slug, person.pk)


@require_safe
@member_required
@manages
def export(request: HttpRequest, member: Member, job: int) -> HttpResponse:
    """How far it is, and then the file. The page asks again by itself until the end."""
    far = exports.seen(_found(member, job), member.workspace)
    until = datetime.fromtimestamp(far.until, UTC) if far.until else None
    context: dict[str, Any] = {
        "job": job,
        "far": far,
        "until": until,
        "share": min(100, 100 * far.written // far.total) if far.total else 0,
    }
    template = "pages/_export.html" if wants_fragment(request, "progress") else "pages/export.html"
    return page(request, template, **context)


@require_safe
@member_required
@manages
def file(request: HttpRequest, member: Member, job: int) -> FileResponse:
    """The file, for who asked for it, while it is there."""
    far = exports.seen(_found(member, job), member.workspace)
    if far.path is None:
        raise Http404
    with write():
        workspace = member.workspace
        record("export.fetched", workspace, by=member, workspace_id=workspace.pk)
    kind = "text/csv; charset=utf-8" if far.name.endswith(".csv") else "application/gzip"
    answer = FileResponse(far.path.open("rb"), as_attachment=True, filename=far.name, content_type=kind)
    answer["Cache-Control"] = "no-store"
    return answer


def _found(member: Member, job: int) -> Work:
    row = exports.of(member).filter(pk=job).first()
    if row is None:
        raise Http404
    return row
