"""The hosted form: shown to anybody, inside the websites its owner named, and taken without login, cookie or script."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from rapport import net
from rapport.channels import stamp
from rapport.channels.addressing import mail_address
from rapport.channels.base import Batch, ChannelError
from rapport.channels.form import asking, parse
from rapport.core.database import now
from rapport.core.saying import said
from rapport.inbox import private
from rapport.inbox.models import Source
from rapport.ingest.accepting import accept
from rapport.web import flood, public

PAUSED = "This form takes no messages at the moment. Your words are still here: send them later."
FLOOD = "Many messages came from your network in a short time. Your words are still here: wait ten minutes, then send."


@csrf_exempt  # it has no session to forge: what proves a person here is the stamp
@require_http_methods(["GET", "HEAD", "POST"])
def form(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows it; POST takes it, or asks once more beside the field, with every word kept."""
    source = Source.objects.filter(token=token, kind="form").select_related("workspace").first()
    if source is None:
        return public.nothing(request)
    settings = source.settings
    shown = asking.form_of(settings)
    if request.method != "POST":
        if source.paused_at is not None:
            closed = _("This form takes no messages at the moment. Come again later.")
            who = source.workspace.name
            return public.page(
                request, "public/nothing.html", frames=shown.origins, company=who, title=shown.title, sentence=closed
            )
        return _show(request, source, shown, {}, parse.Asked({}, stamp.new(now()).signed(settings.get("secret", ""))))
    try:
        given = parse.fields({"content-type": request.headers.get("Content-Type", "")}, request.body)
    except ChannelError as error:
        fresh = stamp.new(now()).signed(settings.get("secret", ""))
        return _show(request, source, shown, {}, parse.Asked({"": error.message}, fresh), error.status)
    return _take(request, source, shown, settings, given)


def _take(
    request: HttpRequest, source: Source, shown: asking.Form, settings: dict[str, str], given: dict[str, str]
) -> HttpResponse:
    moment = now()
    taken = parse.take(settings, given, request.body, moment)
    if isinstance(taken, parse.Asked):
        return _show(request, source, shown, given, taken, 422)
    if source.paused_at is not None:
        return _show(request, source, shown, given, parse.Asked({"": _(PAUSED)}, given.get("stamp", "")), 503)
    if flood.too_many(source.pk, request.META.get("REMOTE_ADDR", "")):
        again = parse.Asked({"": _(FLOOD)}, given.get("stamp", ""))
        return _show(request, source, shown, given, again, 429)
    repeats = flood.repeats(source.pk, taken.item.envelope.text)
    taken = parse.take(settings, given, request.body, moment, repeats)
    if isinstance(taken, parse.Asked):  # it was fine a line ago
        raise RuntimeError("The same form was judged twice, differently.")
    envelope = taken.item.envelope
    accept(source, Batch((taken.item,)))
    by_mail = bool(shown.sender and net.relay() and mail_address(envelope.author.address))
    link = request.build_absolute_uri(private.link(source, envelope.thread))
    mail = envelope.author.address if by_mail else ""
    who = source.workspace.name
    return public.page(
        request, "public/thanks.html", frames=shown.origins, company=who, form=shown, link=link, mail=mail
    )


def _show(
    request: HttpRequest,
    source: Source,
    shown: asking.Form,
    given: dict[str, str],
    asked: parse.Asked,
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {
        "company": source.workspace.name,
        "form": shown,
        "given": given,
        "errors": {name: said(error) for name, error in asked.errors.items()},
        "stamp": asked.stamp,
        "trap": parse.TRAP,
        "longest": parse.LONGEST,
    }
    answer = public.page(request, "public/form.html", status=status, frames=shown.origins, **context)
    if status == 429:
        answer["Retry-After"] = str(flood.WINDOW)
    return answer


@cache
def _snippet() -> bytes:
    return (Path(__file__).parent / "static" / "rapport" / "embed.js").read_bytes()


@require_safe
def embed(request: HttpRequest, token: str) -> HttpResponse:
    """The snippet that puts the form into another website: it knows its own address, and nothing else."""
    if not Source.objects.filter(token=token, kind="form").exists():
        return public.nothing(request)
    answer = HttpResponse(_snippet(), content_type="text/javascript; charset=utf-8")
    answer["Cross-Origin-Resource-Policy"] = "cross-origin"
    answer["Cache-Control"] = "public, max-age=3600"
    return answer
